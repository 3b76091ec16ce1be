"""The ways give equal results, and the table says what was measured."""

from pathlib import Path

import pytest

from headrace.bench import command
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
