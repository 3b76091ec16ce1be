"""The forecast: its method by hand, its back-test, and what it is on the sales of a market."""

import random
from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from io import StringIO

import pytest
from django.core.management import call_command
from hypothesis import given
from hypothesis import strategies as st
from tests.market import deliver, sale

from headrace.base.models import Organisation
from headrace.earnings.forecasting.actions import back_test_programmes, forecast
from headrace.earnings.forecasting.courses import Part, part_of
from headrace.earnings.forecasting.outlook import (
    HISTORY_MIN,
    BackTest,
    Course,
    Method,
    back_test,
    outlook,
)
from headrace.earnings.models import Forecast
from headrace.kernel.period import Period
from headrace.programmes.actions import launch_programme

MARCH = Period(date(2026, 3, 1), date(2026, 3, 31))
FLAT = """
programme: flat
title: {en: Flat}
currency: EUR
from: 2025-01-01
earns:
  - key: volume
    facts: sale
    to: partner
    every: month
    base: sum(net_amount)
    scale: {mode: flat, rate: 10%}
"""


def courses(*pairs: tuple[int, int]) -> list[Course]:
    """Past periods by what they had reached, and their ends."""
    return [Course(MARCH, *pair) for pair in pairs]


def test_a_proportion_is_carried_over() -> None:
    """Half, a third and a quarter were reached: 100 becomes 200, 300 and 400, widened by a third of their range."""
    found = outlook(100, courses((10, 20), (10, 30), (10, 40), (20, 40)))
    assert found is not None
    assert (found.low_minor, found.expected_minor, found.high_minor) == (134, 250, 466)
    assert (found.method, found.covers, found.of) == (Method.PROPORTION, 80, 100)


def test_where_nothing_was_reached_the_rest_is_added() -> None:
    found = outlook(5, courses((0, 20), (10, 30), (10, 40), (20, 40)))
    assert found is not None
    assert (found.low_minor, found.expected_minor, found.high_minor) == (21, 25, 39)
    assert found.method == Method.REST


def test_half_a_cent_goes_up() -> None:
    found = outlook(1, courses(*[(2, 3)] * HISTORY_MIN))
    assert found is not None
    assert found.expected_minor == 2


def test_too_little_history_has_no_outlook() -> None:
    assert outlook(100, courses(*[(10, 20)] * (HISTORY_MIN - 1))) is None


