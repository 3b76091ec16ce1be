"""Verbs that change partners and their people."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from headrace.base import audit
from headrace.base.actions import admit_user
from headrace.base.models import Organisation, User
from headrace.partners.models import Partner, PartnerAttributes, Person
from headrace.partners.timeline import Span, overlay
from headrace.partners.upsert import Changes, by_code, chunks, upsert

TEXTS = ("type", "country", "region", "tier")
LINKS = ("parent", "distributor")


@dataclass(frozen=True, slots=True)
class PartnerRow:
    """A partner as a file tells of it.

    `attributes` holds only what the file has a column for, of type, country, region, tier, parent and
    distributor (the codes of partners), and `further` any other columns: what is left out stays as it was.
    """

    code: str
    name: str
    email: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    attributes: Mapping[str, str | None] = field(default_factory=dict)
    further: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person as a file tells of it; what is None stays as it was.

    `partner` is a code; someone new without one is of the brand's own sales staff.
    """

    code: str
    name: str
    partner: str | None = None
    role: str | None = None
    joined_on: date | None = None
    left_on: date | None = None
    further: Mapping[str, str | None] = field(default_factory=dict)


@transaction.atomic
def import_partners(
    *, organisation: Organisation, rows: Sequence[PartnerRow], today: date, user: User | None = None
) -> Changes:
    """Adds partners that are new and lays what changed over what held, from `valid_from` or else `today`.

    The first attributes of a partner without a `valid_from` hold since always, so that sales from before the
    import find them. Every parent and distributor must be known or be among the rows.
    """
    known = by_code(Partner, organisation, (row.code for row in rows))
    added = _add_partners(organisation, rows, known)
    changed = _change_partners(rows, known)
    linked = {row.attributes.get(link) for row in rows for link in LINKS} - {None, *known}
    everyone = known | by_code(Partner, organisation, (code for code in linked if code))
    changed |= _change_attributes(organisation, rows, everyone, today)
    changes = Changes(added=len(added), changed=len(changed - added))
    audit.record(
        organisation=organisation, action="partner.import", subject=f"{len(rows)} partners", user=user,
        added=changes.added, changed=changes.changed,
    )  # fmt: skip
    return changes


def _add_partners(
    organisation: Organisation, rows: Sequence[PartnerRow], known: dict[str, Partner]
) -> set[str]:
    new = {
        row.code: Partner(organisation=organisation, code=row.code, name=row.name, email=row.email or "")
        for row in rows
        if row.code not in known
    }
    Partner.objects.bulk_create(new.values())
    known.update(new)
    return set(new)


def _change_partners(rows: Sequence[PartnerRow], known: Mapping[str, Partner]) -> set[str]:
    changed = {}
    for row in rows:
        partner = known[row.code]
        email = partner.email if row.email is None else row.email
        if (partner.name, partner.email) != (row.name, email):
            partner.name, partner.email = row.name, email
            changed[row.code] = partner
    Partner.objects.bulk_update(changed.values(), ["name", "email"], batch_size=200)
    return set(changed)


def _change_attributes(
    organisation: Organisation, rows: Sequence[PartnerRow], partners: Mapping[str, Partner], today: date
) -> set[str]:
    """Writes the timelines that the rows change, and gives the codes of their partners."""
    rows_of: dict[str, list[PartnerRow]] = defaultdict(list)
    for row in rows:
        rows_of[row.code].append(row)
    before = _timelines(partners[code] for code in rows_of)
    gone: list[int] = []
    new: list[PartnerAttributes] = []
    changed = set()
    for code, of_partner in rows_of.items():
        partner = partners[code]
        spans = list(before[partner.pk])
        for row in of_partner:
            spans = _with_row(spans, row, partners, today)
        if spans != list(before[partner.pk]):
            changed.add(code)
            gone += [pk for span, pk in before[partner.pk].items() if span not in spans]
            new += [_row_of(organisation, partner, span) for span in spans if span not in before[partner.pk]]
    for chunk in chunks(gone):
        PartnerAttributes.objects.filter(pk__in=chunk).delete()
    PartnerAttributes.objects.bulk_create(new, batch_size=500)
    return changed


