"""Runs a plan inside this process, on DuckDB."""

from collections.abc import Collection, Mapping
from fractions import Fraction
from pathlib import Path
from tempfile import gettempdir
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
from sqlglot import exp

from headrace.engine import sql
from headrace.engine.plan.shapes import Column, Loaded, Shapes
from headrace.engine.plan.values import UnsupportedError
from headrace.engine.sql import Sql, Stage
from headrace.engine.tables import FACTS, Inputs, kind_of
from headrace.kernel.period import Period

NAME = "duckdb"
# Decimals looked for in the data, fewest first: the fewer there are, the more room is left in 128 bits.
_DECIMALS = (0, 2, 4, 6)
_DECIMALS_MAX = 9
_NARROW_MAX, _NARROW_DIGITS = 2**62, 18
# Values of an attribute that a scale looks up, each of which gets columns of its own.
_VALUES_MAX = 200
_ARROW_WIDE = exp.DataType.build("DECIMAL(38, 0)")
_OVERFLOWS = (duckdb.OutOfRangeException, duckdb.ConversionException)


class OutOfRoomError(ArithmeticError):
    """A number left 128 bits."""


class DuckDB:
    """A database in memory that holds the inputs and the stages of one calculation."""

    def __init__(self, threads: int | None = None) -> None:
        self.connection = duckdb.connect(":memory:")
        self.connection.execute("SET TimeZone = 'UTC'")
        # What does not fit into memory goes there, not into the working directory.
        spill = str(Path(gettempdir()) / "headrace-duckdb").replace("'", "''")
        self.connection.execute(f"SET temp_directory = '{spill}'")
        # DuckDB 2.0.0 loses rows of a join whose two sides share a part: test_traps.py shows it.
        self.connection.execute("SET disabled_optimizers = 'common_subplan'")
        if threads:
            self.connection.execute(f"SET threads = {int(threads)}")

    def close(self) -> None:
        self.connection.close()

    def load(
        self, inputs: Inputs, needed: Mapping[str, set[str]], values: Collection[tuple[str, str]] = ()
    ) -> Shapes:
        """Takes over the needed columns of the inputs, numbers as whole multiples of a unit.

        Of the columns in `values` (table and column) the shape lists what they hold.
        """
        found = inputs.by_name()
        tables = {name: self._load(name, found[name], wanted, values) for name, wanted in needed.items()}
        return Shapes({name: loaded for name, loaded in tables.items() if loaded is not None})

    def _load(
        self, name: str, table: pa.Table | None, wanted: set[str], values: Collection[tuple[str, str]]
    ) -> Loaded | None:
        names = [] if table is None else [column for column in table.column_names if column in wanted]
        if table is None or not names:
            return None
        table = table.select(names)
        columns = {field.name: kind_of(field.type) for field in table.schema}
        self.connection.register("incoming", table)
        numbers = [column for column, kind in columns.items() if kind == "number"]
        decimals = self._decimals(numbers, table.schema)
        query = sql.select(
            {
                column: _incoming(column, kind_of(table.schema.field(column).type), decimals)
                for column in columns
            },
            "incoming",
        )
        self.run(Stage(name, query))
        self.connection.unregister("incoming")
        shapes = {
            column: Column(kind, Fraction(1, 10 ** decimals[column][0]) if kind == "number" else Fraction(1))
            for column, kind in columns.items()
        }
        filled = frozenset(column for column in columns if table.column(column).null_count < len(table))
        held = {c: self._held(name, c, shapes[c]) for t, c in values if t == name and c in shapes}
        if name not in FACTS:
            return Loaded(shapes, filled, values=held)
        currencies, credits = self._texts(name, "currency", filled), self._texts(name, "credits", filled)
        return Loaded(shapes, filled, _span(table), frozenset(currencies), tuple(credits), held)

    def _held(self, name: str, column: str, shape: Column) -> tuple[Any, ...]:
        """The values of a column, each once. UnsupportedError where they are too many to list."""
        query = sql.select({"value": sql.column(column)}, name).distinct(copy=False)
        query.where(sql.is_known(sql.column("value")), copy=False).limit(_VALUES_MAX + 1, copy=False)
        found = self.rows(query)["value"].to_pylist()
        if len(found) > _VALUES_MAX:
            raise UnsupportedError(f"more than {_VALUES_MAX} values of {column}")
        return tuple(one * shape.unit if shape.kind == "number" else one for one in found)

    def _texts(self, name: str, column: str, filled: Collection[str]) -> list[str]:
        if column not in filled:
            return []
        query = sql.select({"value": sql.column(column)}, name).distinct(copy=False)
        found = self.rows(query)["value"].to_pylist()
        return sorted(one for one in found if one)

    def _decimals(self, numbers: list[str], schema: pa.Schema) -> dict[str, tuple[int, bool]]:
        """For each number the decimals it needs, and whether it needs more than 64 bits."""
        found = {name: _declared(schema.field(name).type) for name in numbers}
        asked = [name for name in numbers if found[name] is None]
        if asked:
            most = {name: sql.largest(sql.absolute(sql.column(name))) for name in asked}
            (sizes,) = self.rows(sql.select(most, "incoming")).to_pylist()
            rests = {
                f"{name} {decimals}": sql.largest(sql.absolute(_rest(name, decimals, sizes[name])))
                for name in asked
                for decimals in _DECIMALS
            }
            (row,) = self.rows(sql.select(rests, "incoming")).to_pylist()
            for name in asked:
                needed = next((d for d in _DECIMALS if not row[f"{name} {d}"]), _DECIMALS_MAX)
                found[name] = needed, (sizes[name] or 0) * 10**needed >= _NARROW_MAX
        return {name: decimals for name, decimals in found.items() if decimals is not None}

    def add(self, name: str, table: pa.Table) -> None:
        """A small table that the plan made."""
        self.connection.register("incoming", table)
        self.run(Stage(name, sql.select_all("incoming")))
        self.connection.unregister("incoming")

    def run(self, stage: Stage) -> None:
        """Creates the table or view of a stage. Raises OutOfRoomError where a number leaves 128 bits."""
        kind = "TABLE" if stage.kept else "VIEW"
        create = exp.Create(
            this=sql.table(stage.name),
            kind=kind,
            expression=stage.query,
            properties=exp.Properties(expressions=[exp.TemporaryProperty()]),
        )
        self._execute(create)

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

    def _execute(self, statement: Sql) -> None:
        try:
            self.connection.execute(compiled(statement))
        except _OVERFLOWS as error:
            raise OutOfRoomError(str(error)) from error


