"""Small tables for tests, written as rows."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa

from headrace.engine.tables import ARROW, STANDARD, Inputs, Kind

_NAMES = {
    "sales": "sale",
    "deals": "deal",
    "events": "event",
    "partners": "partner",
    "people": "person",
    "products": "product",
    "customers": "customer",
    "targets": "targets",
    "rates": "rates",
}


def inputs_of(**rows: list[Mapping[str, Any]]) -> Inputs:
    """`inputs_of(sales=[{...}], partners=[{...}])`; texts of numbers and dates are typed by their column."""
    return Inputs(**{name: table_of(_NAMES[name], found) for name, found in rows.items()})


def table_of(name: str, rows: list[Mapping[str, Any]]) -> pa.Table:
    names = list(dict.fromkeys(column for row in rows for column in row))
    kinds = {column: _kind(name, column, rows) for column in names}
    arrays = {
        column: pa.array([_typed(row.get(column), kinds[column]) for row in rows], ARROW[kinds[column]])
        for column in names
    }
    return pa.table(arrays)


def _kind(name: str, column: str, rows: list[Mapping[str, Any]]) -> Kind:
    if column in STANDARD[name]:
        return STANDARD[name][column]
    value = next((row[column] for row in rows if row.get(column) is not None), None)
    if isinstance(value, bool):
        return "truth"
    return "number" if isinstance(value, int | Decimal) else "date" if isinstance(value, date) else "text"


def _typed(value: Any, kind: Kind) -> Any:
    if value is None:
        return None
    if kind == "number":
        return Decimal(value)
    if kind == "date" and isinstance(value, str):
        return date.fromisoformat(value)
    if kind == "moment" and isinstance(value, str):
        return datetime.fromisoformat(value)
    return value
