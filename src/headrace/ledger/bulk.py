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
    fields = [model._meta.get_field(name) for name in (*same, *columns)]
    quoted = ", ".join(connection.ops.quote_name(field.column) for field in fields)
    into = f"INSERT INTO {connection.ops.quote_name(model._meta.db_table)} ({quoted})"
    conflict = " ON CONFLICT DO NOTHING" if skip_existing else ""
    constants = [
        field.get_db_prep_save(value, connection) for field, value in zip(fields, same.values(), strict=False)
    ]
    varying = fields[len(constants) :]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            marks = "".join("%s, " for _constant in constants)
            record = ", ".join(
                f"{name} {field.db_type(connection)}" for name, field in zip(columns, varying, strict=True)
            )
            rows = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
            cursor.execute(
                f"{into} SELECT {marks}* FROM json_to_recordset(%s) AS row({record}){conflict}",
                [*constants, json.dumps(rows, cls=DjangoJSONEncoder, ensure_ascii=False)],
            )
        else:
            marks = ", ".join(repeat("%s", len(fields)))
            prepared = [
                _prepared(field, values, connection)
                for field, values in zip(varying, columns.values(), strict=True)
            ]
            rows = zip(*map(repeat, constants), *prepared, strict=False)
            cursor.executemany(f"{into} VALUES ({marks}){conflict}", rows)


def _prepared(field: Any, values: Sequence[Any], connection: Any) -> Sequence[Any]:
    if isinstance(field, STORED_AS_GIVEN):
        return values
    return [field.get_db_prep_save(value, connection) for value in values]
