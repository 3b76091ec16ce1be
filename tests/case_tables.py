"""Cases of calculation in the field's own words: tables of text in YAML, as cases/README.md tells."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import yaml

from headrace.engine.tables import Inputs
from headrace.engine.tests.tables_of import inputs_of

FOLDER = Path(__file__).parent / "cases"
TABLES = ("sales", "deals", "events", "partners", "people", "products", "customers", "targets", "rates")
# What a case need not say.
PROGRAMME = {"programme": "case", "currency": "EUR", "from": "2026-01-01", "to": "2026-12-31"}
RULE = {"key": "rule", "facts": "sale", "to": "partner", "every": "year"}


@dataclass(frozen=True)
class Case:
    """One example: its name, the whole document, the facts, and what is to come of them."""

    name: str
    document: Mapping[str, Any]
    inputs: Inputs
    as_of: str | None
    expected: list[dict[str, str]]
    shares: list[dict[str, str]] | None
    error: str | None


def all_cases() -> Iterator[Case]:
    """The cases of all files, in order."""
    for path in sorted(FOLDER.glob("*.yaml")):
        for raw in yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader):
            yield _case(path.stem, raw)


def _case(file: str, raw: dict[str, Any]) -> Case:
    known = {"case", "why", "programme", "rule", "as_of", "expect", "shares", "error", *TABLES}
    assert not raw.keys() - known, f"{file}, {raw.get('case')}: unknown {raw.keys() - known}"
    rules = [{**RULE, **raw["rule"]}] if "rule" in raw else []
    document = {**PROGRAMME, "earns": rules, **raw.get("programme", {})}
    return Case(
        f"{file}: {raw['case']}",
        {name: _truths(part) for name, part in document.items() if part != "open"},
        inputs_of(**{name: rows(raw[name]) for name in TABLES if name in raw}),
        raw.get("as_of"),
        rows(raw.get("expect", "")),
        rows(raw["shares"]) if "shares" in raw else None,
        raw.get("error"),
    )


def _truths(part: Any) -> Any:
    """Yes and no of a document, which the case holds as text."""
    if isinstance(part, dict):
        return {name: _truths(value) for name, value in part.items()}
    if isinstance(part, list):
        return [_truths(value) for value in part]
    return {"true": True, "false": False}.get(part, part)


def rows(table: str) -> list[dict[str, Any]]:
    """The rows of a table of text with `|` between columns; an empty cell is not known."""
    lines = [[cell.strip() for cell in line.split("|")] for line in table.strip().splitlines()]
    if not lines:
        return []
    header, *body = lines
    assert all(len(line) == len(header) for line in body), f"{header}: every row has {len(header)} cells"
    return [{name: _cell(cell) for name, cell in zip(header, line, strict=True)} for line in body]


def _cell(text: str) -> Any:
    return {"": None, "true": True, "false": False}.get(text, text)


def amount_text(minor: int, digits: int) -> str:
    """Minor units as a decimal with all its digits."""
    text = str(abs(minor)).rjust(digits + 1, "0")
    sign = "-" if minor < 0 else ""
    return sign + (f"{text[:-digits]}.{text[-digits:]}" if digits else text)


def earned(table: pa.Table) -> list[dict[str, str]]:
    """Earnings that are not zero, as a case writes them."""
    return [
        {
            "rule": row["rule"],
            "to": row["to"],
            "recipient": row["recipient"],
            "by": row["by"] or None,
            "from": row["period_from"].isoformat(),
            "until": row["period_to"].isoformat(),
            "unit": row["unit"],
            "amount": amount_text(row["amount_minor"], row["digits"]),
        }
        for row in table.to_pylist()
        if row["amount_minor"]
    ]
