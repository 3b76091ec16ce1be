"""Charts: where the bars stand, what the table behind them says."""

import re
from decimal import Decimal

import pytest

from headrace.base import charts


def bars(svg: str) -> list[tuple[str, str]]:
    """The top and height of each bar."""
    return re.findall(r'<rect class="bar[^"]*" x="[^"]*" y="([^"]*)" width="[^"]*" height="([^"]*)"', svg)


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        (0, 90, ["0", "25", "50", "75", "100"]),
        (3, 8, ["0", "2", "4", "6", "8"]),
        (-30, 90, ["-50", "0", "50", "100"]),
        (-5, -2, ["-6", "-4", "-2", "0"]),
        (0, 0, ["0.00", "0.25", "0.50", "0.75", "1.00"]),
        (0, 1_234_567_89, ["0", "50000000", "100000000", "150000000"]),
    ],
)
def test_ticks_are_round_and_hold_every_value(low: int, high: int, ticks: list[str]) -> None:
    assert charts.nice_ticks(low, high) == [Decimal(tick) for tick in ticks]


def test_a_bar_reaches_from_zero_to_its_value() -> None:
    chart = charts.bar_chart(title="Cost", labels=["Jan", "Feb"], series=[charts.Series("Cost", [100, 50])])
    assert bars(chart) == [("0.0%", "100.0%"), ("50.0%", "50.0%")]


def test_a_negative_bar_hangs_below_the_zero_line() -> None:
    chart = charts.bar_chart(title="Cost", labels=["Jan", "Feb"], series=[charts.Series("Cost", [100, -100])])
    assert bars(chart) == [("0.0%", "50.0%"), ("50.0%", "50.0%")]


def test_two_series_stand_side_by_side_with_a_legend() -> None:
    series = [charts.Series("This year", [100]), charts.Series("Last year", [40])]
    chart = charts.bar_chart(title="Cost", labels=["Jan"], series=series)
    assert len(bars(chart)) == 2
    assert 'class="chart-legend"' in chart


def test_the_table_behind_holds_every_value_as_written() -> None:
    chart = charts.bar_chart(
        title="Cost",
        labels=["Jan", "Feb"],
        series=[charts.Series("Cost", [7, -3])],
        write=lambda value: f"{value} EUR",
    )
    assert re.findall(r'<td class="number"><bdi>([^<]*)</bdi>', chart) == ["7 EUR", "-3 EUR"]


def test_words_of_the_data_are_escaped() -> None:
    chart = charts.bar_chart(title="<b>", labels=["<i>"], series=[charts.Series("<u>", [1])])
    assert not re.search(r"<[biu]>", chart)


def test_bars_of_an_open_period_are_lighter() -> None:
    chart = charts.bar_chart(
        title="Cost", labels=["Jan", "Feb"], series=[charts.Series("Cost", [1, 2])], open_from=1
    )
    assert re.findall(r'class="(bar[^"]*)"', chart) == ["bar", "bar open"]


def test_a_chart_of_nothing_is_a_programming_error() -> None:
    with pytest.raises(ValueError, match="empty state"):
        charts.bar_chart(title="Cost", labels=[], series=[charts.Series("Cost", [])])


def test_a_series_of_another_length_is_a_programming_error() -> None:
    with pytest.raises(ValueError, match="has 1 values for 2 labels"):
        charts.bar_chart(title="Cost", labels=["Jan", "Feb"], series=[charts.Series("Cost", [1])])


def test_a_ranking_measures_against_the_greatest() -> None:
    ranking = charts.horizontal_bars(title="Partners", rows=[("A", 200), ("B", 50), ("C", -10)])
    assert re.findall(r'width="(\d+)"', ranking) == ["1000", "250", "0"]


def test_a_sparkline_runs_from_the_lowest_to_the_highest() -> None:
    assert 'points="0,1000 500,0 1000,500"' in charts.sparkline(title="Sold", values=[0, 10, 5])
    assert charts.sparkline(title="Sold", values=[3]) == ""
    assert 'points="0,1000 1000,1000"' in charts.sparkline(title="Sold", values=[3, 3])


def test_a_sparkline_may_have_a_scale_of_its_own() -> None:
    assert 'points="0,100 1000,0"' in charts.sparkline(title="Score", values=[90, 100], low=0, high=100)
