"""What was found in a file, as a draft keeps it: with the first rows, so that no page has to read the file again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import Any

from headrace.sales.detect import Detected, Found
from headrace.sales.tables import open_table
from headrace.sales.values import Format

ROWS_KEPT, CELLS_KEPT = 500, 50_000

Row = tuple[int, list[str]]


def as_json(detected: Detected, path: Path) -> dict[str, Any]:
    kept = {name: value for name, value in asdict(detected).items() if name not in ("samples", "numbers")}
    return {**kept, "rows": [] if detected.refusal else _first_rows(path, detected)}


def _first_rows(path: Path, detected: Detected) -> list[Row]:
    """As they came, of uneven length too: what is wrong with them is for the preview to say."""
    count = min(ROWS_KEPT, CELLS_KEPT // max(len(detected.columns), 1))
    with open_table(path, detected.format) as table:
        return list(islice(table.rows, count))


def of_json(told: Mapping[str, Any]) -> Detected:
    return Detected(
        Format(**told["format"]),
        told["columns"],
        [],
        [],
        tuple(told["empty"]),
        tuple(Found(**one) for one in told["found"]),
        tuple(told["sheets"]),
        told["refusal"],
    )


def rows(told: Mapping[str, Any]) -> list[Row]:
    """The first rows of the file with their numbers."""
    return [(number, cells) for number, cells in told["rows"]]
