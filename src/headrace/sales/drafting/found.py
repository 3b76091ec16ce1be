"""What was found in a file, as a draft keeps it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from itertools import islice
from pathlib import Path
from typing import Any

from headrace.sales.detect import Detected, Found
from headrace.sales.tables import open_table
from headrace.sales.values import Format


def as_json(detected: Detected) -> dict[str, Any]:
    """All but the rows, which are in the file."""
    kept = asdict(replace(detected, samples=[], numbers=[]))
    return {name: value for name, value in kept.items() if name not in ("samples", "numbers")}


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


def first_rows(path: Path, detected: Detected, count: int) -> list[tuple[int, list[str]]]:
    """The first rows as they stand in the file. Raises FileRefused where it can't be read."""
    with open_table(path, detected.format) as table:
        return list(islice(table.rows, count))
