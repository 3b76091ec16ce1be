"""What the loaded data looks like: the columns that are there and the unit each number is a whole multiple of."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from headrace.engine import sql
from headrace.engine.money import Exact
from headrace.engine.plan.values import Plain, Value
from headrace.engine.tables import Kind


@dataclass(frozen=True, slots=True)
class Column:
    """A loaded column; a number is a whole multiple of `unit`."""

    kind: Kind
    unit: Fraction = Fraction(1)

    def value(self, name: str, table: str | None = None) -> Value:
        reference = sql.column(name, table)
        return Exact(reference, self.unit) if self.kind == "number" else Plain(reference, self.kind)


@dataclass(frozen=True, slots=True)
class Loaded:
    """One loaded table; `filled` are the columns that hold anything at all, `currencies` those of its facts."""

    columns: Mapping[str, Column]
    filled: frozenset[str] = frozenset()
    first: date | None = None
    last: date | None = None
    currencies: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Shapes:
    """The loaded tables by the name that expressions use."""

    tables: Mapping[str, Loaded] = field(default_factory=dict)

    def table(self, name: str) -> Loaded:
        return self.tables.get(name, Loaded({}))

    def fills(self, table: str, column: str) -> bool:
        return column in self.table(table).filled