@pytest.mark.parametrize(("count", "covers", "of"), [(9, 8, 10), (19, 16, 20), (39, 32, 40)])
def test_with_more_history_the_ends_are_left_out(count: int, covers: int, of: int) -> None:
    found = outlook(100, courses(*((100, 100 + number) for number in range(count))))
    assert found is not None
    assert (found.covers, found.of) == (covers, of)
    assert found.high_minor - found.low_minor + 1 == count - 2 * ((of - covers) // 2 - 1)


@given(
    st.lists(st.tuples(st.integers(-(10**9), 10**12), st.integers(-(10**9), 10**12)), min_size=4, max_size=40)
)
def test_the_interval_holds_what_is_expected(pairs: list[tuple[int, int]]) -> None:
    found = outlook(pairs[0][0], courses(*pairs))
    assert found is not None
    assert found.low_minor <= found.expected_minor <= found.high_minor


def test_the_back_test_looks_at_earlier_periods_alone() -> None:
    """The fifth is within what the four before it say, the sixth far beyond."""
    past = courses((10, 20), (10, 30), (10, 40), (10, 20), (10, 35), (10, 90))
    assert back_test(past) == BackTest(2, 1, Fraction(8, 5))
    assert back_test(past[::-1]) == BackTest(2, 2, Fraction(8, 5))


@pytest.mark.parametrize(
    ("day", "other", "expected"),
    [
        (date(2026, 3, 1), Period(date(2026, 2, 1), date(2026, 2, 28)), date(2026, 2, 1)),
        (date(2026, 3, 31), Period(date(2026, 2, 1), date(2026, 2, 28)), date(2026, 2, 28)),
        (date(2026, 3, 16), Period(date(2026, 4, 1), date(2026, 4, 30)), date(2026, 4, 16)),
    ],
)
def test_the_same_part_of_another_period(day: date, other: Period, expected: date) -> None:
    assert part_of(MARCH, day).day_of(other) == expected
    assert Part(1, 4).day_of(Period(date(2026, 1, 1), date(2026, 3, 31))) == date(2026, 1, 23)


def sell(organisation: Organisation, months: Sequence[int]) -> None:
    """From January 2025 on: 100.00 on the 10th of each month, and on the 20th what is given."""
    rows = []
    for number, late in enumerate(months):
        month = f"{2025 + number // 12}-{number % 12 + 1:02}"
        rows += [
            sale(f"a{number}", "north", f"{month}-10", "100"),
            sale(f"b{number}", "north", f"{month}-20", str(late)),
        ]
    deliver(organisation, "sales", *rows)


@pytest.fixture
def flat(market: Organisation) -> Organisation:
    """Five months of 10.00 early, and 10, 20, 30, 40 and 50.00 late; in June nothing late is known yet."""
    launch_programme(organisation=market, document=FLAT)
    sell(market, [100, 200, 300, 400, 500])
    deliver(market, "sales", sale("june", "north", "2025-06-10", "200"))
    return market


def test_the_open_period_is_forecast_from_those_before_it(flat: Organisation) -> None:
    """20.00 so far; the months before came to 2, 3, 4, 5 and 6 times what they had by then."""
    (found,) = forecast(organisation=flat, on=date(2025, 6, 15))
    assert (found.period_from, found.period_to) == (date(2025, 6, 1), date(2025, 6, 30))
    assert (found.reached_minor, found.low_minor, found.expected_minor, found.high_minor) == (
        20_00,
        40_00 - 16_00,
        80_00,
        120_00 + 16_00,
    )
    assert [one["reached_minor"] for one in found.history] == [10_00] * 5
    assert [one["final_minor"] for one in found.history] == [20_00, 30_00, 40_00, 50_00, 60_00]
    # May, the one month with four before it, came to more than the interval.
    assert (found.tests, found.hits) == (1, 0)


@pytest.mark.parametrize("count", [*range(4, 12), 19])
def test_of_normal_figures_the_interval_holds_the_next_in_four_of_five_cases(count: int) -> None:
    chance, draws = random.Random(count), 4_000
    hits = 0
    for _ in range(draws):
        *past, last = (round(chance.gauss(100_000, 10_000)) for _ in range(count + 1))
        found = outlook(0, courses(*((0, final) for final in past)))
        assert found is not None
        hits += found.holds(last)
    # Three standard deviations of the count, and up to 84 % where the steps of order statistics are coarse.
    assert draws * 78 // 100 <= hits <= draws * 86 // 100


def test_a_day_in_the_past_knows_nothing_of_later_days(flat: Organisation) -> None:
    (found,) = forecast(organisation=flat, on=date(2025, 5, 15))
    assert (found.reached_minor, found.high_minor, len(found.history)) == (10_00, 59_90, 4)


def test_made_again_it_is_the_same_and_kept_once(flat: Organisation) -> None:
    (first,) = forecast(organisation=flat, on=date(2025, 6, 15))
    (second,) = forecast(organisation=flat, on=date(2025, 6, 15))
    assert first.history == second.history
    assert Forecast.objects.count() == 1


def test_it_says_where_there_is_too_little_history(flat: Organisation) -> None:
    (found,) = forecast(organisation=flat, on=date(2025, 3, 15))
    assert (found.expected_minor, found.method) == (None, "")


def test_a_programme_paid_for_its_whole_life_has_no_forecast(market: Organisation) -> None:
    launch_programme(organisation=market, document=FLAT.replace("every: month", "every: programme"))
    sell(market, [100])
    assert forecast(organisation=market, on=date(2025, 6, 15)) == []


def test_the_command_counts_the_hits(flat: Organisation) -> None:
    tested = back_test_programmes(organisation=flat, on=date(2025, 6, 1))
    assert [(one.part, one.result) for one in tested] == [
        # Within the first quarter of a month nothing is sold: May is forecast by what came after.
        (Part(1, 4), BackTest(1, 0, Fraction(4, 5))),
        (Part(2, 4), BackTest(1, 0, Fraction(4, 5))),
        (Part(3, 4), BackTest(1, 1, Fraction(4, 5))),
    ]
    out = StringIO()
    call_command("forecast", "--on", "2025-06-01", "--back-test", stdout=out)
    assert "In 1 of 3 past periods the final lay within the interval; it should in 2." in out.getvalue()