def _with_row(spans: list[Span], row: PartnerRow, partners: Mapping[str, Partner], today: date) -> list[Span]:
    start = row.valid_from or (today if spans else None)
    held = next((span.held for span in spans if span.covers(start or date.min)), _Held())
    return overlay(spans, Span(start, row.valid_to, held.with_row(row, partners)))


@dataclass(frozen=True, slots=True)
class _Held:
    """The attributes of one span, comparable: links as keys of partners, further ones as sorted pairs."""

    texts: tuple[str, ...] = ("",) * len(TEXTS)
    links: tuple[int | None, ...] = (None,) * len(LINKS)
    further: tuple[tuple[str, str], ...] = ()

    def with_row(self, row: PartnerRow, partners: Mapping[str, Partner]) -> _Held:
        given = row.attributes
        texts = [
            given[name] or "" if name in given else old for name, old in zip(TEXTS, self.texts, strict=True)
        ]
        links = [
            (partners[code].pk if (code := given[name]) else None) if name in given else old
            for name, old in zip(LINKS, self.links, strict=True)
        ]
        further = {**dict(self.further), **row.further}
        kept = ((name, value) for name, value in further.items() if value is not None)
        return _Held(tuple(texts), tuple(links), tuple(sorted(kept)))


def _timelines(partners: Iterable[Partner]) -> dict[int, dict[Span, int]]:
    """Per partner its spans, ascending, each with the key of its row."""
    timelines: dict[int, dict[Span, int]] = defaultdict(dict)
    for chunk in chunks(partner.pk for partner in partners):
        rows = PartnerAttributes.objects.filter(partner__in=chunk)
        for row in sorted(rows, key=lambda row: row.valid_from or date.min):
            held = _Held(
                tuple(getattr(row, name) for name in TEXTS),
                tuple(getattr(row, f"{name}_id") for name in LINKS),
                tuple(sorted(row.further.items())),
            )
            timelines[row.partner_id][Span(row.valid_from, row.valid_to, held)] = row.pk
    return timelines


def _row_of(organisation: Organisation, partner: Partner, span: Span) -> PartnerAttributes:
    held: _Held = span.held
    return PartnerAttributes(
        organisation=organisation,
        partner=partner,
        valid_from=span.start,
        valid_to=span.end,
        further=dict(held.further),
        **dict(zip(TEXTS, held.texts, strict=True)),
        **{f"{name}_id": key for name, key in zip(LINKS, held.links, strict=True)},
    )


@transaction.atomic
def import_people(
    *, organisation: Organisation, rows: Sequence[PersonRow], user: User | None = None
) -> Changes:
    """Adds people that are new and changes those that differ. Every partner must be known."""
    partners = by_code(Partner, organisation, (row.partner for row in rows if row.partner))
    told = {row.code: _told(row, partners) for row in rows}
    changes = upsert(Person, organisation, told)
    audit.record(
        organisation=organisation, action="person.import", subject=f"{len(rows)} people", user=user,
        added=changes.added, changed=changes.changed,
    )  # fmt: skip
    return changes


def _told(row: PersonRow, partners: Mapping[str, Partner]) -> dict[str, Any]:
    fields = {
        "name": row.name,
        "partner_id": partners[row.partner].pk if row.partner else None,
        "role": row.role,
        "joined_on": row.joined_on,
        "left_on": row.left_on,
    }
    return {name: value for name, value in fields.items() if value is not None} | {"further": row.further}


@transaction.atomic
def invite_person(*, person: Person, email: str, password: str, by: User | None = None) -> User:
    """Lets a person of a partner sign in to the portal.

    Raises ValidationError where the person may already, belongs to no partner, or for what `admit_user` refuses.
    """
    if person.user_id is not None:
        raise ValidationError(_("%(name)s may sign in already.") % {"name": person.name})
    if person.partner_id is None:
        raise ValidationError(_("%(name)s belongs to no partner.") % {"name": person.name})
    user = admit_user(
        organisation=person.organisation, email=email, name=person.name, password=password, by=by
    )
    person.user = user
    person.save(update_fields=["user"])
    audit.record(
        organisation=person.organisation, action="person.invite", subject=f"person:{person.pk}", user=by
    )
    return user
