"""What every backend does alike: taking over the inputs, and finding out what they look like."""

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from sqlglot import exp

from headrace.engine import sql
from headrace.engine.money import NARROW_MAX
from headrace.engine.plan.shapes import Column, Loaded, Shapes
from headrace.engine.plan.values import UnsupportedError
from headrace.engine.sql import Sql, Stage
from headrace.engine.tables import FACTS, Given, Inputs, Stored, kind_of
from headrace.kernel.period import Period

# Decimals looked for in the data, fewest first: the fewer there are, the more room is left in 128 bits.
_DECIMALS = (0, 2, 4, 6)
# Numbers of so many digits fit 64 bits, whatever their decimals; integers are taken to have one more than fits.
_NARROW_DIGITS = 18
_INTEGER_DIGITS = 19
# Sizes that a plan can be made for: with room for larger numbers to come, and for the products of small ones.
_SIZES = (2**31 - 1, 2**47 - 1, NARROW_MAX)
# Numbers of so many digits and decimals are taken as their type says.
_FEW_DECIMALS = 4
# Columns that are often empty; of the others it does not matter.
_SELDOM = frozenset(("recorded_at", "supersedes", "returns", "currency", "credits", "valid_from", "valid_to"))
# Values of an attribute that a scale looks up, each of which gets columns of its own.
_VALUES_MAX = 200


class OutOfRoomError(ArithmeticError):
    """A number left 128 bits."""


class MissingBackendError(Exception):
    """What a backend runs on is not installed; the message says how to get it."""


class Database(ABC):
    """Holds the inputs and the stages of one calculation."""

    def __init__(self) -> None:
        self._seen: dict[str, Seen] = {}
        self._listed: dict[str, dict[str, frozenset[Any]]] = {}
        self._wanted: dict[str, set[str]] = {}

    @abstractmethod
    def register(self, name: str, given: Given, columns: list[str]) -> str | exp.Query:
        """Makes a table of the inputs readable: gives a query of it, or the name to read it by until `forget`."""

    @abstractmethod
    def forget(self, source: str) -> None:
        """Lets go of what was registered, unless a stage still reads it."""

    @abstractmethod
    def add(self, name: str, table: pa.Table) -> None:
        """A small table that the plan made."""

    @abstractmethod
    def run(self, stage: Stage) -> None:
        """Creates the table or view of a stage, or makes it anew.

        Raises OutOfRoomError where a number leaves the wide type.
        """

    @abstractmethod
    def rows(self, query: exp.Query) -> pa.Table:
        """The result of a query; wide numbers as decimals, or as texts where decimals don't hold them."""

    @abstractmethod
    def read(self, name: str, file: Path) -> None:
        """A Parquet file under the name of a table."""

    def load(
        self, inputs: Inputs, needed: Mapping[str, set[str]], values: Collection[tuple[str, str]] = ()
    ) -> Shapes:
        """Takes over the needed columns of the inputs, numbers as whole multiples of a unit.

        What is stored is read by each stage that needs it, so that it never has to fit the memory.

        Of the columns in `values` (table and column) the shape lists what they hold.
        """
        found = inputs.by_name()
        tables = {name: self._load(name, found[name], wanted, values) for name, wanted in needed.items()}
        return Shapes({name: loaded for name, loaded in tables.items() if loaded is not None})

    def _load(
        self, name: str, given: Given | None, wanted: set[str], values: Collection[tuple[str, str]]
    ) -> Loaded | None:
        schema = {} if given is None else {field.name: field.type for field in given.schema}
        types = {column: found for column, found in schema.items() if column in wanted}
        if given is None or not types:
            return None
        source = self.register(name, given, list(types))
        seen = self._measure(source, types, dated=name in FACTS)
        query = sql.select({column: seen.taken(column) for column in types}, source)
        self.run(Stage(name, query, kept=not isinstance(given, Stored)))
        self._let_go(source)
        self._seen[name], self._wanted[name] = seen, wanted
        shapes = {c: Column(kind_of(found), seen.unit(c), seen.size(c)) for c, found in types.items()}
        held = {c: self._held(name, c, shapes[c]) for t, c in values if t == name and c in shapes}
        if name not in FACTS:
            return Loaded(shapes, seen.filled, values=held)
        listed = {
            c: frozenset(self._each(name, c)) for c in ("currency", "credits", *held) if c in seen.filled
        }
        self._listed[name] = listed
        currencies, credits = (listed.get(c, frozenset()) - {None, ""} for c in ("currency", "credits"))
        return Loaded(shapes, seen.filled, seen.days, currencies, tuple(sorted(credits)), held)

    def holds_for(self, name: str, table: pa.Table) -> bool:
        """Whether a plan that was made for the facts that are there holds with further ones too."""
        there = self._seen.get(name)
        if there is None:
            return False
        types = {field.name: field.type for field in table.schema if field.name in self._wanted[name]}
        if types != dict(there.types) or self._brings_values(name, table):
            return False
        source = self.register(f"more_{name}", table, list(types))
        found = self._measure(source, types, dated=True)
        self._let_go(source)
        return found.fits(there)

    def _let_go(self, source: str | exp.Query) -> None:
        if isinstance(source, str):
            self.forget(source)

    def _brings_values(self, name: str, table: pa.Table) -> bool:
        """Whether there are values of columns that a plan knows one by one, and that it was not made for."""
        listed = self._listed[name]
        return any(set(pc.unique(table[column]).to_pylist()) - listed[column] - {None} for column in listed)

    def _measure(self, source: str | exp.Query, types: Mapping[str, pa.DataType], dated: bool) -> "Seen":
        """Looks at a whole table once: what is filled, the days, and how large and fine the numbers are."""
        columns: dict[str, Sql] = {}
        for column, found in types.items():
            if column in _SELDOM:
                columns[f"{column} filled"] = sql.count_known(sql.column(column))
            if kind_of(found) == "number":
                columns |= {f"{column} {what}": query for what, query in Digits.of(found).looked_at(column)}
        if dated:
            columns |= {"first": sql.smallest(sql.column("on")), "last": sql.largest(sql.column("on"))}
        if not columns:
            return Seen(types, {})
        return Seen(types, self.rows(sql.select(columns, source)).to_pylist()[0])

    def _held(self, name: str, column: str, shape: Column) -> tuple[Any, ...]:
        """The values of a column, each once. UnsupportedError where they are too many to list."""
        query = sql.select({"value": sql.column(column)}, name).distinct(copy=False)
        query.where(sql.is_known(sql.column(column)), copy=False).limit(_VALUES_MAX + 1, copy=False)
        found = self.rows(query)["value"].to_pylist()
        if len(found) > _VALUES_MAX:
            raise UnsupportedError(f"more than {_VALUES_MAX} values of {column}")
        return tuple(one * shape.unit if shape.kind == "number" else one for one in found)

    def _each(self, name: str, column: str) -> list[Any]:
        """The values of a column of facts, each once, as the plan reads them."""
        query = sql.select({"value": sql.column(column)}, name).distinct(copy=False)
        found: list[Any] = self.rows(query)["value"].to_pylist()
        return found


