"""Rows that a code names within an organisation: looked up, added where new, changed where they differ."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeVar

from django.db import models

from headrace.base.models import Organisation

# SQLite takes 999 parameters a query by Django's reckoning.
CODES_PER_QUERY = 900

Row = TypeVar("Row", bound=models.Model)


@dataclass(frozen=True, slots=True)
class Changes:
    """How many were new, how many differ from what was known."""

    added: int
    changed: int


def chunks(items: Iterable[Any]) -> Iterator[list[Any]]:
    """The items in lists short enough to be the parameters of one query."""
    rest = iter(items)
    while chunk := list(islice(rest, CODES_PER_QUERY)):
        yield chunk


def by_code(model: type[Row], organisation: Organisation, codes: Iterable[str]) -> dict[str, Row]:
    """The rows of the organisation that have one of the codes, by it."""
    return {
        row.code: row  # type: ignore[attr-defined]
        for chunk in chunks(set(codes))
        for row in model._default_manager.filter(organisation=organisation, code__in=chunk)
    }


def upsert(model: type[Row], organisation: Organisation, rows: Mapping[str, Mapping[str, Any]]) -> Changes:
    """Adds the rows that are new and changes those that differ: code -> the fields that are told.

    Fields that are not told stay as they were; `further` is merged key by key, and None takes a key away.
    """
    known = by_code(model, organisation, rows)
    new = []
    changed: list[Row] = []
    for code, told in rows.items():
        row = known.get(code)
        if row is None:
            row = model(organisation=organisation, code=code)
            _tell(row, told)
            new.append(row)
        elif _tell(row, told):
            changed.append(row)
    model._default_manager.bulk_create(new, batch_size=500)
    if changed:
        fields = {model._meta.get_field(name).name for told in rows.values() for name in told}
        model._default_manager.bulk_update(changed, fields, batch_size=100)
    return Changes(added=len(new), changed=len(changed))


def _tell(row: models.Model, told: Mapping[str, Any]) -> bool:
    """Sets the fields, and tells whether any differs."""
    differs = False
    for name, value in told.items():
        if name == "further":
            merged = {**row.further, **value}  # type: ignore[attr-defined]
            value = {key: text for key, text in merged.items() if text is not None}
        if getattr(row, name) != value:
            setattr(row, name, value)
            differs = True
    return differs
