"""Lines that are taken back: they are in no calculation from now on, and stay where they are."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max, Q, QuerySet
from django.utils import timezone

from headrace.base import audit
from headrace.base.models import Organisation, User
from headrace.partners.upsert import chunks
from headrace.sales import bulk
from headrace.sales.arrivals import tell_lines
from headrace.sales.locking import one_at_a_time
from headrace.sales.models import LineWithdrawal, SalesLine

COLUMNS = ("organisation_id", "line_id", "same_as_id", "recorded_at", "reason", "subject", "by_id")
LINES_A_TIME = 20_000
REASON_MAX = 500
# What a revision has of the one before.
COPIED = tuple(
    field.attname
    for field in SalesLine._meta.concrete_fields
    if field.attname not in ("id", "revision", "recorded_at")
)


def standing_lines(organisation: Organisation, as_of: datetime | None = None) -> QuerySet[SalesLine]:
    """The lines known at `as_of`, or now, without those that had been withdrawn by then."""
    lines = SalesLine.objects.filter(organisation=organisation)
    if as_of is None:
        return lines.filter(withdrawal=None)
    holds = Q(withdrawal=None) | Q(withdrawal__recorded_at__gt=as_of)
    return lines.filter(holds, recorded_at__lte=as_of)


@transaction.atomic
def withdraw_lines(
    *,
    organisation: Organisation,
    lines: QuerySet[SalesLine],
    reason: str,
    subject: str,
    user: User | None = None,
    same_as: Mapping[int, int] | None = None,
    recorded_at: datetime | None = None,
) -> int:
    """Withdraws those of the lines that stand; gives how many. What they earned goes with the next calculation.

    `reason` is what a person reads (up to 500 characters), `subject` names what it was done for, as `import:12`.
    `same_as` maps the key of a line to that of the line which tells the same sale in its stead.
    """
    one_at_a_time(organisation)
    standing = lines.filter(organisation=organisation, withdrawal=None).order_by("pk")
    tell_lines(organisation=organisation, lines=standing, user=user)
    # Only now: what waited for an import was not withdrawn while it waited.
    now = bulk.moment(recorded_at or timezone.now())
    by = user.pk if user else None
    stead = same_as or {}
    withdrawn, last = 0, 0
    while keys := list(standing.filter(pk__gt=last).values_list("pk", flat=True)[:LINES_A_TIME]):
        rows = ((organisation.pk, key, stead.get(key), now, reason[:REASON_MAX], subject, by) for key in keys)
        bulk.insert(LineWithdrawal, COLUMNS, rows)
        withdrawn, last = withdrawn + len(keys), keys[-1]
    audit.record(
        organisation=organisation,
        user=user,
        action="sales.withdraw",
        subject=subject,
        lines=withdrawn,
        reason=reason[:REASON_MAX],
    )
    return withdrawn


def left_alone(lines: QuerySet[SalesLine]) -> QuerySet[SalesLine]:
    """Lines that had been withdrawn as the same as one of `lines`, which are withdrawn now themselves."""
    same_as = LineWithdrawal.objects.filter(same_as__in=lines.order_by())
    return SalesLine.objects.filter(withdrawal__in=same_as).exclude(pk__in=lines.order_by())


def restore_lines(
    *, organisation: Organisation, lines: QuerySet[SalesLine], **changes: Any
) -> dict[int, SalesLine]:
    """Writes the lines once more, with `changes`, as the next revision of their ids. Gives the new one of each key.

    In the transaction of what asks for it, and in the moment of the withdrawal (`recorded_at`) where the old
    revision is withdrawn in favour of the new: at no moment two of an id may stand.
    """
    one_at_a_time(organisation)
    found = list(lines.filter(organisation=organisation).order_by("pk"))
    revisions = _next_revisions(organisation, {line.external_id for line in found})
    now = timezone.now()
    new = {}
    for line in found:
        values = {name: getattr(line, name) for name in COPIED}
        revision = revisions[line.external_id]
        told = {**values, "revision": revision, "recorded_at": now, **changes}
        new[line.pk] = SalesLine(**told)
    SalesLine.objects.bulk_create(new.values(), batch_size=500)
    tell_lines(organisation=organisation, lines=lines)
    return new


def _next_revisions(organisation: Organisation, ids: Collection[str]) -> dict[str, int]:
    return {
        external_id: last + 1
        for chunk in chunks(ids)
        for external_id, last in SalesLine.objects.filter(organisation=organisation, external_id__in=chunk)
        .values_list("external_id")
        .annotate(Max("revision"))
    }


def told_by_standing(lines: Collection[int]) -> set[int]:
    """Which of the lines are told by a line that stands: itself, or the one that it was withdrawn as the same as."""
    told_by = {line: line for line in lines}
    open_ends = set(lines)
    standing: set[int] = set()
    seen: set[int] = set()
    while open_ends - seen:
        seen |= open_ends
        stead = dict(_steads(open_ends))
        standing |= open_ends - stead.keys()
        told_by = {line: stead.get(end) or end for line, end in told_by.items()}
        open_ends = {end for end in stead.values() if end is not None}
    return {line for line, end in told_by.items() if end in standing}


def _steads(lines: Collection[int]) -> list[tuple[int, int | None]]:
    """(withdrawn line, the line in its stead or None) of those of the lines that are withdrawn."""
    return [
        row
        for chunk in chunks(lines)
        for row in LineWithdrawal.objects.filter(line__in=chunk).values_list("line_id", "same_as_id")
    ]
