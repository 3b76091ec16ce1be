"""Runs a plan inside this process, on DuckDB."""

import os
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from threading import Lock
from typing import Any

import duckdb
import pyarrow as pa
from sqlglot import Dialect, exp

from headrace.engine import sql
from headrace.engine.backends.database import Database, OutOfRoomError
from headrace.engine.sql import Sql, Stage
from headrace.engine.tables import Given, Stored

NAME = "duckdb"
# What of the machine a calculation may take, as whoever runs it says: GiB of memory, a folder to spill to, threads.
MEMORY, SPILL, THREADS = "HEADRACE_MEMORY_GIB", "HEADRACE_SPILL", "HEADRACE_THREADS"
_ARROW_WIDE = exp.DataType.build("DECIMAL(38, 0)")
# Made once: to find it by name for each statement would take longer than to write most of them.
_DIALECT = Dialect.get_or_raise(NAME)
# DuckDB 2.0.0 loses rows of a join whose two sides share a part: test_traps.py shows it.
_LOSES_ROWS = "common_subplan"
# What costs more time than it saves where there are few facts.
_FOR_MANY = (
    "statistics_propagation",
    "common_subexpressions",
)
_OVERFLOWS = (duckdb.OutOfRangeException, duckdb.ConversionException)


# The databases of this process, by their limits.
_DATABASES: dict[frozenset[tuple[str, str]], duckdb.DuckDBPyConnection] = {}
_LOCK = Lock()
# The threads of a database do not go with a process that is forked off.
os.register_at_fork(before=_DATABASES.clear)


def _limits(threads: int | None) -> dict[str, str]:
    """How much of the machine to take: past the memory, what is being worked on goes to files."""
    found = {"temp_directory": os.environ.get(SPILL) or str(Path(tempfile.gettempdir()) / "headrace-spill")}
    if os.environ.get(MEMORY):
        found["memory_limit"] = f"{os.environ[MEMORY]}GiB"
    wanted = str(threads) if threads else os.environ.get(THREADS)
    return found | ({"threads": wanted} if wanted else {})


def session(limits: dict[str, str]) -> duckdb.DuckDBPyConnection:
    """A connection of its own to the database with these limits, which is started when it is first needed.

    Starting one takes longer than to work out most programmes for one partner. What a connection makes is temporary,
    so that no other sees it.
    """
    key = frozenset(limits.items())
    with _LOCK:
        try:
            return _ready(_DATABASES[key])
        except (KeyError, duckdb.Error):
            # There is none yet, or an error within it has ended it.
            _DATABASES[key] = _started(limits)
            return _ready(_DATABASES[key])


def _started(limits: dict[str, str]) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(":memory:", config={**limits})


