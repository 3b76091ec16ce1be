"""Which period each day belongs to, as a table: one equality join, whatever the calendar."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import pyarrow as pa

from headrace.engine.calendars import periods_between, previous_period, same_period_last_year
from headrace.engine.programme import Every, Programme
from headrace.kernel.period import Period

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Days:
    """For a day, the period it counts in: `day`, `period_from`, `period_to`."""

    name: str
    table: pa.Table


def life_of(programme: Programme) -> Period:
    return Period(programme.starts, programme.ends or date.max)


def periods(programme: Programme, every: Every, data: Period) -> list[Period]:
    """The periods of the programme's life in which the data can fall."""
    return list(periods_between(data.starts, data.ends, every, programme.calendar, life_of(programme)))


def own_days(name: str, programme: Programme, every: Every, data: Period) -> Days:
    """The days of each period; of `fact` and `order` each day is its own."""
    found = periods(programme, every, data)
    return Days(name, _table((day, period) for period in found for day in _days(period, data)))


def baseline_days(name: str, programme: Programme, every: Every, data: Period, baseline: str) -> Days:
    """The days with which each period is compared, also before the programme's life."""
    later = Period(data.starts, max(data.ends, data.starts))
    rows = (
        (day, period)
        for period in periods(programme, every, later)
        if (before := compared(programme, every, period, baseline)) is not None
        for day in _days(before, data)
    )
    return Days(name, _table(rows))


def longer_periods(programme: Programme, every: Every, data: Period) -> pa.Table:
    """The periods over which a cap or floor of a rule runs: `longer_from`, `longer_to`."""
    first = Period(min(data.starts, data.starts - 366 * DAY), data.ends)
    found = periods(programme, every, first)
    return pa.table(
        {
            "longer_from": pa.array([period.starts for period in found], pa.date32()),
            "longer_to": pa.array([period.ends for period in found], pa.date32()),
        }
    )


def compared(programme: Programme, every: Every, period: Period, baseline: str) -> Period | None:
    """The period that another is compared with, by the name of the baseline."""
    if baseline == "previous_period":
        return previous_period(period, every, programme.calendar)
    return same_period_last_year(period, every, programme.calendar)


def _days(period: Period, data: Period) -> Iterator[date]:
    """The days of a period in which there is data."""
    day, last = max(period.starts, data.starts), min(period.ends, data.ends)
    while day <= last:
        yield day
        day += DAY


def _table(rows: Iterable[tuple[date, Period]]) -> pa.Table:
    found = list(rows)
    return pa.table(
        {
            "day": pa.array([day for day, _ in found], pa.date32()),
            "period_from": pa.array([period.starts for _, period in found], pa.date32()),
            "period_to": pa.array([period.ends for _, period in found], pa.date32()),
        }
    )
