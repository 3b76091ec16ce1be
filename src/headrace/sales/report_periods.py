"""The periods of a reporting calendar: which day belongs to which, and by when its report is due. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from headrace.kernel.period import Period

MONTHS = {"month": 1, "quarter": 3}


def period_of(on: date, every: str) -> Period:
    """The week (from Monday on), the month or the quarter with this day in it."""
    if every == "week":
        starts = on - timedelta(days=on.weekday())
        return Period(starts, starts + timedelta(days=6))
    months = MONTHS[every]
    starts = date(on.year, (on.month - 1) // months * months + 1, 1)
    return Period(starts, month_after(starts, months) - timedelta(days=1))


def periods(first: date, last: date, every: str) -> Iterator[Period]:
    """From the period with `first` in it to that with `last`, in their order."""
    period = period_of(first, every)
    while period.starts <= last:
        yield period
        period = period_of(period.ends + timedelta(days=1), every)


def month_after(starts: date, months: int) -> date:
    """The first of the month so many months later (or earlier)."""
    place = starts.year * 12 + starts.month - 1 + months
    return date(place // 12, place % 12 + 1, 1)


def due_on(period: Period, grace_days: int) -> date:
    """The last day on which the report of a period is in time."""
    return period.ends + timedelta(days=grace_days)
