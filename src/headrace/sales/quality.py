"""How good the reports of a source are: exact ratios of counted rows, and one score of 0 to 100 out of them.

Everything is counted for the month in which a file was taken in, in the organisation's time zone: a month that is
over stays as it was, and says what a source sent then, whenever its sales were made. Defined in
docs/reference/data-quality.md.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

from django.db.models import Count, QuerySet, Sum
from django.db.models.functions import TruncDate, TruncMonth

from headrace.base.models import Organisation
from headrace.sales.models import Import, ReportedDay, ReportingCalendar, Source
from headrace.sales.report_periods import due_on, month_after, period_of

MONTHS_SHOWN = 12

VALIDITY, COMPLETENESS, TIMELINESS, MATCHES, UNIQUENESS = DIMENSIONS = (
    "validity",
    "completeness",
    "timeliness",
    "matches",
    "uniqueness",
)
# What each counts of the score. What can't be judged is left out, and the others count in its stead.
WEIGHTS = {VALIDITY: 30, COMPLETENESS: 20, TIMELINESS: 20, MATCHES: 20, UNIQUENESS: 10}


@dataclass(slots=True)
class Counts:
    """What was counted of a source in a month."""

    files: int = 0
    rows: int = 0
    accepted: int = 0
    rejected: int = 0
    duplicates: int = 0
    cells: int = 0
    cells_empty: int = 0
    names: int = 0
    names_unknown: int = 0
    # Rows of periods that the calendar expects, and those of them that came by the day due.
    expected: int = 0
    in_time: int = 0
    # Rows with a date, and the days between sale and report of all of them together.
    dated: int = 0
    days_waited: int = 0


@dataclass(frozen=True, slots=True)
class Ratio:
    """One dimension: `good` of `of` are as they should be."""

    dimension: str
    good: int
    of: int

    @property
    def bad(self) -> int:
        return self.of - self.good

    @property
    def share(self) -> Decimal:
        """For people to read; the score is made of the two integers."""
        return Decimal(self.good) / Decimal(self.of)

    @property
    def weight(self) -> int:
        return WEIGHTS[self.dimension]

    @property
    def lost(self) -> Fraction:
        """What it takes off the score, as long as all dimensions are judged."""
        return self.weight * Fraction(self.bad, self.of)


@dataclass(frozen=True, slots=True)
class MonthQuality:
    """A source in a month. `month` is its first day."""

    month: date
    counts: Counts

    @property
    def ratios(self) -> list[Ratio]:
        """The dimensions that can be judged, in the order of their weights."""
        told = self.counts
        pairs = {
            VALIDITY: (told.accepted, told.accepted + told.rejected),
            COMPLETENESS: (told.cells - told.cells_empty, told.cells),
            TIMELINESS: (told.in_time, told.expected),
            MATCHES: (told.names - told.names_unknown, told.names),
            UNIQUENESS: (told.rows - told.duplicates, told.rows),
        }
        return [Ratio(dimension, good, of) for dimension, (good, of) in pairs.items() if of]

    @property
    def score(self) -> int:
        """0 to 100, half a point rounded up."""
        return score_of(self.ratios)

    @property
    def worst(self) -> Ratio | None:
        """What costs most; None where nothing does."""
        worst = max(self.ratios, key=lambda ratio: ratio.lost, default=None)
        return worst if worst and worst.bad else None

    @property
    def days_waited(self) -> Decimal | None:
        """Between sale and report, of all rows with a date on average."""
        return Decimal(self.counts.days_waited) / self.counts.dated if self.counts.dated else None


def score_of(ratios: Iterable[Ratio]) -> int:
    """The weighted mean of the ratios, out of 100: exact, rounded once, half a point up."""
    judged = list(ratios)
    weights = sum(ratio.weight for ratio in judged)
    reached = sum((ratio.weight * Fraction(ratio.good, ratio.of) for ratio in judged), Fraction(0))
    return int(reached * 100 / weights + Fraction(1, 2)) if weights else 0


@dataclass(frozen=True, slots=True)
class SourceQuality:
    """A source over the months in which it sent something, the oldest first; never none."""

    source: Source
    months: Sequence[MonthQuality]

    @property
    def latest(self) -> MonthQuality:
        return self.months[-1]

    @property
    def change(self) -> int | None:
        """Points since the month before in which it sent something."""
        return self.months[-1].score - self.months[-2].score if self.months[1:] else None

    def of(self, month: date) -> MonthQuality | None:
        return next((one for one in self.months if one.month == month), None)


def sources_quality(organisation: Organisation, source: Source | None = None) -> list[SourceQuality]:
    """Every source that sent sales in the last twelve months, or only one of them; by name."""
    first = month_after(organisation.today.replace(day=1), 1 - MONTHS_SHOWN)
    runs = judged_imports(organisation, source).filter(started_at__gte=_begin(organisation, first))
    counted = _count_rows(organisation, runs)
    _count_days(organisation, runs, counted)
    known = Source.objects.in_bulk({key for key, _month in counted})
    months: dict[int, list[MonthQuality]] = defaultdict(list)
    for (key, month), counts in sorted(counted.items(), key=lambda pair: pair[0][1]):
        months[key].append(MonthQuality(month, counts))
    found = [SourceQuality(known[key], told) for key, told in months.items()]
    return sorted(found, key=lambda one: (one.source.name, one.source.pk))


def judged_imports(organisation: Organisation, source: Source | None = None) -> QuerySet[Import]:
    """The imports that a source is judged by: of sales, the first time that their rows came, not withdrawn."""
    runs = Import.objects.filter(
        organisation=organisation,
        kind=Import.Kind.SALES,
        state=Import.State.IMPORTED,
        is_again=False,
        withdrawn_at=None,
    )
    return runs.filter(source=source) if source else runs


def imports_of_month(source: Source, month: date) -> QuerySet[Import]:
    """Those that a source is judged by in a month."""
    return judged_imports(source.organisation, source).filter(
        started_at__gte=_begin(source.organisation, month),
        started_at__lt=_begin(source.organisation, month_after(month, 1)),
    )


def _begin(organisation: Organisation, on: date) -> datetime:
    """When a day begins for the organisation."""
    return datetime(on.year, on.month, on.day, tzinfo=ZoneInfo(organisation.time_zone))


Counted = dict[tuple[int, date], Counts]
SUMMED = tuple(
    field.name
    for field in fields(Counts)
    if field.name not in ("files", "expected", "in_time", "dated", "days_waited")
)


def _count_rows(organisation: Organisation, runs: QuerySet[Import]) -> Counted:
    month = TruncMonth("started_at", tzinfo=ZoneInfo(organisation.time_zone))
    sums = {f"sum_{name}": Sum(name) for name in SUMMED}
    found = runs.annotate(month=month).values("source", "month").annotate(files=Count("pk"), **sums)
    return {
        (row["source"], row["month"].date()): Counts(
            files=row["files"],
            **{name: int(row[f"sum_{name}"]) for name in SUMMED},  # type: ignore[literal-required]
        )
        for row in found.order_by()
    }


def _count_days(organisation: Organisation, runs: QuerySet[Import], counted: Counted) -> None:
    """Adds what follows from the days of the sales and of the reports."""
    calendars = {one.source_id: one for one in ReportingCalendar.objects.filter(organisation=organisation)}
    reported = TruncDate("import_run__started_at", tzinfo=ZoneInfo(organisation.time_zone))
    days = (
        ReportedDay.objects.filter(organisation=organisation, import_run__in=runs)
        .annotate(reported=reported)
        .values_list("import_run__source", "reported", "on")
        .annotate(Sum("rows"))
        .order_by()
    )
    for source, day, on, rows in days:
        counts = counted[source, day.replace(day=1)]
        counts.dated += rows
        counts.days_waited += rows * (day - on).days
        due = due_day(calendars.get(source), on)
        if due is not None:
            counts.expected += rows
            counts.in_time += rows if day <= due else 0


def due_day(calendar: ReportingCalendar | None, on: date) -> date | None:
    """By when a sale of that day is to be reported; None where nothing says so."""
    if calendar is None or calendar.every == ReportingCalendar.Every.NONE:
        return None
    period = period_of(on, calendar.every)
    if period.starts < period_of(calendar.starts_on, calendar.every).starts:
        return None
    return due_on(period, calendar.grace_days)
