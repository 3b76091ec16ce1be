"""Runs a plan inside this process, on DuckDB."""

import os
import tempfile
from pathlib import Path

import duckdb
import pyarrow as pa
from sqlglot import exp

from headrace.engine import sql
from headrace.engine.backends.database import Database, OutOfRoomError
from headrace.engine.sql import Sql, Stage
from headrace.engine.tables import Given, Stored

NAME = "duckdb"
# What of the machine a calculation may take, as whoever runs it says: GiB of memory, a folder to spill to, threads.
MEMORY, SPILL, THREADS = "HEADRACE_MEMORY_GIB", "HEADRACE_SPILL", "HEADRACE_THREADS"
_ARROW_WIDE = exp.DataType.build("DECIMAL(38, 0)")
_OVERFLOWS = (duckdb.OutOfRangeException, duckdb.ConversionException)


def _limits(threads: int | None) -> dict[str, str | bool | int | float | list[str]]:
    """How much of the machine to take: past the memory, what is being worked on goes to files."""
    found: dict[str, str | bool | int | float | list[str]] = {
        "temp_directory": os.environ.get(SPILL) or str(Path(tempfile.gettempdir()) / "headrace-spill")
    }
    if os.environ.get(MEMORY):
        found["memory_limit"] = f"{os.environ[MEMORY]}GiB"
    wanted = str(threads) if threads else os.environ.get(THREADS)
    return found | ({"threads": wanted} if wanted else {})


class DuckDB(Database):
    """A database in memory that holds the inputs and the stages of one calculation."""

    def __init__(self, threads: int | None = None) -> None:
        super().__init__()
        self._stored: set[str] = set()
        self.connection = duckdb.connect(":memory:", config=_limits(threads))
        self.connection.execute("SET TimeZone = 'UTC'")
        # DuckDB 2.0.0 loses rows of a join whose two sides share a part: test_traps.py shows it.
        self.connection.execute("SET disabled_optimizers = 'common_subplan'")

    def close(self) -> None:
        self.connection.close()

    def register(self, name: str, given: Given, columns: list[str]) -> str:
        source = f"incoming_{name}"
        if isinstance(given, Stored):
            self._stored.add(source)
            self.connection.read_parquet([str(path) for path in given.paths]).create_view(source)
        else:
            self.connection.register(source, given.select(columns))
        return source

    def forget(self, source: str) -> None:
        if source not in self._stored:
            self.connection.unregister(source)

    def add(self, name: str, table: pa.Table) -> None:
        """A small table that the plan made."""
        self.connection.register("incoming", table)
        self.run(Stage(name, sql.select_all("incoming")))
        self.connection.unregister("incoming")

    def run(self, stage: Stage) -> None:
        self.execute(self.statement(stage))

    def statement(self, stage: Stage) -> str:
        """What creates the table or view of a stage, or makes it anew."""
        create = exp.Create(
            this=sql.table(stage.name),
            kind="TABLE" if stage.kept else "VIEW",
            replace=True,
            expression=stage.query,
            properties=exp.Properties(expressions=[exp.TemporaryProperty()]),
        )
        return compiled(create)

    def insert(self, name: str, query: exp.Query) -> None:
        self.execute(compiled(exp.Insert(this=sql.table(name), expression=query)))

    def execute(self, text: str) -> None:
        """Runs what `statement` gave. Raises OutOfRoomError where a number leaves the wide type."""
        try:
            self.connection.execute(text)
        except _OVERFLOWS as error:
            raise OutOfRoomError(str(error)) from error

    def rows(self, query: exp.Query) -> pa.Table:
        """The result of a query. Arrow has no whole number of 128 bits: such columns become decimals, or texts."""
        relation = self.connection.sql(compiled(query))
        wide = [n for n, kind in zip(relation.columns, relation.types, strict=True) if kind == "HUGEINT"]
        if not wide:
            return self._taken(query)
        try:
            return self._taken(_cast(query, relation.columns, wide, _ARROW_WIDE))
        except OutOfRoomError:
            return self._taken(_cast(query, relation.columns, wide, sql.TEXT))

    def _taken(self, query: exp.Query) -> pa.Table:
        try:
            return self.connection.sql(compiled(query)).to_arrow_table()
        except _OVERFLOWS as error:
            raise OutOfRoomError(str(error)) from error

    def read(self, name: str, file: Path) -> None:
        """A Parquet file under the name of a table."""
        self.connection.read_parquet(str(file)).create_view(name)


def compiled(statement: Sql) -> str:
    """The statement in DuckDB's words."""
    return statement.sql(dialect="duckdb", copy=False)


def _cast(query: exp.Query, names: list[str], wide: list[str], to: exp.DataType) -> exp.Select:
    columns = {n: sql.cast(sql.column(n), to) if n in wide else sql.column(n) for n in names}
    return sql.select(columns, query)
