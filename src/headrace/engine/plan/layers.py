"""A query grown layer by layer, so that each expression is written once and named by those that need it."""

from dataclasses import dataclass, field

from sqlglot import exp

from headrace.engine import sql
from headrace.engine.money import Exact
from headrace.engine.plan.layout import NumberColumn
from headrace.engine.sql import Sql


@dataclass(slots=True)
class Layers:
    """`query` so far, and the columns of the layer being written, which it does not see yet.

    `names` are all columns of the query, where it began as one that names its columns.
    """

    query: exp.Select
    columns: dict[str, Sql] = field(default_factory=dict)
    names: list[str] = field(init=False)

    def __post_init__(self) -> None:
        self.names = list(self.query.named_selects)

    def keep(self, name: str, value: Sql, wide: bool = False) -> Sql:
        """Adds a column to the layer; names it for the layers above."""
        self.columns[name] = value
        return sql.wide_column(name) if wide else sql.column(name)

    def keep_exact(self, name: str, value: Exact) -> Exact:
        """Adds an exact number; its divisors too, unless they are columns already."""
        whole = self.keep(name, sql.wide(value.whole), wide=True)
        divisors = tuple(
            divisor
            if isinstance(divisor, exp.Column)
            else self.keep(f"{name}_per{place}", sql.wide(divisor), True)
            for place, divisor in enumerate(value.divisors)
        )
        return Exact(whole, value.unit, divisors)

    def close(self) -> None:
        """Ends the layer: what it added can be named from here on."""
        if self.columns:
            self.query = sql.extend(self.query, self.columns)
            self.names += self.columns
            self.columns = {}

    def join(self, source: str | exp.Query, alias: str, on: Sql, columns: list[str]) -> None:
        """Adds columns of another query, unknown where it has no row; the query so far is `t`."""
        query = sql.select_all(self.query, "t").select(*(sql.column(c, alias) for c in columns), copy=False)
        self.query = sql.join(query, source, alias, on, left=True)
        self.names += columns


def column_of(value: Exact) -> NumberColumn:
    """Where a kept number stands."""
    return NumberColumn(value.whole.name, value.unit, tuple(divisor.name for divisor in value.divisors))
