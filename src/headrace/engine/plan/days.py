"""Which period each day belongs to, as a table: one equality join, whatever the calendar."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import pyarrow as pa
import pyarrow.compute as pc

from headrace.engine.calendars import (
    periods_between,
    previous_period,
    rolling_window,
    same_period_last_year,
)
from headrace.engine.programme import Every, Programme
from headrace.kernel.period import Period

DAY = timedelta(days=1)
# A cap's year may begin this long before the first fact.
_YEAR = timedelta(days=371)


@dataclass(frozen=True, slots=True)
class Days:
    """For a day, the period it counts in: `day`, `period_from`, `period_to`.

    `spans`: for each `period_from` the days that count, which differ from the period in a rolling window and in a
    period of comparison.
    """

    name: str
    table: pa.Table
    spans: Sequence[tuple[Period, Period]]

    @property
    def bounds(self) -> tuple[date, date] | None:
        """The first and the last day; None where there is none."""
        found = pc.min_max(self.table["day"])
        return (found["min"].as_py(), found["max"].as_py()) if len(self.table) else None


def own_days(name: str, programme: Programme, every: Every, data: Period) -> Days:
    """The days of each period; of `fact` and `order` each day is its own."""
    return _days(name, [(period, period) for period in periods(programme, every, data)], data)


def seen_days(name: str, programme: Programme, every: Every, data: Period) -> Days:
    """The days that a scale looks at for each period: those of the rolling window, else its own."""
    spans = [(period, seen(programme, every, period)) for period in periods(programme, every, data)]
    return _days(name, spans, data)


def baseline_days(name: str, programme: Programme, every: Every, data: Period, baseline: str) -> Days:
    """The days with which each period is compared, also before the programme's life."""
    found = [
        (period, compared(programme, every, seen(programme, every, period), baseline))
        for period in periods(programme, every, data)
    ]
    return _days(name, [(period, before) for period, before in found if before is not None], data)


def periods(programme: Programme, every: Every, data: Period) -> list[Period]:
    """The periods of the programme's life in which the data can fall."""
    return list(periods_between(data.starts, data.ends, every, programme.calendar, programme.life))


def seen(programme: Programme, every: Every, period: Period) -> Period:
    """The days that decide what is paid for a period."""
    if every.kind != "rolling":
        return period
    return rolling_window(period, every, programme.calendar, programme.life)


def compared(programme: Programme, every: Every, period: Period, baseline: str) -> Period | None:
    """The period that another is compared with, by the name of the baseline; None where there is none."""
    if baseline == "previous_period":
        return previous_period(period, every, programme.calendar)
    return same_period_last_year(period, every, programme.calendar)


def longer_periods(programme: Programme, every: Every, data: Period) -> pa.Table:
    """The periods over which a cap or floor runs: `longer_from`, `longer_to`."""
    found = periods(programme, every, Period(data.starts - _YEAR, data.ends))
    return pa.table(
        {
            "longer_from": pa.array([period.starts for period in found], pa.date32()),
            "longer_to": pa.array([period.ends for period in found], pa.date32()),
        }
    )


def span_table(days: Days) -> pa.Table:
    """The periods and the days that count for each: `period_from`, `period_to`, `span_from`, `span_to`."""
    return pa.table(
        {
            "period_from": pa.array([period.starts for period, _ in days.spans], pa.date32()),
            "period_to": pa.array([period.ends for period, _ in days.spans], pa.date32()),
            "span_from": pa.array([span.starts for _, span in days.spans], pa.date32()),
            "span_to": pa.array([span.ends for _, span in days.spans], pa.date32()),
        }
    )


def _days(name: str, spans: Sequence[tuple[Period, Period]], data: Period) -> Days:
    rows = [(day, period) for period, span in spans for day in days_of(span, data)]
    table = pa.table(
        {
            "day": pa.array([day for day, _ in rows], pa.date32()),
            "period_from": pa.array([period.starts for _, period in rows], pa.date32()),
            "period_to": pa.array([period.ends for _, period in rows], pa.date32()),
        }
    )
    return Days(name, table, spans)


def days_of(span: Period, data: Period) -> list[date]:
    """The days of a span on which there can be facts."""
    first, last = max(span.starts, data.starts), min(span.ends, data.ends)
    return [first + n * DAY for n in range((last - first).days + 1)]