def _ready(database: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    connection = database.cursor()
    connection.execute("SET TimeZone = 'UTC'")
    # Each stage opens the same files: what they hold is looked up once.
    connection.execute("SET parquet_metadata_cache = true")
    connection.execute(f"SET disabled_optimizers = '{_LOSES_ROWS}'")
    return connection


class DuckDB(Database):
    """A database in memory that holds the inputs and the stages of one calculation."""

    def __init__(self, threads: int | None = None, alone: bool = False) -> None:
        """With `alone` the database is shared with no other calculation, so that its settings can be changed."""
        super().__init__()
        self._shown: set[str] = set()
        self.connection = _ready(_started(_limits(threads))) if alone else session(_limits(threads))

    def close(self) -> None:
        self.connection.close()

    def register(self, name: str, given: Given, columns: list[str]) -> str | exp.Query:
        if isinstance(given, Stored):
            return _files(given.paths)
        source = f"incoming_{name}"
        self.connection.register(source, given.select(columns))
        return source

    def forget(self, source: str) -> None:
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
            return _taken(relation)
        try:
            return self._cast(query, relation.columns, wide, _ARROW_WIDE)
        except OutOfRoomError:
            return self._cast(query, relation.columns, wide, sql.TEXT)

    def _cast(self, query: exp.Query, names: list[str], wide: list[str], to: exp.DataType) -> pa.Table:
        columns = {n: sql.cast(sql.column(n), to) if n in wide else sql.column(n) for n in names}
        return _taken(self.connection.sql(compiled(sql.select(columns, query))))

    # Few facts, again and again

    def hasten(self) -> None:
        """Plans for few facts from here on: with what saves time where there are few, on one thread."""
        self.connection.execute("SET threads = 1")
        self.connection.execute(f"SET disabled_optimizers = '{','.join((_LOSES_ROWS, *_FOR_MANY))}'")

    def columns(self) -> dict[str, dict[str, str]]:
        """The columns of each table, with their types."""
        found: dict[str, dict[str, str]] = {}
        query = "SELECT table_name, column_name, data_type FROM duckdb_columns() WHERE NOT internal"
        for table, column, kind in self.connection.execute(query).fetchall():
            found.setdefault(table, {})[column] = kind
        return found

    def types(self, query: exp.Query, given: Mapping[str, object]) -> list[str]:
        """The types of a query's columns."""
        named = {found.name: given[found.name] for found in query.find_all(exp.Placeholder)}
        return [str(kind) for kind in self.connection.sql(compiled(query), params=named).types]

    def parsed(self, query: exp.Query) -> duckdb.Statement:
        """A query to run many times: it is planned anew each time, as DuckDB does, but taken apart only here."""
        (found,) = self.connection.extract_statements(compiled(query))
        return found

    def fetch(self, statement: duckdb.Statement, given: Mapping[str, object]) -> list[tuple[Any, ...]]:
        """What a statement finds, with what is given for its parameters. Raises OutOfRoomError."""
        return self._fetched(statement, {name: given[name] for name in statement.named_parameters})

    def prepare(self, name: str, query: exp.Query) -> None:
        """A query that reads no table: it is planned here, once."""
        self.connection.execute(f"PREPARE {name} AS {compiled(query)}")

    def fetch_prepared(self, name: str, values: Sequence[Sql]) -> list[tuple[Any, ...]]:
        """What a prepared query finds with these values. Raises OutOfRoomError."""
        return self._fetched(f"EXECUTE {name}({', '.join(compiled(value) for value in values)})", {})

    def _fetched(
        self, statement: duckdb.Statement | str, given: Mapping[str, object]
    ) -> list[tuple[Any, ...]]:
        try:
            found: list[tuple[Any, ...]] = self.connection.execute(statement, given).fetchall()
        except _OVERFLOWS as error:
            raise OutOfRoomError(str(error)) from error
        return found

    def show(self, name: str, table: pa.Table) -> None:
        """Has a plan read these facts in the place of all: some for which it is known to hold."""
        seen = self._seen[name]
        source = self.register(f"shown_{name}", table, list(seen.types))
        if name not in self._shown:
            self._shown.add(name)
            self.execute(compiled(exp.Drop(tables=[sql.table(name)], kind="TABLE")))
            columns = {column: seen.taken(column) for column in seen.types}
            self.run(Stage(name, sql.select(columns, source), kept=False))

    def read(self, name: str, file: Path) -> None:
        """A Parquet file under the name of a table."""
        self.run(Stage(name, _files([file]), kept=False))


def compiled(statement: Sql) -> str:
    """The statement in DuckDB's words."""
    return _DIALECT.generate(statement, copy=False)


def _files(paths: Sequence[Path]) -> exp.Select:
    """All of some Parquet files."""
    listed = exp.Array(expressions=[sql.text(str(path)) for path in paths])
    read = exp.Anonymous(this="read_parquet", expressions=[listed])
    return exp.Select(expressions=[exp.Star()]).from_(exp.Table(this=read), copy=False)


def _taken(relation: duckdb.DuckDBPyRelation) -> pa.Table:
    try:
        return relation.to_arrow_table()
    except _OVERFLOWS as error:
        raise OutOfRoomError(str(error)) from error
