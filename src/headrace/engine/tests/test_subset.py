"""Each construct of the SQL subset gives the same on each backend that is installed."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from tests.backends import ON_SPARK, start_spark

from headrace.engine import sql
from headrace.engine.backends.database import Database, OutOfRoomError
from headrace.engine.backends.duckdb import DuckDB
from headrace.engine.backends.spark import Spark
from headrace.engine.sql import Sql, Stage

ROWS = pa.table(
    {
        "n": pa.array([1, 2, 3, 4], pa.int64()),
        "text": pa.array(["b", "a;  c", "", None], pa.string()),
        "day": pa.array([date(2024, 3, 31), date(2026, 1, 1), None, date(2026, 12, 31)], pa.date32()),
        "big": pa.array([10**18, -(10**18), 0, None], pa.int64()),
    }
)
BIG = 10**36
N, WORDS, DAY, LARGE = (sql.column(name) for name in ("n", "text", "day", "big"))


@pytest.fixture(scope="module", params=["duckdb", pytest.param("spark", marks=ON_SPARK)])
def backend(request: pytest.FixtureRequest) -> Iterator[Database]:
    if request.param == "spark":
        start_spark()
    found: Database = DuckDB() if request.param == "duckdb" else Spark()
    found.add("given", ROWS)
    yield found
    found.close()


def values(backend: Database, value: Sql) -> list[Any]:
    query = sql.select({"n": N, "found": value}, "given")
    query = sql.select({"found": sql.column("found")}, query).order_by(sql.ordered(N), copy=False)
    return [_plain(one) for one in backend.rows(query)["found"].to_pylist()]


def _plain(value: Any) -> Any:
    return int(value) if isinstance(value, Decimal) else value


CONSTRUCTS: dict[str, tuple[Sql, list[Any]]] = {
    "wide products": (sql.multiply(sql.wide(LARGE), sql.wide(LARGE)), [BIG, BIG, 0, None]),
    "sums past 64 bits": (sql.over(sql.total(sql.multiply(LARGE, sql.whole(9)))), [0, 0, 0, 0]),
    "rounding down": (
        sql.divide_down(sql.wide(sql.whole(10**20 - 1)), N),
        [10**20 - 1, 5 * 10**19 - 1, (10**20 - 1) // 3, 25 * 10**18 - 1],
    ),
    "rounding down past six decimals": (
        sql.divide_down(sql.whole(9_999_999), sql.whole(10_000_000)),
        [0] * 4,
    ),
    "remainders": (sql.remainder(sql.wide(sql.whole(BIG + 7)), N), [0, 1, (BIG + 7) % 3, (BIG + 7) % 4]),
    "absolute": (sql.absolute(LARGE), [10**18, 10**18, 0, None]),
    "three-valued and": (
        sql.both([sql.more(LARGE, sql.whole(0)), sql.truth(True)]),
        [True, False, False, None],
    ),
    "three-valued or": (
        sql.either([sql.is_unknown(LARGE), sql.more(LARGE, sql.whole(0))]),
        [True, False, False, True],
    ),
    "holds": (sql.holds(sql.more(LARGE, sql.whole(0))), [True, False, False, False]),
    "not": (sql.negate(sql.is_known(DAY)), [False, False, True, False]),
    "cases": (sql.when(sql.at_least(N, sql.whole(3)), sql.text("late")), [None, None, "late", "late"]),
    "among": (sql.within(N, [sql.whole(2), sql.whole(4)]), [False, True, False, True]),
    "empty texts": (sql.unless_empty(WORDS), ["b", "a;  c", None, None]),
    "joined texts": (sql.joined_text([WORDS, sql.text("|'\\")]), ["b|'\\", "a;  c|'\\", "|'\\", None]),
    "lists": (sql.lists(WORDS, "c"), [False, True, False, None]),
    "decimals": (sql.decimals_text(sql.multiply(N, sql.whole(10)), 3), [".01", ".02", ".03", ".04"]),
    "days as text": (sql.cast(DAY, sql.TEXT), ["2024-03-31", "2026-01-01", None, "2026-12-31"]),
    "months before": (
        sql.months_before(DAY, 1),
        [date(2024, 2, 29), date(2025, 12, 1), None, date(2026, 11, 30)],
    ),
    "days compared": (sql.at_most(DAY, sql.day(date(2026, 1, 1))), [True, True, None, False]),
    "moments": (
        sql.less(
            sql.moment(datetime(2026, 1, 1, tzinfo=UTC)), sql.moment(datetime(2026, 1, 1, 1, tzinfo=UTC))
        ),
        [True] * 4,
    ),
    "numbering": (sql.row_number([], [sql.ordered(LARGE, down=True), sql.ordered(N)]), [1, 3, 2, 4]),
    "unknown comes first": (sql.row_number([], [sql.ordered(WORDS)]), [4, 3, 2, 1]),
    "ranks": (sql.over(sql.rank(), [], [sql.ordered(sql.is_known(DAY), down=True)]), [1, 1, 4, 1]),
    "running sums": (sql.over(sql.total(N), [], [N], running=True), [1, 3, 6, 10]),
    "the row before": (sql.over(sql.lag(N), [], [N]), [None, 1, 2, 3]),
    "counts": (sql.over(sql.count(), [sql.is_known(DAY)]), [3, 3, 1, 3]),
    "one of a query": (
        sql.among(N, sql.select({"n": N}, "given").where(sql.more(N, sql.whole(2)))),
        [False, False, True, True],
    ),
}


@pytest.mark.parametrize("name", CONSTRUCTS)
def test_a_construct_means_the_same(backend: Database, name: str) -> None:
    value, expected = CONSTRUCTS[name]
    assert values(backend, value) == expected


def test_a_sum_of_large_numbers_does_not_wrap(backend: Database) -> None:
    query = sql.select({"found": sql.total(sql.absolute(LARGE))}, sql.stacked([sql.select_all("given")] * 20))
    assert _plain(backend.rows(query)["found"].to_pylist()[0]) == 40 * 10**18


def test_what_leaves_the_wide_type_raises(backend: Database) -> None:
    product = sql.multiply(sql.multiply(sql.wide(LARGE), sql.wide(LARGE)), sql.wide(LARGE))
    with pytest.raises(OutOfRoomError):
        backend.run(Stage("too_wide", sql.select({"found": product}, "given")))


def test_a_stage_is_made_anew(backend: Database) -> None:
    for limit in (2, 3):
        query = sql.select({"n": N}, "given").where(sql.at_most(N, sql.whole(limit)))
        backend.run(Stage("again", query))
        assert backend.rows(sql.select({"c": sql.count()}, "again"))["c"].to_pylist() == [limit]
