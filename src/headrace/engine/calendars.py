"""Periods: which days are added up together, and which days they are compared with.

Calendar and fiscal periods are whole months counted from the day the year starts. The 4-4-5 calendar is
made of whole weeks: its year starts on the Monday nearest to the day it names (1 January gives the weeks of
ISO 8601), each quarter has months of 4, 4 and 5 weeks, and a 53rd week belongs to the last month.
"""

from bisect import bisect_right
from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta

from headrace.engine.programme import Calendar, Every
from headrace.kernel.period import Period

DAY = timedelta(days=1)
_MONTHS = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}
_WEEKS_OF_QUARTER = 13
# Weeks from the start of a quarter to the start of each of its months.
_WEEKS_TO_MONTH = (0, 4, 8)


def period_of(day: date, every: Every, calendar: Calendar, life: Period) -> Period | None:
    """The period that holds a day, cut by the programme's life; None outside the life or all windows.

    `fact` and `order` are the day alone. Of `rolling` it is the month that is paid for; what is measured
    there is `rolling_window`.
    """
    if day not in life:
        return None
    if every.kind == "windows":
        return next(
            (cut(Period(w.starts, w.ends), life) for w in every.windows if w.starts <= day <= w.ends), None
        )
    if every.kind in ("fact", "order"):
        return Period(day, day)
    if every.kind == "programme":
        return life
    return cut(_whole(day, _unit(every), calendar), life)


def rolling_window(month: Period, every: Every, calendar: Calendar, life: Period) -> Period:
    """The months that a rolling rule measures to pay for `month`: it and those before, within the life."""
    whole = _whole(month.starts, 1, calendar)
    first = whole
    for _ in range(every.months - 1):
        if first.starts <= life.starts:
            break
        first = _whole(first.starts - DAY, 1, calendar)
    return cut(Period(first.starts, month.ends), life)


def periods_between(
    first: date, last: date, every: Every, calendar: Calendar, life: Period
) -> Iterator[Period]:
    """The periods that hold a day from `first` to `last`, in order of time, each cut by the life."""
    if every.kind == "windows":
        for window in sorted(every.windows, key=lambda window: window.starts):
            if window.starts <= last and window.ends >= first and overlaps(window.starts, window.ends, life):
                yield cut(Period(window.starts, window.ends), life)
        return
    day = max(first, life.starts)
    while day <= min(last, life.ends):
        period = period_of(day, every, calendar, life)
        assert period is not None, "a day within the life has a period"
        yield period
        if period.ends == date.max:
            return
        day = period.ends + DAY


def same_period_last_year(period: Period, every: Every, calendar: Calendar) -> Period:
    """The days a year before that a period is compared with.

    A whole period is compared with the whole one; of a cut one the same dates are taken. The last day of a
    month stays the last day (28 February 2025 becomes 29 February 2024); 29 February becomes 28 February.
    """
    if every.kind in _MONTHS or every.kind == "rolling":
        whole = _whole(period.starts, _unit(every), calendar)
        if whole == period:
            return _year_before(whole, _unit(every), calendar)
    if calendar.kind == "4-4-5":
        return Period(
            _same_weekday_last_year(period.starts, calendar), _same_weekday_last_year(period.ends, calendar)
        )
    return Period(months_before(period.starts, 12), _end_a_year_before(period.ends))


def previous_period(period: Period, every: Every, calendar: Calendar) -> Period | None:
    """The whole period of the same kind before this one; None where there is none, as of the first window."""
    if every.kind == "windows":
        before = [window for window in every.windows if window.ends < period.starts]
        last = max(before, key=lambda window: window.ends, default=None)
        return Period(last.starts, last.ends) if last else None
    if every.kind in _MONTHS or every.kind == "rolling":
        whole = _whole(period.starts, _unit(every), calendar)
        return _whole(whole.starts - DAY, _unit(every), calendar)
    return None


def months_before(day: date, months: int) -> date:
    """The same day of an earlier month, or that month's last day where it is shorter."""
    years, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(years, month + 1, min(day.day, monthrange(years, month + 1)[1]))


def cut(period: Period, life: Period) -> Period:
    """What of a period lies within the programme's life. They must overlap."""
    return Period(max(period.starts, life.starts), min(period.ends, life.ends))


def overlaps(starts: date, ends: date, life: Period) -> bool:
    """Whether days from `starts` to `ends` lie within a life."""
    return starts <= life.ends and ends >= life.starts


def _unit(every: Every) -> int:
    """How many months a period has; a rolling rule is paid for each month."""
    return 1 if every.kind == "rolling" else _MONTHS[every.kind]


def _whole(day: date, months: int, calendar: Calendar) -> Period:
    """The uncut period of so many months that holds a day."""
    if calendar.kind == "4-4-5":
        return _whole_of_weeks(day, months, calendar)
    first = _month_number(day, calendar)
    first -= first % months
    return Period(_month_starts(first, calendar), _month_starts(first + months, calendar) - DAY)


def _month_number(day: date, calendar: Calendar) -> int:
    """Months since the year 0, counted so that a fiscal year starts at a multiple of 12."""
    number = day.year * 12 + day.month - calendar.starts_month
    return number if day.day >= calendar.starts_day else number - 1


def _month_starts(number: int, calendar: Calendar) -> date:
    year, month = divmod(number + calendar.starts_month - 1, 12)
    if year > date.max.year:
        return date.max
    return date(year, month + 1, calendar.starts_day)


def _year_before(whole: Period, months: int, calendar: Calendar) -> Period:
    before = whole
    for _ in range(12 // months):
        before = _whole(before.starts - DAY, months, calendar)
    return before


def _end_a_year_before(day: date) -> date:
    is_last = day.day == monthrange(day.year, day.month)[1]
    earlier = months_before(day, 12)
    return earlier.replace(day=monthrange(earlier.year, earlier.month)[1]) if is_last else earlier


# 4-4-5


def _year_starts(year: int, calendar: Calendar) -> date:
    """The Monday nearest to the day that the calendar names; past the last year there is, the last day."""
    if year > date.max.year:
        return date.max
    named = date(year, calendar.starts_month, calendar.starts_day)
    weekday = named.weekday()
    return named - weekday * DAY if weekday <= 3 else named + (7 - weekday) * DAY


def _year_holding(day: date, calendar: Calendar) -> tuple[date, date]:
    """First day of the 4-4-5 year that holds a day, and of the year after."""
    starts = [_year_starts(day.year + offset, calendar) for offset in (-1, 0, 1, 2)]
    place = min(bisect_right(starts, day), len(starts) - 1)
    return starts[place - 1], starts[place]


def _whole_of_weeks(day: date, months: int, calendar: Calendar) -> Period:
    starts, after = _year_holding(day, calendar)
    bounds = [
        starts + timedelta(weeks=quarter * _WEEKS_OF_QUARTER + week)
        for quarter in range(4)
        for week in _WEEKS_TO_MONTH
    ][::months]
    bounds.append(after)
    place = bisect_right(bounds, day)
    return Period(bounds[place - 1], bounds[place] - DAY)


def _same_weekday_last_year(day: date, calendar: Calendar) -> date:
    """The day as far into the 4-4-5 year before; past its last week, its last day."""
    starts, _ = _year_holding(day, calendar)
    earlier, _ = _year_holding(starts - DAY, calendar)
    return min(earlier + (day - starts), starts - DAY)
