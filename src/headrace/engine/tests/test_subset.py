"""Each construct of the SQL subset on each backend: what it means is written here once."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest

from headrace.engine import sql
from headrace.engine.backends.duckdb import DuckDB
from headrace.engine.sql import Sql, Stage


@pytest.fixture(scope="module")
def duck() -> Iterator[DuckDB]:
    database = DuckDB()
    rows = [
        {"k": "a", "n": 3, "d": date(2026, 3, 31), "t": "x"},
        {"k": "a", "n": 1, "d": date(2026, 2, 28), "t": ""},
        {"k": "b", "n": 2, "d": date(2026, 1, 1), "t": None},
    ]
    queries = [sql.select({name: _literal(value) for name, value in row.items()}, _one_row()) for row in rows]
    database.run(Stage("rows", sql.stacked(queries)))
    yield database
    database.close()


def _one_row() -> Any:
    return sql.exp.select("1")


def _literal(value: Any) -> Sql:
    match value:
        case None:
            return sql.cast(sql.unknown(), sql.TEXT)
        case int():
            return sql.whole(value)
        case date():
            return sql.day(value)
    return sql.text(value)


WIDEST = 10**37 - 1
VALUES: list[tuple[str, Sql, Any]] = [
    ("a whole number", sql.whole(-5), -5),
    ("the widest literal", sql.whole(WIDEST), WIDEST),
    ("a text with a quote", sql.text("it's"), "it's"),
    ("a day", sql.day(date(2026, 2, 28)), date(2026, 2, 28)),
    ("a moment", sql.moment(datetime(2026, 1, 1, tzinfo=UTC)), datetime(2026, 1, 1, tzinfo=UTC)),
    ("add", sql.add(sql.whole(2), sql.whole(3)), 5),
    (
        "subtract brackets its right side",
        sql.subtract(sql.whole(9), sql.subtract(sql.whole(5), sql.whole(1))),
        5,
    ),
    (
        "multiply brackets its sides",
        sql.multiply(sql.add(sql.whole(1), sql.whole(2)), sql.add(sql.whole(3), sql.whole(4))),
        21,
    ),
    ("divide_down", sql.divide_down(sql.whole(7), sql.whole(2)), 3),
    (
        "divide_down of 128 bits",
        sql.divide_down(sql.multiply(sql.wide(sql.whole(10**18)), sql.whole(10**18)), sql.whole(3)),
        10**36 // 3,
    ),
    ("remainder", sql.remainder(sql.whole(7), sql.whole(2)), 1),
    ("absolute", sql.absolute(sql.whole(-7)), 7),
    ("less", sql.less(sql.whole(1), sql.whole(2)), True),
    ("at_most", sql.at_most(sql.whole(2), sql.whole(2)), True),
    ("more", sql.more(sql.whole(1), sql.whole(2)), False),
    ("at_least", sql.at_least(sql.whole(2), sql.whole(2)), True),
    ("texts compare by their bytes", sql.less(sql.text("Z"), sql.text("a")), True),
    ("equal to unknown is unknown", sql.equal(sql.whole(1), sql.unknown()), None),
    ("negate unknown is unknown", sql.negate(sql.equal(sql.whole(1), sql.unknown())), None),
    ("both of none", sql.both([]), True),
    ("either of none", sql.either([]), False),
    ("false and unknown", sql.both([sql.truth(False), sql.equal(sql.whole(1), sql.unknown())]), False),
    ("true or unknown", sql.either([sql.truth(True), sql.equal(sql.whole(1), sql.unknown())]), True),
    ("unknown does not hold", sql.holds(sql.equal(sql.whole(1), sql.unknown())), False),
    ("is_unknown", sql.is_unknown(sql.unknown()), True),
    ("is_known", sql.is_known(sql.whole(1)), True),
    ("within", sql.within(sql.text("a"), [sql.text("b"), sql.text("a")]), True),
    ("when unknown holds nothing", sql.when(sql.equal(sql.whole(1), sql.unknown()), sql.whole(1)), None),
    (
        "cases take the first that holds",
        sql.cases([(sql.truth(False), sql.whole(1)), (sql.truth(True), sql.whole(2))], sql.whole(3)),
        2,
    ),
    ("or_else", sql.or_else(sql.cast(sql.unknown(), sql.WIDE), sql.whole(4)), 4),
    ("unless_empty", sql.unless_empty(sql.text("")), None),
    ("positive", sql.positive(sql.whole(0)), None),
    ("joined_text", sql.joined_text([sql.text("a"), sql.text("|"), sql.text("b")]), "a|b"),
    ("decimals_text", sql.decimals_text(sql.whole(250), 4), ".025"),
    ("decimals_text of none", sql.decimals_text(sql.whole(0), 4), ""),
    ("lists", sql.lists(sql.text(" net ;  pro"), "pro"), True),
    ("lists no part of an item", sql.lists(sql.text("network;pro"), "net"), False),
    ("a day as text", sql.cast(sql.day(date(2026, 2, 1)), sql.TEXT), "2026-02-01"),
    ("months_before", sql.months_before(sql.day(date(2026, 3, 31)), 1), date(2026, 2, 28)),
    ("months_before over a leap day", sql.months_before(sql.day(date(2024, 2, 29)), 12), date(2023, 2, 28)),
]


@pytest.mark.parametrize(
    ("value", "expected"), [case[1:] for case in VALUES], ids=[case[0] for case in VALUES]
)
def test_value(duck: DuckDB, value: Sql, expected: Any) -> None:
    (row,) = duck.rows(sql.select({"found": value}, _one_row())).to_pylist()
    found = row["found"]
    assert found == expected
    assert isinstance(expected, bool) is isinstance(found, bool)


AGGREGATES: list[tuple[str, Sql, list[Any]]] = [
    ("total", sql.total(sql.column("n")), [4, 2]),
    ("count", sql.count(), [2, 1]),
    ("count_distinct leaves out unknown", sql.count_distinct(sql.column("t")), [2, 0]),
    ("smallest", sql.smallest(sql.column("n")), [1, 2]),
    ("largest", sql.largest(sql.column("n")), [3, 2]),
]


@pytest.mark.parametrize(
    ("value", "expected"), [case[1:] for case in AGGREGATES], ids=[case[0] for case in AGGREGATES]
)
def test_aggregate(duck: DuckDB, value: Sql, expected: list[Any]) -> None:
    query = sql.select({"k": sql.column("k"), "found": value}, "rows").group_by(sql.column("k"))
    query = query.order_by(sql.ordered(sql.column("k")))
    assert duck.rows(query)["found"].to_pylist() == expected


N, K = sql.column("n"), sql.column("k")
WINDOWS: list[tuple[str, Sql, list[Any]]] = [
    ("row_number", sql.row_number([K], [N]), [1, 1, 2]),
    ("row_number downwards", sql.row_number([], [sql.ordered(N, down=True)]), [3, 2, 1]),
    ("a running sum", sql.over(sql.total(N), [], [N], running=True), [1, 3, 6]),
    ("a sum of a partition", sql.over(sql.total(N), [K]), [4, 2, 4]),
    ("the highest so far", sql.over(sql.largest(N), [K], [N], running=True), [1, 2, 3]),
    ("the row before", sql.over(sql.lag(N), [], [N]), [None, 1, 2]),
    ("rank shares places", sql.over(sql.rank(), [], [K]), [1, 3, 1]),
]


@pytest.mark.parametrize(
    ("value", "expected"), [case[1:] for case in WINDOWS], ids=[case[0] for case in WINDOWS]
)
def test_window(duck: DuckDB, value: Sql, expected: list[Any]) -> None:
    """In the order of n: 1 (a), 2 (b), 3 (a)."""
    query = sql.select({"n": N, "found": value}, "rows").order_by(sql.ordered(N))
    assert duck.rows(query)["found"].to_pylist() == expected


def test_unknown_texts_sort_first(duck: DuckDB) -> None:
    query = sql.select({"t": sql.column("t")}, "rows").order_by(sql.ordered(sql.column("t")))
    assert duck.rows(query)["t"].to_pylist() == [None, "", "x"]


def test_join_keeps_rows_on_the_left(duck: DuckDB) -> None:
    query = sql.source("rows", "l")
    same = sql.equal(sql.column("n", "l"), sql.add(sql.column("n", "r"), sql.whole(1)))
    sql.join(query, "rows", "r", same, left=True)
    query = query.select(*sql.named({"n": sql.column("n", "l"), "before": sql.column("n", "r")}))
    query = query.order_by(sql.ordered(sql.column("n")))
    assert duck.rows(query).to_pylist() == [
        {"n": 1, "before": None},
        {"n": 2, "before": 1},
        {"n": 3, "before": 2},
    ]


def test_exists(duck: DuckDB) -> None:
    inner = sql.select({"one": sql.whole(1)}, "rows", "o").where(
        sql.less(sql.column("n", "o"), sql.column("n", "t")), copy=False
    )
    query = sql.select({"n": N}, "rows").where(sql.exists(inner)).order_by(sql.ordered(N))
    assert duck.rows(query)["n"].to_pylist() == [2, 3]


def test_stacked_keeps_what_is_alike(duck: DuckDB) -> None:
    query = sql.stacked([sql.select({"n": N}, "rows"), sql.select({"n": N}, "rows")])
    counted = sql.select({"count": sql.count()}, query)
    assert duck.rows(counted)["count"].to_pylist() == [6]


def test_extend_names_what_it_adds(duck: DuckDB) -> None:
    query = sql.extend(sql.extend("rows", {"m": sql.add(N, sql.whole(1))}), {"o": sql.column("m")})
    query = query.order_by(sql.ordered(N))
    assert duck.rows(query)["o"].to_pylist() == [2, 3, 4]
