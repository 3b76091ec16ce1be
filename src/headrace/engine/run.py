"""Calculates a programme on facts. Pure: the same inputs give the same bytes, in any order and any batches."""

import json
from collections.abc import Collection
from datetime import date, datetime
from pathlib import Path

from headrace.engine import planned
from headrace.engine.backends.duckdb import NAME, DuckDB, OutOfRoomError
from headrace.engine.plan import (
    Check,
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
BACKENDS = (NAME, REFERENCE)


def calculate(
    programme: Programme,
    inputs: Inputs,
    as_of: datetime | None = None,
    backend: str = NAME,
    only: Collection[tuple[str, date]] | None = None,
) -> Result:
    """What a programme pays for each of its periods, given all that is known at `as_of` (None: all that is known).

    `only` names groups, as recipient and first day of the period, and leaves out the others. What a backend can't
    hold exactly, as a number of more than 128 bits, the reference calculator works out: `Result.backend` says so.
    Raises MissingRateError where a currency can't be converted, ValueError for a backend that is none.
    """
    if backend not in BACKENDS:
        raise ValueError(f"no backend {backend}, one of: {', '.join(BACKENDS)}")
    if backend == REFERENCE:
        return calculate_reference(programme, inputs.in_memory(), as_of)
    try:
        return _planned(programme, inputs, as_of)
    except (OutOfRoomError, TooWideError, UnsupportedError):
        return calculate_reference(programme, inputs.in_memory(), as_of)


def _planned(programme: Programme, inputs: Inputs, as_of: datetime | None) -> Planned:
    database = DuckDB()
    shapes = database.load(inputs, columns_needed(programme), values_needed(programme))
    rates = inputs.rates.read() if isinstance(inputs.rates, Stored) else inputs.rates
    plan = compile_programme(programme, shapes, as_of, rates)
    for name, table in plan.tables.items():
        database.add(name, table)
    for stage in plan.stages:
        if isinstance(stage, Check):
            for row in database.rows(stage.query).to_pylist():
                raise stage.error(row)
        else:
            database.run(stage)
    return Planned(programme.key, programme.version, NAME, plan.layouts, database, plan.later)


def read_result(directory: Path) -> Result:
    """A result that `Result.write` wrote; only what is asked for of it is read."""
    about = json.loads((directory / ABOUT).read_text(encoding="utf-8"))
    return planned.read(directory) if "rules" in about else Result.read(directory)
