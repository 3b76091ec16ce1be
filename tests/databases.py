"""Databases for tests that need more than a transaction that is rolled back."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from django.db import connection, connections


@dataclass(frozen=True)
class OwnDatabase:
    """A database of one test. `environment` lets a child process work on it and on the same files."""

    home: Path
    environment: dict[str, str]


@contextmanager
def own_database(home: Path) -> Iterator[OwnDatabase]:
    """A copy of the migrated, empty test database; this process works on it until the block is left.

    Commits are real, threads and child processes see them, and nothing has to be flushed past the triggers.
    """
    home.mkdir()
    template = connection.settings_dict["NAME"]
    connections.close_all()
    own = _copy(template, home)
    connection.settings_dict["NAME"] = own
    try:
        yield OwnDatabase(home, _environment(own, home))
    finally:
        connections.close_all()
        connection.settings_dict["NAME"] = template
        if connection.vendor == "postgresql":
            _execute_outside(f'DROP DATABASE "{own}" WITH (FORCE)')


def _copy(template: Any, home: Path) -> str:
    if connection.vendor == "postgresql":
        own = f"{template}_own"
        _execute_outside(f'DROP DATABASE IF EXISTS "{own}" WITH (FORCE)')  # of a run that was killed
        _execute_outside(f'CREATE DATABASE "{own}" TEMPLATE "{template}"')
        return own
    path = home / "headrace.sqlite3"
    with closing(sqlite3.connect(template)) as source, closing(sqlite3.connect(path)) as target:
        source.backup(target)
    return str(path)


def _execute_outside(statement: str) -> None:
    with connection._nodb_cursor() as cursor:
        cursor.execute(statement)


def _environment(name: str, home: Path) -> dict[str, str]:
    environment = {
        **os.environ,
        "HEADRACE_HOME": str(home),
        "HEADRACE_DURABLE": "0",
        "DJANGO_SETTINGS_MODULE": "headrace.config.settings",
    }
    if address := environment.pop("HEADRACE_DATABASE", None):
        environment["HEADRACE_DATABASE"] = urlunsplit(urlsplit(address)._replace(path=f"/{name}"))
    return environment


@contextmanager
def guards_lifted() -> Iterator[None]:
    """Switches all triggers of ours off, for a test that breaks what they keep, and for the flush of Django."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal")
            tables = [table for (table,) in cursor.fetchall()]
            lift = [f"ALTER TABLE {table} DISABLE TRIGGER USER" for table in tables]
            restore = [f"ALTER TABLE {table} ENABLE TRIGGER USER" for table in tables]
        else:
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            triggers = cursor.fetchall()
            lift = [f'DROP TRIGGER "{name}"' for name, _sql in triggers]
            restore = [sql for _name, sql in triggers]
        for statement in lift:
            cursor.execute(statement)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            for statement in restore:
                cursor.execute(statement)
