"""Tables that only grow: the database itself refuses to change or delete a row, whoever asks.

Used in migrations: `operations = [..., *append_only("ledger_entry")]`. A later migration that alters such a table
does so between `*lifted("ledger_entry")` and `*append_only("ledger_entry")`: SQLite makes the table anew, without
its triggers.
"""

from collections.abc import Callable

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import RunPython
from django.db.migrations.state import StateApps

SQLITE = """
CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table}
BEGIN SELECT RAISE(ABORT, '{table} is append-only: a correction is a new row'); END
"""

Step = Callable[[StateApps, BaseDatabaseSchemaEditor], None]

POSTGRESQL = """
CREATE OR REPLACE FUNCTION {table}_append_only() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN RAISE EXCEPTION '{table} is append-only: a correction is a new row' USING ERRCODE = 'restrict_violation'; END
$body$;
CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION {table}_append_only();
CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION {table}_append_only();
"""


def append_only(table: str) -> list[RunPython]:
    """Migration operations that put the triggers on `table`, on SQLite and on PostgreSQL."""
    create, drop = _steps(table)
    return [RunPython(create, drop)]


def lifted(table: str) -> list[RunPython]:
    """Migration operations that take the triggers off `table`, as long as `append_only` puts them on again."""
    create, drop = _steps(table)
    return [RunPython(drop, create)]


def _steps(table: str) -> tuple[Step, Step]:
    def create(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
        if editor.connection.vendor == "sqlite":
            for verb in ("update", "delete"):
                editor.execute(SQLITE.format(table=table, verb=verb))
        else:
            editor.execute(POSTGRESQL.format(table=table), params=None)

    def drop(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
        if editor.connection.vendor == "sqlite":
            for verb in ("update", "delete"):
                editor.execute(f"DROP TRIGGER {table}_no_{verb}")
        else:
            editor.execute(f"DROP FUNCTION {table}_append_only() CASCADE")

    return create, drop
