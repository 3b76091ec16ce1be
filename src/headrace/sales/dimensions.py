"""Partners, people, products, customers and targets out of a table: added or changed, whole files at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from headrace.base import audit
from headrace.partners.actions import PartnerRow, PersonRow, import_partners, import_people
from headrace.partners.upsert import Changes, upsert
from headrace.sales.convert import Batch
from headrace.sales.intake import Intake
from headrace.sales.models import Customer, Product, Target
from headrace.sales.references import References, known_codes

# What makes a row of a file one and the same; of all other kinds that is the id.
KEYS = {"partners": ("id", "valid_from"), "targets": ("partner", "person", "measure", "from", "to")}
PARTNER_ATTRIBUTES = ("type", "country", "region", "tier", "parent", "distributor")
# How a field of a product file is called in the table.
TARGET_KEY = ("partner_id", "person_id", "measure", "starts", "ends")
PRODUCT_FIELDS = {"list_price": "list_price_e4", "unit_cost": "unit_cost_e4"}


def take_dimension(intake: Intake) -> None:
    """Takes every row in, or rejects it. A row that says the same as another is no problem."""
    kind = intake.run.kind
    (batch,) = intake.staged.batches()
    references = References(intake.organisation, intake.entry)
    if kind == "partners":
        _note_unknown_partners(intake, batch)
    else:
        references.find(batch)
    _note_contradictions(intake, batch)
    good = batch.good()
    changes = TAKERS[kind](intake, batch, good, references)
    intake.write_rejects(batch)
    intake.count(batch)
    intake.run.added, intake.run.changed = changes.added, changes.changed


def _note_contradictions(intake: Intake, batch: Batch) -> None:
    """The same id (of partners: and first day) twice, with other values: which of them would hold?"""
    seen: dict[Any, tuple[int, list[Any]]] = {}
    columns = [*batch.fields.values(), *batch.attributes.values()]
    names = [name for name in KEYS.get(intake.run.kind, ("id",)) if name in batch.fields]
    for index in batch.good():
        told = [column[index] for column in columns]
        key = tuple(batch.fields[name][index] for name in names)
        row, before = seen.setdefault(key, (batch.numbers[index], told))
        if told != before:
            batch.note(index, names[0], "duplicate_in_file", id=next(filter(None, key)), row=row)


def _note_unknown_partners(intake: Intake, batch: Batch) -> None:
    """A parent may stand in the same file, if its own row is good: judged again until nothing changes."""
    links = [(name, batch.fields[name]) for name in ("parent", "distributor") if name in batch.fields]
    named = {code for _, codes in links for code in codes if code is not None}
    known = known_codes(intake.organisation, "partner", named)
    while True:
        there = known | {batch.fields["id"][index] for index in batch.good()}
        bad = [
            (index, name)
            for index in batch.good()
            for name, codes in links
            if codes[index] is not None and codes[index] not in there
        ]
        if not bad:
            return
        for index, name in bad:
            batch.note(index, name, "unknown_partner")


def _take_partners(intake: Intake, batch: Batch, good: list[int], references: References) -> Changes:
    given = [name for name in PARTNER_ATTRIBUTES if name in batch.fields]
    emails, starts, ends = (batch.values(name) for name in ("email", "valid_from", "valid_to"))
    has_email = "email" in batch.fields
    rows = [
        PartnerRow(
            code=batch.fields["id"][index],
            name=batch.fields["name"][index],
            email=(emails[index] or "") if has_email else None,
            valid_from=starts[index],
            valid_to=ends[index],
            attributes={name: batch.fields[name][index] for name in given},
            further=batch.told_attributes(index),
        )
        for index in good
    ]
    zone = ZoneInfo(intake.organisation.time_zone)
    today = timezone.localtime(intake.run.started_at, zone).date()
    return import_partners(
        organisation=intake.organisation, rows=rows, today=today, user=intake.run.started_by
    )


def _take_people(intake: Intake, batch: Batch, good: list[int], references: References) -> Changes:
    names = ("partner", "role", "joined_on", "left_on")
    columns = {name: batch.values(name) for name in names}
    rows = [
        PersonRow(
            code=batch.fields["id"][index],
            name=batch.fields["name"][index],
            further=batch.told_attributes(index),
            **{name: column[index] for name, column in columns.items()},
        )
        for index in good
    ]
    return import_people(organisation=intake.organisation, rows=rows, user=intake.run.started_by)


def _take_products(intake: Intake, batch: Batch, good: list[int], references: References) -> Changes:
    def tell(name: str, value: Any) -> tuple[str, Any]:
        return (PRODUCT_FIELDS[name], value) if name in PRODUCT_FIELDS else (name, value or "")

    return _upsert(intake, Product, _told(batch, good, tell))


def _take_customers(intake: Intake, batch: Batch, good: list[int], references: References) -> Changes:
    return _upsert(intake, Customer, _told(batch, good, lambda name, value: (name, value)))


def _told(
    batch: Batch, good: list[int], tell: Callable[[str, Any], tuple[str, Any]]
) -> dict[str, Mapping[str, Any]]:
    """Code -> the fields of the table that the file tells of."""
    told: dict[str, Mapping[str, Any]] = {}
    for index in good:
        fields = dict(tell(name, column[index]) for name, column in batch.fields.items() if name != "id")
        told[batch.fields["id"][index]] = fields | {"further": batch.told_attributes(index)}
    return told


def _upsert(
    intake: Intake, model: type[Product] | type[Customer], rows: Mapping[str, Mapping[str, Any]]
) -> Changes:
    return _recorded(intake, str(model._meta.model_name), upsert(model, intake.organisation, rows))


def _recorded(intake: Intake, noun: str, changes: Changes) -> Changes:
    audit.record(
        organisation=intake.organisation,
        action=f"{noun}.import",
        subject=f"import:{intake.run.pk}",
        user=intake.run.started_by,
        added=changes.added,
        changed=changes.changed,
    )
    return changes


def _take_targets(intake: Intake, batch: Batch, good: list[int], references: References) -> Changes:
    """Adds targets, and sets those that were known for the same holder, measure and days to the new value."""
    holders = [(batch.values(name), references.keys.get(name, {})) for name in ("partner", "person")]
    measures, values = batch.values("measure"), batch.fields["value"]
    starts, ends = batch.fields["from"], batch.fields["to"]
    told = {
        (*(keys.get(codes[index]) for codes, keys in holders), measures[index] or "", starts[index], ends[index]):
            values[index]
        for index in good
    }  # fmt: skip
    known = {
        (target.partner_id, target.person_id, target.measure, target.starts, target.ends): target
        for target in Target.objects.filter(organisation=intake.organisation)
    }
    new = [
        Target(organisation=intake.organisation, value_e4=value, **dict(zip(TARGET_KEY, key, strict=True)))
        for key, value in told.items()
        if key not in known
    ]
    changed = [target for key, target in known.items() if told.get(key, target.value_e4) != target.value_e4]
    for target in changed:
        target.value_e4 = told[
            target.partner_id, target.person_id, target.measure, target.starts, target.ends
        ]
    Target.objects.bulk_create(new, batch_size=100)
    Target.objects.bulk_update(changed, ["value_e4"], batch_size=100)
    return _recorded(intake, "target", Changes(added=len(new), changed=len(changed)))


TAKERS: dict[str, Callable[[Intake, Batch, list[int], References], Changes]] = {
    "partners": _take_partners,
    "people": _take_people,
    "products": _take_products,
    "customers": _take_customers,
    "targets": _take_targets,
}
