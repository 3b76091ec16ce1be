"""Many rows in one statement, faster than by objects."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import repeat
from typing import Any, TypeVar

from django.core.serializers.json import DjangoJSONEncoder
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import BigIntegerField, CharField, Field, ForeignKey, Model

PARAMETERS_MAX = 500  # SQLite takes 999 at the least
STORED_AS_GIVEN = (BigIntegerField, CharField, ForeignKey)

T = TypeVar("T")


def slices(values: Sequence[T]) -> Iterator[Sequence[T]]:
    """The values in parts that fit a query."""
    return (values[start : start + PARAMETERS_MAX] for start in range(0, len(values), PARAMETERS_MAX))


def insert(
    model: type[Model],
    same: Mapping[str, Any],
    columns: Mapping[str, Sequence[Any]],
    *,
    skip_existing: bool = False,
) -> None:
    """Inserts one row for each place in `columns` (field name -> its values, all of one length).

    `same` holds what is the same in every row. `skip_existing` leaves out the rows whose unique key is taken,
    in the same statement.
    """
    connection = connections[DEFAULT_DB_ALIAS]
    by_name = {field.name: field for field in model._meta.concrete_fields}
    fields = [by_name[name] for name in (*same, *columns)]
    constants = [by_name[name].get_db_prep_save(value, connection) for name, value in same.items()]
    names = ", ".join(connection.ops.quote_name(str(field.column)) for field in fields)
    into = f"INSERT INTO {connection.ops.quote_name(model._meta.db_table)} ({names})"
    conflict = "ON CONFLICT DO NOTHING" if skip_existing else ""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            marks = "%s, " * len(constants)
            record = ", ".join(f"{name} {by_name[name].db_type(connection)}" for name in columns)
            query = f"{into} SELECT {marks}* FROM json_to_recordset(%s) AS given({record}) {conflict}"
            cursor.execute(query, [*constants, _as_json(columns)])
        else:
            marks = ", ".join(repeat("%s", len(fields)))
            varying = [_prepared(by_name[name], values, connection) for name, values in columns.items()]
            rows = list(zip(*map(repeat, constants), *varying, strict=False))
            cursor.executemany(f"{into} VALUES ({marks}) {conflict}", rows)


def _as_json(columns: Mapping[str, Sequence[Any]]) -> str:
    """One text for all rows: PostgreSQL reads it faster than an array for each column."""
    rows = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    return json.dumps(rows, cls=DjangoJSONEncoder, ensure_ascii=False)


def _prepared(field: Field[Any, Any], values: Sequence[Any], connection: Any) -> Sequence[Any]:
    if isinstance(field, STORED_AS_GIVEN):
        return values
    return [field.get_db_prep_save(value, connection) for value in values]
