"""Choices made into a mapping document: the same YAML that a person would write."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields as dataclass_fields
from typing import Any

import yaml

from headrace.sales import mapping
from headrace.sales.drafting.choices import FURTHER, Choices, ColumnChoice
from headrace.sales.values import Format

# Which keys of the format mean something for which type.
KEYS = {
    "csv": ("type", "delimiter", "encoding", "quote", "header", "decimal", "thousands", "date"),
    "excel": ("type", "sheet", "header", "decimal", "thousands", "date"),
    "parquet": ("type", "decimal", "thousands", "date"),
    "x12": ("type",),
    "edifact": ("type",),
}


def entry(choices: Choices, format: Format, file_name: str) -> dict[str, Any]:
    """One entry of `files`: for this file and those that are named like it."""
    columns: dict[str, Any] = {}
    ids = [one for one in choices.columns if one.is_id]
    ids.sort(key=lambda one: choices.ids.index(one.name) if one.name in choices.ids else len(choices.ids))
    if ids and choices.kind_of_file.field("id"):
        columns["id"] = _joined(ids)
    for one in choices.columns:
        if one.use and one.use != FURTHER:
            columns[one.use] = _take(one, choices)
    for name, text in choices.constants.items():
        if text and name not in columns:
            columns[name] = {"constant": text}
    attributes = {one.attribute: _attribute(one) for one in choices.columns if one.use == FURTHER}
    composed = {
        "file": pattern_of(file_name),
        "kind": choices.kind,
        "format": {name: getattr(format, name) for name in KEYS[format.type]},
        "empty": list(choices.empty),
        "columns": {
            field.name: columns[field.name] for field in choices.kind_of_file.fields if field.name in columns
        },
        "attributes": attributes,
    }
    return {name: value for name, value in composed.items() if value}


def _joined(ids: list[ColumnChoice]) -> Any:
    return _named(ids[0].name) if len(ids) == 1 else "-".join(f"{{{one.name}}}" for one in ids)


def _named(column: str) -> Any:
    """A column by its name; one with braces in it would be taken for a template."""
    return {"column": column} if "{" in column else column


def _take(one: ColumnChoice, choices: Choices) -> Any:
    replaced = {text: to for text, to in sorted(choices.values.get(one.use, {}).items()) if to and to != text}
    further: dict[str, Any] = {}
    if replaced:
        further["values"] = replaced
    if one.use in choices.create:
        further["unknown"] = "create"
    return {"column": one.name, **further} if further else _named(one.name)


def _attribute(one: ColumnChoice) -> Any:
    return {"column": one.name, "type": one.type} if one.type != "text" else _named(one.name)


def pattern_of(file_name: str) -> str:
    """The files that are named alike but for their numbers: `sales-2026-03.csv` gives `sales-*.csv`."""
    pattern = re.sub(r"[0-9]+", "*", re.sub(r"[\[\]]", "?", file_name))
    return re.sub(r"\*(?:[-_. ]?\*)+", "*", pattern)


def document(
    composed: Mapping[str, Any], *, name: str, source: str, source_name: str, before: str = ""
) -> str:
    """A document with the entry as its first; of `before` it keeps what this entry does not replace."""
    told: dict[str, Any] = {"mapping": name, "source": source, "source_name": source_name, "files": []}
    if before:
        told |= yaml.load(before, Loader=yaml.BaseLoader)
    composed = {**composed, "format": _beside(composed["format"], told.get("format", {}))}
    kept = [one for one in told["files"] if not _replaces(composed, one)]
    told["files"] = [{key: value for key, value in composed.items() if value}, *kept]
    return yaml.safe_dump(told, sort_keys=False, allow_unicode=True, width=110)


def _beside(format: Mapping[str, str], base: Mapping[str, str]) -> dict[str, str]:
    """What differs from the document's own format, or, where that says nothing, from what is left out."""
    left_out = {one.name: one.default for one in dataclass_fields(Format)}
    return {key: value for key, value in format.items() if value != base.get(key, left_out[key])}


def _replaces(composed: Mapping[str, Any], older: Mapping[str, Any]) -> bool:
    """Whether an entry takes the place of an older one: the same files, or the same columns."""
    if composed["file"] == older.get("file", "*"):
        return True
    return bool(composed["kind"] == older.get("kind") and composed["columns"] == older.get("columns"))


def plan_of(composed: Mapping[str, Any]) -> tuple[mapping.FileEntry | None, list[mapping.Finding]]:
    """The entry as an import uses it, or what is wrong with it."""
    plan, findings = mapping.check(document(composed, name="draft", source="draft", source_name="draft"))
    return (plan.files[0], []) if plan else (None, findings)
