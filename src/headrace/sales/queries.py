"""Reads of sales: for the screens here, for calculations in `facts`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max, QuerySet

from headrace.base.models import Organisation
from headrace.sales.facts import (
    Sellers,
    customers_table,
    engine_inputs,
    facts_batches,
    facts_table,
    partners_table,
    people_table,
    products_table,
    sales_schema,
    targets_table,
)
from headrace.sales.models import Delivery, Draft, Import, LineWithdrawal, MappingDocument, Reject, Source
from headrace.sales.reasons import tell
from headrace.sales.withdrawals import standing_lines

__all__ = [
    "Sellers",
    "customers_table",
    "engine_inputs",
    "facts_batches",
    "facts_table",
    "partners_table",
    "people_table",
    "products_table",
    "sales_schema",
    "standing_lines",
    "targets_table",
]


@dataclass(frozen=True, slots=True)
class ToldReject:
    """A reject as a person reads it."""

    row_number: int
    values: list[str]
    reasons: list[str]
    is_duplicate: bool
    was_sent_again: bool


def imports(organisation: Organisation) -> QuerySet[Import]:
    """The imports of an organisation, the newest first."""
    return (
        Import.objects.filter(organisation=organisation)
        .select_related("source", "started_by")
        .order_by("-started_at", "-pk")
    )


def last_change(organisation: Organisation) -> datetime | None:
    """When what a calculation counts was last added to or withdrawn; None before the first import."""
    imported = Import.objects.filter(organisation=organisation, state=Import.State.IMPORTED, accepted__gt=0)
    withdrawn = LineWithdrawal.objects.filter(organisation=organisation)
    moments = (
        imported.aggregate(last=Max("finished_at"))["last"],
        withdrawn.aggregate(last=Max("recorded_at"))["last"],
    )
    return max((moment for moment in moments if moment), default=None)


def rejects(run: Import) -> QuerySet[Reject]:
    return run.rejects.select_related("repair").order_by("row_number")


def open_rejects(run: Import) -> QuerySet[Reject]:
    """The rejects that wait for repair."""
    return run.rejects.waiting()


def told_rejects(found: Iterable[Reject]) -> list[ToldReject]:
    return [
        ToldReject(
            row_number=reject.row_number,
            values=[
                f"{problem['column']}: {problem['value']}" for problem in reject.problems if problem["column"]
            ],
            reasons=[tell(problem) for problem in reject.problems],
            is_duplicate=reject.is_duplicate,
            was_sent_again=hasattr(reject, "repair"),
        )
        for reject in found
    ]


def last_mapping_name(organisation: Organisation) -> str:
    """The mapping of the newest import, which the next one will most likely use too."""
    return imports(organisation).values_list("mapping__name", flat=True).first() or ""


def latest_mappings(organisation: Organisation) -> list[MappingDocument]:
    """The newest version of each mapping, by name."""
    documents = MappingDocument.objects.filter(organisation=organisation).order_by("name", "version")
    return list({document.name: document for document in documents}.values())


def open_drafts(organisation: Organisation) -> QuerySet[Draft]:
    """The files that wait for their columns to be mapped, the newest first."""
    drafts = Draft.objects.filter(organisation=organisation, state=Draft.State.OPEN)
    return drafts.defer("found").order_by("-pk")  # it has rows of the file in it


def deliveries_under_way(organisation: Organisation) -> QuerySet[Delivery]:
    """Files that are being imported, or wait for it."""
    return Delivery.objects.filter(organisation=organisation, finished_at=None).order_by("pk")


def sources(organisation: Organisation) -> QuerySet[Source]:
    return Source.objects.filter(organisation=organisation).order_by("name")
