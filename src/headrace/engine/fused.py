"""Stages as one statement that reads only the columns it needs.

Where there are few facts, planning costs more than running: the fewer columns the layers of a statement hand on, the
faster; and what reads no table can be planned once for all.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlglot import exp
from sqlglot.optimizer.pushdown_projections import pushdown_projections
from sqlglot.optimizer.qualify import qualify

from headrace.engine.sql import Stage

# The columns of tables, with their types.
Tables = Mapping[str, Mapping[str, str]]


def fused(stages: Sequence[Stage], query: exp.Query, tables: Tables) -> exp.Query:
    """A query over stages and tables as one statement. Stages that are kept are computed once there too."""
    whole = query.copy()
    for stage in stages:
        whole.with_(
            exp.to_identifier(stage.name, quoted=True),
            as_=stage.query.copy(),
            materialized=True if stage.kept else None,
            copy=False,
        )
    schema: dict[str, object] = {name: dict(columns) for name, columns in tables.items()}
    # An alias is never named in the layer that makes it, so none is to be put in the place of a column.
    named = qualify(whole, schema=schema, dialect="duckdb", expand_alias_refs=False)
    return pushdown_projections(named)


@dataclass(frozen=True, slots=True)
class Parts:
    """A statement in two: what reads tables, and what only goes on with each of the rows which that finds."""

    inner: exp.Select
    layers: tuple[exp.Select, ...]

    def outer(self, types: Sequence[exp.DataType]) -> exp.Select:
        """What goes on with one row: its columns, of these types, are the parameters 1, 2, 3 ..."""
        names = self.inner.named_selects
        query = exp.Select(
            expressions=[
                exp.alias_(
                    exp.Cast(this=exp.Parameter(this=exp.Literal.number(place)), to=kind.copy()),
                    name,
                    quoted=True,
                )
                for place, (name, kind) in enumerate(zip(names, types, strict=True), start=1)
            ]
        )
        for layer in reversed(self.layers):
            above = layer.copy()
            above.set("with_", None)
            source = above.args["from_"].this
            source.replace(query.subquery(source.alias_or_name, copy=False))
            query = above
        return query


def parted(statement: exp.Query) -> Parts | None:
    """The two parts of what `fused` gave; None where its last step already looks at several rows or tables."""
    tables = [table.name for table in statement.find_all(exp.Table)]
    # What is read once is a layer like any other.
    once = {cte.alias: cte.this for cte in statement.ctes if tables.count(cte.alias) == 1}
    layers: list[exp.Select] = []
    query: exp.Expr = statement
    taken = set()
    while isinstance(query, exp.Select) and _goes_row_by_row(query):
        source = query.args["from_"].this
        if isinstance(source, exp.Table) and source.name not in once:
            break
        layers.append(query)
        taken.add(source.name)
        query = source.this if isinstance(source, exp.Subquery) else once[source.name]
    if not layers or not isinstance(query, exp.Select):
        return None
    inner = query.copy()
    ctes = [cte.copy() for cte in statement.ctes if cte.alias not in taken]
    inner.set("with_", exp.With(expressions=ctes) if ctes else None)
    return Parts(inner, tuple(layers))


def _goes_row_by_row(query: exp.Select) -> bool:
    """Whether each row that a query finds comes from one row below, and from nothing else."""
    plain = {"expressions", "from_", "with_", "kind"}
    others = any(found for name, found in query.args.items() if name not in plain)
    return not others and not any(
        column.find(exp.Window, exp.AggFunc, exp.Query) for column in query.expressions
    )
