"""Stages as one statement that reads only the columns it needs.

Where there are few facts, planning costs more than running: one statement is planned once, and the fewer columns its
layers hand on, the faster.
"""

from collections.abc import Mapping, Sequence

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
            as_=stage.query,
            materialized=True if stage.kept else None,
            copy=False,
        )
    schema: dict[str, object] = {name: dict(columns) for name, columns in tables.items()}
    # An alias is never named in the layer that makes it, so none is to be put in the place of a column.
    named = qualify(whole, schema=schema, dialect="duckdb", expand_alias_refs=False)
    return pushdown_projections(named)
