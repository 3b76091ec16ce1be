"""Facts that a caller supposes, as JSON: read as exactly and checked as strictly as a file of them."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pyarrow as pa

from headrace.engine.checking import Loaded, check_references, check_table
from headrace.engine.faults import Fault, Faults, InputError, shown
from headrace.engine.files import typed
from headrace.engine.programme import FactKind, Programme
from headrace.engine.reading import Source
from headrace.engine.tables import Inputs, Kind, kind_of

NAME = "--add"
# The table of inputs that holds each kind of fact.
TABLES: Mapping[FactKind, str] = {"sale": "sales", "deal": "deals", "event": "events"}


def read_added(
    texts: Sequence[str], programme: Programme, inputs: Inputs, loaded: Sequence[Loaded]
) -> list[Loaded]:
    """The supposed facts, a table of each kind; `loaded` are the files that they may refer to.

    Each text is a JSON object, or a list of them. A fact says of which kind it is by `facts` ("sale"); left
    out, it is what the programme's first rule earns by. One without an id gets one. Raises InputError.
    """
    by_table: dict[str, list[dict[str, str | None]]] = {}
    for row in _rows(texts):
        kind = row.pop("facts", None) or programme.rules[0].facts
        if kind not in TABLES:
            right = f"one of {', '.join(TABLES)} would be right"
            raise InputError([Fault(NAME, f'"facts": {shown(kind)}', right)])
        by_table.setdefault(TABLES[kind], []).append(row)
    added = [_loaded(name, rows, getattr(inputs, name)) for name, rows in by_table.items()]
    faults = Faults()
    for each in added:
        check_table(each, faults)
    check_references([*(one for one in loaded if one.name not in by_table), *added], faults)
    faults.raise_if_any()
    return added


def with_added(inputs: Inputs, added: Iterable[Loaded]) -> Inputs:
    """The inputs and the supposed facts."""
    return replace(inputs, **{each.name: _appended(getattr(inputs, each.name), each.table) for each in added})


def recipients_of(added: Iterable[Loaded]) -> dict[date, set[tuple[str, str]]]:
    """The partners and people of the supposed facts, as ("partner", id) and ("person", id), by day."""
    found: dict[date, set[tuple[str, str]]] = {}
    for each in added:
        for row in each.table.to_pylist():
            named = {(to, row[to]) for to in ("partner", "person") if row.get(to)}
            found.setdefault(row["on"], set()).update(named)
    return found


def _rows(texts: Sequence[str]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for text in texts:
        try:
            value = json.loads(text, parse_float=str, parse_int=str, parse_constant=str)
        except ValueError as error:
            raise InputError([Fault(NAME, f"{shown(text)} is no JSON ({error})", _RIGHT)]) from error
        for fact in value if isinstance(value, list) else [value]:
            if not isinstance(fact, dict) or not fact:
                raise InputError([Fault(NAME, shown(json.dumps(fact)), _RIGHT)])
            rows.append({name: _text(name, each) for name, each in fact.items()})
    return rows


_RIGHT = 'a fact as {"partner": "p1", "net_amount": 5000, "on": "2026-09-01"} would be right'


def _text(name: str, value: object) -> str | None:
    """A value as a CSV file would have it; numbers stand as they were written."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None or isinstance(value, str):
        return value or None
    raise InputError(
        [Fault(NAME, "a list or an object", "a text, a number, true, false or null would be right", "", name)]
    )


def _loaded(name: str, rows: list[dict[str, str | None]], table: pa.Table | None) -> Loaded:
    taken = set() if table is None else set(table["id"].to_pylist())
    free = (f"{NAME.strip('-')}-{number}" for number in range(1, len(taken) + len(rows) + 1))
    for row in rows:
        row["id"] = row.get("id") or next(each for each in free if each not in taken)
    columns = list(dict.fromkeys(column for row in rows for column in row))
    texts = pa.table({column: pa.array([row.get(column) for row in rows], pa.string()) for column in columns})
    source = Source(NAME, texts, untyped=True, row_name="fact")
    known: dict[str, Kind] = {} if table is None else {each.name: kind_of(each.type) for each in table.schema}
    loaded = Loaded(name, source, typed(name, source, known))
    for position, row in enumerate(rows):
        if row["id"] in taken:
            found = f"{shown(row['id'])} is the id of a fact in the file"
            raise InputError([Fault(NAME, found, "leave the id out", f"fact {position + 1}", "id")])
    return loaded


def _appended(table: pa.Table | None, added: pa.Table) -> pa.Table:
    return added if table is None else pa.concat_tables([table, added], promote_options="default")
