"""Calculations of one process share a database, and nothing in it."""

import pyarrow as pa
import pytest

from headrace.engine import sql
from headrace.engine.backends import duckdb
from headrace.engine.backends.duckdb import MEMORY, DuckDB


def holding(number: int) -> DuckDB:
    database = DuckDB()
    database.add("given", pa.table({"n": [number]}))
    return database


def held(database: DuckDB) -> list[dict[str, int]]:
    rows: list[dict[str, int]] = database.rows(sql.select_all("given")).to_pylist()
    return rows


def test_what_one_makes_no_other_sees() -> None:
    one, other = holding(1), holding(2)
    assert (held(one), held(other)) == ([{"n": 1}], [{"n": 2}])
    one.close()
    assert held(other) == [{"n": 2}]


def test_a_database_that_has_ended_is_started_anew() -> None:
    holding(1)
    for database in list(duckdb._DATABASES.values()):
        database.close()
    assert held(holding(2)) == [{"n": 2}]


def test_other_limits_are_another_database(monkeypatch: pytest.MonkeyPatch) -> None:
    limit = "SELECT current_setting('memory_limit')"
    before = DuckDB()
    monkeypatch.setenv(MEMORY, "1")
    after, alone = DuckDB(), DuckDB(alone=True)
    assert after.connection.execute(limit).fetchall() == [("1.0 GiB",)]
    assert alone.connection.execute(limit).fetchall() == [("1.0 GiB",)]
    assert before.connection.execute(limit).fetchall() != [("1.0 GiB",)]


def test_one_that_is_alone_keeps_its_settings_to_itself() -> None:
    alone, shared = DuckDB(alone=True), DuckDB()
    alone.connection.execute("SET disabled_optimizers = 'join_order'")
    query = "SELECT current_setting('disabled_optimizers')"
    assert shared.connection.execute(query).fetchall() == [("common_subplan",)]
