"""A query that is run again and again, each time for another group of few facts."""

from collections.abc import Mapping, Sequence
from itertools import count
from typing import Any

from sqlglot import exp

from headrace.engine import sql
from headrace.engine.backends.duckdb import DuckDB
from headrace.engine.fused import fused, parted
from headrace.engine.sql import Stage

# Rows to go on with one by one; of more, all are planned together.
_ROWS_MAX = 8
_numbers = count()

Row = tuple[Any, ...]


class Statement:
    """A query over stages. DuckDB plans anew whatever reads a table, so as little as possible is left to do so."""

    def __init__(
        self, database: DuckDB, stages: Sequence[Stage], query: exp.Query, given: Mapping[str, object]
    ) -> None:
        """`given` are parameters of the types that they will have."""
        self._database = database
        whole = fused(stages, query, database.columns())
        self._whole = database.parsed(whole)
        parts = parted(whole)
        self._inner = None
        if parts is not None:
            types = [exp.DataType.build(t, dialect="duckdb") for t in database.types(parts.inner, given)]
            self._inner, self._types = database.parsed(parts.inner), types
            self._name = f"statement_{next(_numbers)}"
            database.prepare(self._name, parts.outer(types))

    def rows(self, given: Mapping[str, object]) -> list[Row]:
        """What the query finds. Raises OutOfRoomError."""
        if self._inner is None:
            return self._database.fetch(self._whole, given)
        found = self._database.fetch(self._inner, given)
        if len(found) > _ROWS_MAX:
            return self._database.fetch(self._whole, given)
        return [row for one in found for row in self._go_on(one)]

    def _go_on(self, row: Row) -> list[Row]:
        texts = [sql.unknown() if value is None else sql.text(str(value)) for value in row]
        pairs = zip(texts, self._types, strict=True)
        return self._database.fetch_prepared(self._name, [exp.Cast(this=text, to=to) for text, to in pairs])
