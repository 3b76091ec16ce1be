"""Partners, people, products and customers out of a table: added or changed, whole files at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from headrace.base import audit
from headrace.partners.actions import PartnerRow, PersonRow, import_partners, import_people
from headrace.partners.upsert import Changes, upsert
from headrace.sales.convert import Batch, RowConverter
from headrace.sales.intake import Intake
from headrace.sales.models import Customer, Product
from headrace.sales.references import References, known_codes
from headrace.sales.tables import Table

PARTNER_ATTRIBUTES = ("type", "country", "region", "tier", "parent", "distributor")
# How a field of a product file is called in the table.
PRODUCT_FIELDS = {"list_price": "list_price_e4", "unit_cost": "unit_cost_e4"}


def take_dimension(intake: Intake, table: Table) -> None:
    """Takes every row of the table in, or rejects it. A row that says the same as another is no problem."""
    kind = intake.run.kind
    batch = RowConverter(intake.entry, table.columns).convert(list(table.rows))
    if kind == "partners":
        _note_unknown_partners(intake, batch)
    else:
        References(intake.organisation, intake.entry).find(batch)
    _note_contradictions(intake, batch)
    good = batch.good()
    changes = TAKERS[kind](intake, batch, good)
    intake.write_rejects(batch)
    intake.count(accepted=len(good), rejected=len(batch.problems))
    intake.run.added, intake.run.changed = changes.added, changes.changed


def _note_contradictions(intake: Intake, batch: Batch) -> None:
    """The same id (of partners: and first day) twice, with other values: which of them would hold?"""
    seen: dict[Any, tuple[int, list[Any]]] = {}
    columns = [*batch.fields.values(), *batch.attributes.values()]
    starts = batch.values("valid_from")
    for index in batch.good():
        told = [column[index] for column in columns]
        key = (batch.fields["id"][index], starts[index])
        row, before = seen.setdefault(key, (batch.numbers[index], told))
        if told != before:
            batch.note(index, "id", "duplicate_in_file", id=key[0], row=row)
            intake.count(duplicates=1)


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


def _take_partners(intake: Intake, batch: Batch, good: list[int]) -> Changes:
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


def _take_people(intake: Intake, batch: Batch, good: list[int]) -> Changes:
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


def _take_products(intake: Intake, batch: Batch, good: list[int]) -> Changes:
    def tell(name: str, value: Any) -> tuple[str, Any]:
        return (PRODUCT_FIELDS[name], value) if name in PRODUCT_FIELDS else (name, value or "")

    return _upsert(intake, Product, _told(batch, good, tell))


def _take_customers(intake: Intake, batch: Batch, good: list[int]) -> Changes:
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
    changes = upsert(model, intake.organisation, rows)
    audit.record(
        organisation=intake.organisation,
        action=f"{model._meta.model_name}.import",
        subject=f"import:{intake.run.pk}",
        user=intake.run.started_by,
        added=changes.added,
        changed=changes.changed,
    )
    return changes


TAKERS: dict[str, Callable[[Intake, Batch, list[int]], Changes]] = {
    "partners": _take_partners,
    "people": _take_people,
    "products": _take_products,
    "customers": _take_customers,
}
