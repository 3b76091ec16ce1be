"""What the loaded data looks like: the columns that are there and the unit each number is a whole multiple of."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from typing import Any

from headrace.engine import sql
from headrace.engine.money import Exact
from headrace.engine.plan.values import Plain, Value
from headrace.engine.tables import Kind
from headrace.kernel.period import Period

# The alias of the facts in every query over them.
FACT = "f"


@dataclass(frozen=True, slots=True)
class Column:
    """A loaded column; a number is a whole multiple of `unit`, and of 64 bits where its `size` is known."""

    kind: Kind
    unit: Fraction = Fraction(1)
    size: int | None = None

    def value(self, name: str, table: str | None = None) -> Value:
        reference = sql.column(name, table)
        if self.kind != "number":
            return Plain(reference, self.kind)
        return Exact(reference, self.unit, size=self.size)


@dataclass(frozen=True, slots=True)
class Loaded:
    """One loaded table; `filled` are the columns that hold anything at all.

    Of facts: the first and last day, the currencies, and the texts of `credits`, each once. `values` are those of
    columns that a scale looks up.
    """

    columns: Mapping[str, Column]
    filled: frozenset[str] = frozenset()
    days: Period | None = None
    currencies: frozenset[str] = frozenset()
    credits: tuple[str, ...] = ()
    values: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Shapes:
    """The loaded tables by the name that expressions use."""

    tables: Mapping[str, Loaded] = field(default_factory=dict)

    def table(self, name: str) -> Loaded:
        return self.tables.get(name, Loaded({}))

    def fills(self, table: str, column: str) -> bool:
        """Whether any row has a value in the column."""
        return column in self.table(table).filled

    def until(self, day: date) -> "Shapes":
        """The same shapes, with room for facts up to a day."""
        wider = {}
        for name, loaded in self.tables.items():
            days = loaded.days
            wider[name] = (
                loaded if days is None else replace(loaded, days=Period(days.starts, max(days.ends, day)))
            )
        return Shapes(wider)
