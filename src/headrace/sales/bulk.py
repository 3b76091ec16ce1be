"""Many rows into one table at once, and looked up at once: by COPY on PostgreSQL, by executemany on SQLite."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection, models

# From so many rows on, what a database knows of a table should be brought up to date.
ROWS_WORTH_STATISTICS = 1_000
# What SQLite holds of the indexes of a table while many rows go into them; by itself 2 MiB.
PAGES_HELD_KIB = 128 << 10


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


def insert_like(example: models.Model, names: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> None:
    """Inserts rows that are like the example, which is not kept itself, but for the attributes `names`."""
    others = [
        field
        for field in example._meta.concrete_fields
        if not field.primary_key and field.attname not in names
    ]
    same = tuple(field.get_db_prep_save(getattr(example, field.attname), connection) for field in others)
    columns = [*names, *(field.attname for field in others)]
    insert(type(example), columns, ((*row, *same) for row in rows))


def known(model: type[models.Model], name: str, texts: Collection[str], *, organisation_id: int) -> set[str]:
    """Those of the texts that some row of an organisation has in the column `name`, asked for in one query."""
    column = connection.ops.quote_name(_column(model, name))
    table = connection.ops.quote_name(model._meta.db_table)
    is_one = "= ANY(%s)" if connection.vendor == "postgresql" else "IN (SELECT value FROM json_each(%s))"
    asked = list(texts) if connection.vendor == "postgresql" else json.dumps(list(texts))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {column} FROM {table} WHERE organisation_id = %s AND {column} {is_one}",
            [organisation_id, asked],
        )
        return {text for (text,) in cursor.fetchall()}


@contextmanager
def many_rows(rows: int) -> Iterator[None]:
    """Lets SQLite hold more of the indexes in memory: else their pages are written once for each few rows."""
    if connection.vendor != "sqlite" or rows < ROWS_WORTH_STATISTICS:
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA cache_size")
        (before,) = cursor.fetchone()
        cursor.execute(f"PRAGMA cache_size = -{PAGES_HELD_KIB}")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA cache_size = {before}")


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
