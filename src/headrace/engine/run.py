"""Calculates a programme on facts. Pure: the same inputs give the same bytes, in any order and any batches."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from headrace.engine import planned
from headrace.engine.backends.duckdb import NAME, DuckDB, OutOfRoomError
from headrace.engine.plan import (
    Check,
    Groups,
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
from headrace.engine.tables import Inputs

__all__ = ["BACKENDS", "NAME", "REFERENCE", "Result", "calculate", "read_result"]

REFERENCE = "reference"
BACKENDS = (NAME, REFERENCE)


def calculate(
    programme: Programme,
    inputs: Inputs,
    as_of: datetime | None = None,
    backend: str = NAME,
    only: Groups | None = None,
) -> Result:
    """What a programme pays for each of its periods, given all that is known at `as_of` (None: all that is known).

    `only` names groups, as recipient and first day of the period, and leaves out the others. What a backend can't
    hold exactly, as a number of more than 128 bits, the reference calculator works out: `Result.backend` says so.
    Raises MissingRateError where a currency can't be converted, ValueError for a backend that is none.
    """
    if backend not in BACKENDS:
        raise ValueError(f"no backend {backend}, one of: {', '.join(BACKENDS)}")
    if backend == NAME:
        try:
            return _planned(programme, inputs, as_of, only)
        except (OutOfRoomError, TooWideError, UnsupportedError):
            pass
    return _worked_out(programme, inputs, as_of, only)


def _worked_out(programme: Programme, inputs: Inputs, as_of: datetime | None, only: Groups | None) -> Result:
    """By the reference calculator."""
    result = calculate_reference(programme, inputs, as_of)
    return result if only is None else _only(result, programme, only)


def _only(result: Result, programme: Programme, only: Groups) -> Result:
    """The part of a result that belongs to some groups; of a split, by whose earning was parted."""
    asked = set(only)
    split = {rule.key for rule in programme.rules if rule.splits}

    def is_asked(row: dict[str, Any]) -> bool:
        recipient = row["earning"].rsplit("|", 1)[1] if row["rule"] in split else row["recipient"]
        return (recipient, row["period_from"]) in asked

    kept = {row["earning"] for row in result.earnings.to_pylist() if is_asked(row)}
    names = pa.array(sorted(kept), pa.string())
    earnings, shares = (
        table.filter(pc.is_in(table["earning"], names)) for table in (result.earnings, result.shares)
    )
    return Result(earnings, shares, lambda: result.receipts(kept), result.backend)


def _planned(
    programme: Programme,
    inputs: Inputs,
    as_of: datetime | None,
    only: Groups | None = None,
) -> Planned:
    database = DuckDB()
    shapes = database.load(inputs, columns_needed(programme), values_needed(programme))
    plan = compile_programme(programme, shapes, as_of, inputs.rates, only)
    for name, table in plan.tables.items():
        database.add(name, table)
    for stage in plan.stages:
        if isinstance(stage, Check):
            for row in database.rows(stage.query).to_pylist():
                raise stage.error(row)
        else:
            database.run(stage)
    return Planned(
        programme.key,
        programme.version,
        NAME,
        plan.layouts,
        database,
        plan.later,
        lambda: _worked_out(programme, inputs, as_of, only),
    )


def read_result(directory: Path) -> Result:
    """A result that `Result.write` wrote; only what is asked for of it is read."""
    about = json.loads((directory / ABOUT).read_text(encoding="utf-8"))
    return planned.read(directory) if "rules" in about else Result.read(directory)
