"""Calculates a programme on facts. Pure: the same inputs give the same bytes, in any order and any batches."""

import json
from datetime import date, datetime
from pathlib import Path

from headrace.engine import planned
from headrace.engine.backends import spark
from headrace.engine.backends.database import Database, OutOfRoomError
from headrace.engine.backends.duckdb import NAME, DuckDB
from headrace.engine.plan import (
    Check,
    Plan,
    UnsupportedError,
    columns_needed,
    compile_programme,
    values_needed,
)
from headrace.engine.planned import Planned
from headrace.engine.programme import Programme
from headrace.engine.reference import calculate_reference
from headrace.engine.result import ABOUT, Result
from headrace.engine.sql import TooWideError
from headrace.engine.tables import Inputs, Stored

__all__ = ["BACKENDS", "NAME", "REFERENCE", "Result", "calculate", "read_result"]

REFERENCE = "reference"
BACKENDS = (NAME, spark.NAME, REFERENCE)


def calculate(
    programme: Programme, inputs: Inputs, as_of: datetime | None = None, backend: str = NAME
) -> Result:
    """What a programme pays for each of its periods, given all that is known at `as_of` (None: all that is known).

    What a backend can't hold exactly, as a number of more than 128 bits, the reference calculator works out:
    `Result.backend` says so. Raises MissingRateError where a currency can't be converted, ValueError for a backend
    that is none, MissingBackendError for one that is not installed.
    """
    if backend not in BACKENDS:
        raise ValueError(f"no backend {backend}, one of: {', '.join(BACKENDS)}")
    if backend == REFERENCE:
        return calculate_reference(programme, inputs.in_memory(), as_of)
    database = DuckDB() if backend == NAME else spark.Spark()
    try:
        return _planned(programme, inputs, as_of, backend, database)
    except (OutOfRoomError, TooWideError, UnsupportedError):
        return calculate_reference(programme, inputs.in_memory(), as_of)


def _planned(
    programme: Programme, inputs: Inputs, as_of: datetime | None, backend: str, database: Database
) -> Planned:
    plan = compiled_on(database, programme, inputs, as_of)
    for stage in plan.stages:
        if isinstance(stage, Check):
            hold(database, stage)
        else:
            database.run(stage)
    return Planned(
        programme.key,
        programme.version,
        backend,
        plan.layouts,
        database,
        plan.later,
        lambda: calculate_reference(programme, inputs.in_memory(), as_of),
    )


def compiled_on(
    database: Database,
    programme: Programme,
    inputs: Inputs,
    as_of: datetime | None,
    until: date | None = None,
) -> Plan:
    """The plan, with the inputs and the small tables of the plan in the database.

    With `until` it keeps to one group, a parameter of its statements, and has room for facts up to that day.
    """
    shapes = database.load(inputs, columns_needed(programme), values_needed(programme))
    if until is not None:
        shapes = shapes.until(until)
    rates = inputs.rates.read() if isinstance(inputs.rates, Stored) else inputs.rates
    plan = compile_programme(programme, shapes, as_of, rates, only=until is not None)
    for name, table in plan.tables.items():
        database.add(name, table)
    return plan


def hold(database: Database, check: Check) -> None:
    """Raises the error of the first row that a check finds."""
    for row in database.rows(check.query).to_pylist():
        raise check.error(row)


def read_result(directory: Path) -> Result:
    """A result that `Result.write` wrote; only what is asked for of it is read."""
    about = json.loads((directory / ABOUT).read_text(encoding="utf-8"))
    return planned.read(directory) if "rules" in about else Result.read(directory)