def compiled(statement: Sql) -> str:
    """The statement in DuckDB's words."""
    return statement.sql(dialect="duckdb", copy=False)


def _cast(query: exp.Query, names: list[str], wide: list[str], to: exp.DataType) -> exp.Select:
    columns = {n: sql.cast(sql.column(n), to) if n in wide else sql.column(n) for n in names}
    return sql.select(columns, query)


def _declared(arrow: pa.DataType) -> tuple[int, bool] | None:
    """What the type of a number says of it, where that is enough."""
    if pa.types.is_integer(arrow):
        return 0, False
    return (
        (arrow.scale, False) if arrow.scale <= _DECIMALS[-1] and arrow.precision <= _NARROW_DIGITS else None
    )


def _rest(column: str, decimals: int, most: Any) -> Sql:
    """What is left of a number beyond so many decimals; in 64 bits where it fits, which is many times faster."""
    scaled = sql.cast(sql.multiply(sql.column(column), sql.whole(10**_DECIMALS_MAX)), sql.WIDE)
    if (most or 0) * 10**_DECIMALS_MAX < _NARROW_MAX:
        scaled = sql.cast(scaled, sql.NARROW)
    return sql.remainder(scaled, sql.whole(10 ** (_DECIMALS_MAX - decimals)))


def _incoming(column: str, kind: str, decimals: Mapping[str, tuple[int, bool]]) -> Sql:
    if kind != "number":
        return sql.column(column)
    needed, is_wide = decimals[column]
    return sql.cast(_scaled(column, needed), sql.WIDE if is_wide else sql.NARROW)


def _scaled(column: str, decimals: int) -> Sql:
    """A decimal as a whole number of its unit: it is multiplied as a decimal, which is exact, then cast."""
    return sql.cast(sql.multiply(sql.column(column), sql.whole(10**decimals)), sql.WIDE)


def _span(table: pa.Table) -> Period | None:
    """The first and the last day of facts."""
    if not len(table):
        return None
    found: dict[str, Any] = pc.min_max(table.column("on")).as_py()
    return Period(found["min"], found["max"])
