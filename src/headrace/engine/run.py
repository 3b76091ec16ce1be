"""Calculates a programme on facts. Pure: the same inputs give the same bytes, in any order and any batches."""

import json
from collections.abc import Collection
from datetime import date, datetime
from pathlib import Path

from headrace.engine import planned
from headrace.engine.backends.duckdb import NAME, DuckDB
from headrace.engine.plan import columns_needed, compile_programme
from headrace.engine.planned import Planned
from headrace.engine.programme import Programme
from headrace.engine.reference import calculate_reference
from headrace.engine.result import ABOUT, Result
from headrace.engine.tables import Inputs

__all__ = ["BackendError", "Result", "calculate", "read_result"]


class BackendError(ValueError):
    """A backend that is not there."""


def calculate(
    programme: Programme,
    inputs: Inputs,
    as_of: datetime | None = None,
    backend: str = NAME,
    only: Collection[tuple[str, date]] | None = None,
) -> Result:
    """What a programme pays for each of its periods, given all that is known at `as_of` (None: all that is known).

    `only` names groups, as recipient and first day of the period, and leaves out the others.
    """
    if backend == "reference":
        return calculate_reference(programme, inputs, as_of)
    if backend != NAME:
        raise BackendError(f"no backend {backend} is installed; {NAME} and reference are")
    database = DuckDB()
    shapes = database.load(inputs, columns_needed(programme))
    plan = compile_programme(programme, shapes, as_of)
    for name, table in plan.tables.items():
        database.add(name, table)
    for stage in plan.groups:
        database.run(stage)
    return Planned(programme.key, programme.version, NAME, plan.layouts, database, plan.facts)


def read_result(directory: Path) -> Result:
    """A result that `Result.write` wrote; only what is asked for of it is read."""
    about = json.loads((directory / ABOUT).read_text(encoding="utf-8"))
    return planned.read(directory) if "rules" in about else Result.read(directory)
