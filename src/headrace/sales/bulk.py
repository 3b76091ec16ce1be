"""Many rows into one table at once: by COPY on PostgreSQL, by executemany on SQLite."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, models

# From so many rows on, what a database knows of a table should be brought up to date.
ROWS_WORTH_STATISTICS = 1_000


def insert(model: type[models.Model], names: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> None:
    """Inserts rows whose values are ready for the database: texts, integers, None, ISO dates, JSON as text.

    `names` are attribute names of the model (`partner_id`). Ten times as quick as bulk_create.
    """
    columns = [connection.ops.quote_name(_column(model, name)) for name in names]
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            places = ", ".join(["%s"] * len(columns))
            insert_one = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})"
            cursor.executemany(insert_one, rows)  # type: ignore[arg-type]  # any iterable will do


def refresh_statistics(*tables: type[models.Model]) -> None:
    """Lets PostgreSQL see the rows that this transaction wrote: else it plans as if there were none."""
    if connection.vendor == "postgresql":
        names = ", ".join(connection.ops.quote_name(model._meta.db_table) for model in tables)
        with connection.cursor() as cursor:
            cursor.execute(f"ANALYZE {names}")


def _column(model: type[models.Model], name: str) -> str:
    return str(next(field.column for field in model._meta.concrete_fields if field.attname == name))


def moment(value: Any) -> Any:
    """A date and time as this database takes it."""
    return connection.ops.adapt_datetimefield_value(value)
