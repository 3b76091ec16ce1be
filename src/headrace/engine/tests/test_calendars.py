"""Periods of every kind, cut by a programme's life, and the ones they are compared with."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headrace.engine.calendars import (
    cut,
    months_before,
    period_of,
    periods_between,
    previous_period,
    rolling_window,
    same_period_last_year,
)
from headrace.engine.programme import Calendar, Every, Window
from headrace.kernel.period import Period

CALENDAR = Calendar()
JULY = Calendar("fiscal", 7, 1)
WEEKS = Calendar("4-4-5")
RETAIL = Calendar("4-4-5", 2, 1)
LIFE = Period(date(2000, 1, 1), date(2099, 12, 31))
KINDS = ("month", "quarter", "half_year", "year")


def days(text: str) -> Period:
    starts, ends = text.split(" to ")
    return Period(date.fromisoformat(starts), date.fromisoformat(ends))


@pytest.mark.parametrize(
    ("day", "kind", "calendar", "expected"),
    [
        ("2026-02-14", "month", CALENDAR, "2026-02-01 to 2026-02-28"),
        ("2024-02-29", "month", CALENDAR, "2024-02-01 to 2024-02-29"),
        ("2026-06-30", "quarter", CALENDAR, "2026-04-01 to 2026-06-30"),
        ("2026-07-01", "half_year", CALENDAR, "2026-07-01 to 2026-12-31"),
        ("2026-07-01", "year", CALENDAR, "2026-01-01 to 2026-12-31"),
        ("2026-06-30", "year", JULY, "2025-07-01 to 2026-06-30"),
        ("2026-07-01", "year", JULY, "2026-07-01 to 2027-06-30"),
        ("2026-01-15", "half_year", JULY, "2026-01-01 to 2026-06-30"),
        ("2026-05-15", "quarter", Calendar("fiscal", 2, 1), "2026-05-01 to 2026-07-31"),
        ("2026-04-05", "year", Calendar("fiscal", 4, 6), "2025-04-06 to 2026-04-05"),
        ("2026-04-06", "month", Calendar("fiscal", 4, 6), "2026-04-06 to 2026-05-05"),
        ("2025-12-29", "month", WEEKS, "2025-12-29 to 2026-01-25"),
        ("2026-03-01", "month", WEEKS, "2026-02-23 to 2026-03-29"),
        ("2026-03-01", "quarter", WEEKS, "2025-12-29 to 2026-03-29"),
        ("2026-06-01", "year", WEEKS, "2025-12-29 to 2027-01-03"),
        # 2026 has 53 weeks: the last month takes the one more.
        ("2027-01-03", "month", WEEKS, "2026-11-23 to 2027-01-03"),
        ("2026-02-03", "month", RETAIL, "2026-02-02 to 2026-03-01"),
    ],
)  # fmt: skip
def test_a_day_is_in_the_period_its_calendar_gives(
    day: str, kind: str, calendar: Calendar, expected: str
) -> None:
    assert period_of(date.fromisoformat(day), Every(kind), calendar, LIFE) == days(expected)  # type: ignore[arg-type]


def test_the_life_of_a_programme_cuts_its_periods() -> None:
    life = days("2026-07-01 to 2027-02-10")
    assert period_of(date(2026, 8, 1), Every("year"), CALENDAR, life) == days("2026-07-01 to 2026-12-31")
    assert period_of(date(2027, 2, 1), Every("quarter"), CALENDAR, life) == days("2027-01-01 to 2027-02-10")
    assert period_of(date(2026, 8, 1), Every("programme"), CALENDAR, life) == life
    assert period_of(date(2026, 6, 30), Every("year"), CALENDAR, life) is None


def test_a_fact_and_an_order_are_their_day() -> None:
    for kind in ("fact", "order"):
        assert period_of(date(2026, 8, 1), Every(kind), CALENDAR, LIFE) == days("2026-08-01 to 2026-08-01")


def test_named_windows_hold_only_their_own_days() -> None:
    windows = Every(
        "windows",
        windows=(
            Window("spring", date(2026, 3, 1), date(2026, 5, 31)),
            Window("autumn", date(2026, 9, 1), date(2026, 10, 31)),
        ),
    )
    spring = days("2026-03-01 to 2026-05-31")
    autumn = days("2026-09-01 to 2026-10-31")
    assert period_of(date(2026, 5, 31), windows, CALENDAR, LIFE) == spring
    assert period_of(date(2026, 6, 1), windows, CALENDAR, LIFE) is None
    assert previous_period(autumn, windows, CALENDAR) == spring
    assert previous_period(spring, windows, CALENDAR) is None
    assert list(periods_between(date(2026, 1, 1), date(2026, 12, 31), windows, CALENDAR, LIFE)) == [
        spring,
        autumn,
    ]


def test_a_rolling_rule_measures_the_months_before_the_one_it_pays() -> None:
    every = Every("rolling", months=12)
    month = period_of(date(2026, 3, 15), every, CALENDAR, LIFE)
    assert month == days("2026-03-01 to 2026-03-31")
    assert rolling_window(month, every, CALENDAR, LIFE) == days("2025-04-01 to 2026-03-31")
    assert rolling_window(month, every, CALENDAR, days("2026-01-10 to 2026-12-31")) == days(
        "2026-01-10 to 2026-03-31"
    )


@pytest.mark.parametrize(
    ("period", "kind", "calendar", "expected"),
    [
        ("2026-04-01 to 2026-06-30", "quarter", CALENDAR, "2025-04-01 to 2025-06-30"),
        ("2025-02-01 to 2025-02-28", "month", CALENDAR, "2024-02-01 to 2024-02-29"),
        ("2024-02-01 to 2024-02-29", "month", CALENDAR, "2023-02-01 to 2023-02-28"),
        ("2024-02-29 to 2024-02-29", "fact", CALENDAR, "2023-02-28 to 2023-02-28"),
        ("2026-07-01 to 2026-12-31", "year", CALENDAR, "2025-07-01 to 2025-12-31"),
        ("2026-02-10 to 2026-03-31", "quarter", CALENDAR, "2025-02-10 to 2025-03-31"),
        ("2026-07-01 to 2027-06-30", "year", JULY, "2025-07-01 to 2026-06-30"),
        ("2025-12-29 to 2026-01-25", "month", WEEKS, "2024-12-30 to 2025-01-26"),
        ("2026-11-23 to 2027-01-03", "month", WEEKS, "2025-11-24 to 2025-12-28"),
        # Cut by the programme's life: as far into the year before.
        ("2026-01-05 to 2026-01-25", "month", WEEKS, "2025-01-06 to 2025-01-26"),
        ("2024-12-01 to 2025-02-28", "windows", CALENDAR, "2023-12-01 to 2024-02-29"),
    ],
)  # fmt: skip
def test_a_period_is_compared_with_the_same_one_last_year(
    period: str, kind: str, calendar: Calendar, expected: str
) -> None:
    assert same_period_last_year(days(period), Every(kind), calendar) == days(expected)  # type: ignore[arg-type]


def test_a_cut_period_is_compared_with_the_whole_one_before() -> None:
    cut_year = days("2026-07-01 to 2026-12-31")
    assert previous_period(cut_year, Every("year"), CALENDAR) == days("2025-01-01 to 2025-12-31")
    january = days("2026-01-01 to 2026-01-31")
    assert previous_period(january, Every("month"), CALENDAR) == days("2025-12-01 to 2025-12-31")
    assert previous_period(days("2026-01-01 to 2026-03-31"), Every("programme"), CALENDAR) is None


def test_months_before_stays_within_a_shorter_month() -> None:
    assert months_before(date(2024, 2, 29), 12) == date(2023, 2, 28)
    assert months_before(date(2026, 3, 31), 1) == date(2026, 2, 28)
    assert months_before(date(2026, 1, 15), 13) == date(2024, 12, 15)


@given(
    day=st.dates(date(2001, 1, 1), date(2090, 1, 1)),
    kind=st.sampled_from(KINDS),
    calendar=st.builds(
        Calendar, st.sampled_from(["calendar", "fiscal", "4-4-5"]), st.integers(1, 12), st.integers(1, 28)
    ).map(lambda c: CALENDAR if c.kind == "calendar" else c),
)
def test_periods_hold_their_day_and_follow_each_other_without_gap(
    day: date, kind: str, calendar: Calendar
) -> None:
    every = Every(kind)  # type: ignore[arg-type]
    period = period_of(day, every, calendar, LIFE)
    assert period is not None
    assert day in period
    before = previous_period(period, every, calendar)
    assert before is not None
    assert before.ends + timedelta(days=1) == period.starts
    inside = list(periods_between(before.starts, period.ends, every, calendar, LIFE))
    assert inside == [cut(before, LIFE), period]
