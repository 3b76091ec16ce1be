"""The given tables as rows of exact values: what was known at a moment, attributes as on a day."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pyarrow as pa

from headrace.engine.reference.values import Value

Row = Mapping[str, Any]


def rows_of(table: pa.Table | None) -> list[dict[str, Any]]:
    """The rows of a table, decimals and whole numbers as fractions."""
    if table is None:
        return []
    return [{name: _exact(value) for name, value in row.items()} for row in table.to_pylist()]


def _exact(value: Any) -> Any:
    if isinstance(value, Decimal | int) and not isinstance(value, bool):
        return Fraction(value)
    return value


def known(rows: Sequence[Row], as_of: datetime | None) -> list[Row]:
    """The rows known at `as_of` (None: all), without those that a known row supersedes."""
    seen = [row for row in rows if _is_known(row, as_of)]
    superseded = {row.get("supersedes") for row in seen}
    return [row for row in seen if row["id"] not in superseded]


def _is_known(row: Row, as_of: datetime | None) -> bool:
    recorded_at = row.get("recorded_at")
    return as_of is None or recorded_at is None or recorded_at <= as_of


@dataclass(frozen=True)
class Dimension:
    """Partners, people, products or customers: rows by id, each with the days for which it holds."""

    rows: Mapping[str, Sequence[Row]]

    @classmethod
    def of(cls, table: pa.Table | None) -> "Dimension":
        rows = defaultdict(list)
        for row in rows_of(table):
            rows[row["id"]].append(row)
        return cls(dict(rows))

    def value(self, key: str | None, on: date, column: str) -> Value:
        """An attribute as it stood on a day; None where nothing is known of it."""
        if key is None:
            return None
        if column == "id":
            return key
        row = next((row for row in self.rows.get(key, ()) if _holds_on(row, on)), None)
        value: Value = None if row is None else row.get(column)
        return value


def _holds_on(row: Row, on: date) -> bool:
    starts, ends = row.get("valid_from"), row.get("valid_to")
    return (starts is None or starts <= on) and (ends is None or on <= ends)