@dataclass(frozen=True, slots=True)
class Digits:
    """How many digits a type of number has, and how many of them after the point."""

    all: int
    after: int

    @staticmethod
    def of(found: pa.DataType) -> "Digits":
        if pa.types.is_decimal(found):
            return Digits(found.precision, max(found.scale, 0))
        return Digits(_INTEGER_DIGITS, 0)

    def looked_at(self, column: str) -> Iterable[tuple[str, Sql]]:
        """The smallest and the largest, and what more decimals than each number would be needed for.

        A database knows the first two of a file without reading it. Decimals are not looked for where the type says
        enough: that costs as much as adding up.
        """
        yield "least", sql.smallest(sql.column(column))
        yield "most", sql.largest(sql.column(column))
        if self.all <= _NARROW_DIGITS and self.after <= _FEW_DECIMALS:
            return
        scaled = self.scaled(column, self.after)
        for decimals in _DECIMALS:
            if decimals < self.after:
                rest = sql.remainder(scaled, sql.whole(10 ** (self.after - decimals)))
                yield str(decimals), sql.largest(sql.absolute(rest))

    def scaled(self, column: str, decimals: int, narrow: bool = False) -> Sql:
        """A decimal as a whole number of its unit: it is multiplied as a decimal, which is exact, then cast."""
        kind = sql.NARROW if narrow or self.all <= _NARROW_DIGITS else sql.WIDE
        if not self.after:
            return sql.cast(sql.column(column), kind)
        return sql.cast(sql.multiply(sql.column(column), sql.whole(10**decimals)), kind)


@dataclass(frozen=True, slots=True)
class Seen:
    """What one look at a table found."""

    types: Mapping[str, pa.DataType]
    row: Mapping[str, Any]

    @property
    def filled(self) -> frozenset[str]:
        """The columns that hold anything at all."""
        return frozenset(column for column in self.types if self.row.get(f"{column} filled", 1))

    @property
    def days(self) -> Period | None:
        """The first and the last day of facts."""
        return None if self.row["first"] is None else Period(self.row["first"], self.row["last"])

    def fits(self, other: "Seen") -> bool:
        """Whether this fills no column that is empty there, and its numbers are no larger nor finer."""
        if not self.filled <= other.filled:
            return False
        return all(
            self.decimals(c) <= other.decimals(c) and self._fits(c, other)
            for c, found in self.types.items()
            if kind_of(found) == "number"
        )

    def _fits(self, column: str, other: "Seen") -> bool:
        """Whether the numbers are within the size that the other was taken for."""
        size = other.size(column)
        return size is not None and self._most(column, other.decimals(column)) <= size

    def decimals(self, column: str) -> int:
        """As few as are needed."""
        most = Digits.of(self.types[column]).after
        fewer = (n for n in _DECIMALS if n < most and not self.row.get(f"{column} {n}", 1))
        return next(fewer, most)

    def unit(self, column: str) -> Fraction:
        if kind_of(self.types[column]) != "number":
            return Fraction(1)
        return Fraction(1, 10 ** self.decimals(column))

    def taken(self, column: str) -> Sql:
        """The column as the plan reads it."""
        if kind_of(self.types[column]) != "number":
            return sql.column(column)
        digits = Digits.of(self.types[column])
        return digits.scaled(column, self.decimals(column), narrow=self.size(column) is not None)

    def size(self, column: str) -> int | None:
        """What no number of the column passes, in its unit; None where that is more than 64 bits hold."""
        if kind_of(self.types[column]) != "number":
            return None
        most = self._most(column, self.decimals(column))
        return next((size for size in _SIZES if most <= size), None)

    def _most(self, column: str, decimals: int) -> Fraction:
        """The largest size of a number, in units of so many decimals; 0 where there is none."""
        found = [Fraction(self.row[f"{column} {end}"] or 0) for end in ("least", "most")]
        scale: int = 10**decimals
        return max(abs(one) for one in found) * scale
