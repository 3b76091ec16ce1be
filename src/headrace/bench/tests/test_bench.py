"""The ways give equal results, and the table says what was measured."""

from pathlib import Path

import pytest

from headrace.bench import command, one_sale
from headrace.bench.child import measured
from headrace.bench.facts import make
from headrace.bench.ways import PROGRAMMES, WARM_UP, Limits


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("facts")
    make(found, 3000)
    make(found / WARM_UP, 1000)
    return found


OTHERS = [
    pytest.param(
        name,
        marks=pytest.mark.skipif(not command.is_installed(name), reason=f"NOT RUN: {name} is not installed"),
    )
    for name in ("headrace", "polars", "pandas", "zen")
]


@pytest.mark.parametrize("programme", PROGRAMMES)
@pytest.mark.parametrize("way", OTHERS)
def test_a_way_gives_what_sql_by_hand_gives(folder: Path, way: str, programme: str) -> None:
    by_hand = measured("sql", programme, folder, Limits())
    found = measured(way, programme, folder, Limits())
    for part in ("earnings", "shares"):
        assert int(by_hand[part][0]) > 0
        # A rule engine decides and does not share out.
        assert found[part] == by_hand[part] or (way == "zen" and found[part] is None)


@pytest.mark.parametrize("programme", ["b", "c"])
def test_the_group_of_a_new_sale_is_what_it_is_among_all(folder: Path, programme: str) -> None:
    found = one_sale.measured(programme, folder, sales=3)
    assert found["agrees"]
    options = command.parser().parse_args(["--facts", "3000", "--sales", "3"])
    assert f"| {programme} | " in one_sale.table({programme: found}, options)
    wrong = {programme: {**found, "agrees": False}}
    assert one_sale.disagreeing({programme: found}) == []
    assert len(one_sale.disagreeing(wrong)) == 1


def test_a_way_that_is_too_slow_for_so_many_facts_says_so() -> None:
    options = command.parser().parse_args(["--facts", "10m", "--programmes", "a"])
    found = {"earnings_seconds": 1.0, "attribution_seconds": 1.0, "peak_mib": 1.0, "shares": None}
    told = command.table(["sql"], options, [{("sql", "a"): found}], ["zen"])
    assert "| zen | up to 1,000,000 facts |" in told


def test_the_same_seed_makes_the_same_sales(tmp_path: Path) -> None:
    for name in ("one", "other"):
        make(tmp_path / name, 1000, seed=7)
    one, other = ((tmp_path / name / "sales.parquet").read_bytes() for name in ("one", "other"))
    assert one == other


def test_ways_that_differ_are_told() -> None:
    found = {"earnings": ["1", "2", "3"], "shares": None}
    rounds = [{("sql", "a"): found, ("headrace", "a"): {**found, "earnings": ["1", "2", "4"]}}]
    assert command.disagreeing(rounds) == [
        "programme a: earnings by headrace ['1', '2', '4'], by sql ['1', '2', '3']"
    ]


@pytest.mark.parametrize(("text", "facts"), [("1k", 1000), ("10m", 10_000_000), ("2500", 2500)])
def test_amounts_are_read(text: str, facts: int) -> None:
    assert command.amount(text) == facts
