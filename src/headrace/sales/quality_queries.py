"""The rows behind a score: what was rejected, came twice, was not known, came late, or is empty."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.db.models.functions import TruncDate

from headrace.sales.fields import SALES
from headrace.sales.models import Import, Reject, ReportedDay, ReportingCalendar, Source, UnknownRow
from headrace.sales.quality import UNIQUENESS, due_day


def rejects(runs: QuerySet[Import], dimension: str) -> QuerySet[Reject]:
    """The duplicates, or else the rows that were wrong."""
    found = Reject.objects.filter(import_run__in=runs, is_duplicate=dimension == UNIQUENESS)
    return found.select_related("repair", "import_run").order_by("-import_run", "row_number")


def unknown_rows(runs: QuerySet[Import]) -> QuerySet[UnknownRow]:
    """The rows with names that nobody knew."""
    found = UnknownRow.objects.filter(reject__import_run__in=runs)
    related = ("unknown", "reject__import_run", "reject__repair")
    return found.select_related(*related).order_by("-reject__import_run", "reject__row_number", "pk")


@dataclass(frozen=True, slots=True)
class LateDay:
    """Rows of an import about sales of a day, that were due before they came."""

    run: Import
    on: date
    rows: int
    reported: date
    due: date

    @property
    def days_late(self) -> int:
        return (self.reported - self.due).days


def late_days(source: Source, runs: QuerySet[Import]) -> list[LateDay]:
    """What came after the day due, the latest first."""
    calendar = ReportingCalendar.objects.filter(source=source).first()
    zone = ZoneInfo(source.organisation.time_zone)
    days = (
        ReportedDay.objects.filter(import_run__in=runs)
        .annotate(reported=TruncDate("import_run__started_at", tzinfo=zone))
        .select_related("import_run")
    )
    found = []
    for one in days:
        due, reported = due_day(calendar, one.on), one.reported
        if due is not None and reported > due:
            found.append(LateDay(one.import_run, one.on, one.rows, reported, due))
    return sorted(found, key=lambda day: (-day.days_late, day.on, day.run.pk))


@dataclass(frozen=True, slots=True)
class EmptyField:
    """A field whose cells are empty in so many rows. Where it is needed, these rows were rejected."""

    field: str
    cells: int
    is_needed: bool


def empty_fields(runs: QuerySet[Import]) -> Sequence[EmptyField]:
    """The fields by how many of their cells are empty, most first."""
    counted: Counter[str] = Counter()
    for empty in runs.exclude(cells_empty=0).values_list("empty", flat=True):
        counted.update(empty)
    needed = {field.name for field in SALES.fields if field.required}
    return [EmptyField(name, count, name in needed) for name, count in counted.most_common()]
