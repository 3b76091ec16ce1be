"""What is wrong in the rejected rows of an import, by what stands in which column."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from headrace.sales.models import Import, Reject
from headrace.sales.reasons import tell

REJECTS_READ_MAX = 20_000
MISTAKES_SHOWN_MAX = 50
# What a problem with several columns together has between their names.
TOGETHER = " + "


@dataclass(frozen=True, slots=True)
class Mistake:
    """A cell that is wrong in some column, in how many rows, and why."""

    column: str
    cell: str
    rows: int
    reason: str


def mistakes(run: Import) -> list[Mistake]:
    """The cells that are wrong in most rows, of the rejects that wait."""
    rows: Counter[tuple[str, str]] = Counter()
    problems: dict[tuple[str, str], Mapping[str, Any]] = {}
    for reject in run.rejects.waiting().order_by("row_number")[:REJECTS_READ_MAX]:
        for column, cell, problem in _wrong_cells(run, reject):
            rows[column, cell] += 1
            problems.setdefault((column, cell), problem)
    return [
        Mistake(column, cell, count, tell(problems[column, cell]))
        for (column, cell), count in rows.most_common(MISTAKES_SHOWN_MAX)
    ]


def with_cell(run: Import, column: str, cell: str) -> list[Reject]:
    """The waiting rejects whose problem is this cell in this column."""
    waiting = run.rejects.waiting().order_by("row_number")[:REJECTS_READ_MAX]
    return [
        reject
        for reject in waiting
        if any(found[:2] == (column, cell) for found in _wrong_cells(run, reject))
    ]


def _wrong_cells(run: Import, reject: Reject) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """(column, cell as it came, problem); of columns that are judged together nothing."""
    for problem in reject.problems:
        column = problem["column"]
        if column in run.columns:
            place = run.columns.index(column)
            yield column, reject.cells[place] if place < len(reject.cells) else "", problem


def problems_by_column(reject: Reject) -> dict[str, list[str]]:
    """What is wrong, beside each column it is about; beside no column what is about the row."""
    found: dict[str, list[str]] = {}
    for problem in reject.problems:
        columns = problem["column"].split(TOGETHER)
        for column in columns:
            named = column if column in reject.import_run.columns else ""
            told = {**problem, "column": ""} if named else problem
            found.setdefault(named, []).append(tell(told))
    return found
