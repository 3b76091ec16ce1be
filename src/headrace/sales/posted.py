"""Lines that came one by one, by the API or as claims: kept as a file and imported like any other, each answered."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import yaml
from django.db import transaction

from headrace.base.models import Organisation, User
from headrace.sales import actions, fields
from headrace.sales.models import Attribute, Import, Reject
from headrace.sales.reasons import tell

NAMES = tuple(field.name for field in fields.SALES.fields)
# What tells a further column of the file from a standard one.
FURTHER = "attributes."
HEADER_ROWS = 1

Line = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Sender:
    """Where lines come from that are no file of anybody's: the code and the name of their source."""

    organisation: Organisation
    code: str
    name: str


@transaction.atomic
def take_posted(
    *, sender: Sender, lines: Sequence[Line], user: User | None = None
) -> tuple[Import, list[dict[str, Any]]]:
    """Imports lines with all fields of `fields.SALES` and `attributes`; gives the import and an answer for each.

    What is earned by them is asked for in the same transaction. Raises FileRefused, or MappingError where an
    attribute has a name that can't be kept.
    """
    types = _types(sender, lines)
    document = actions.keep_mapping(
        organisation=sender.organisation, text=_document(sender, types), user=user
    )
    file = actions.receive_file(
        organisation=sender.organisation,
        name=f"{sender.name}.csv",
        chunks=[_as_csv(lines, list(types))],
        user=user,
    )
    outcome = actions.import_file(
        organisation=sender.organisation, file=file, document=document, user=user, by_row=True
    )
    assert outcome.run is not None, "a file of sales that is no second one has an import"
    return outcome.run, _answers(outcome.run, lines)


def _types(sender: Sender, lines: Sequence[Line]) -> dict[str, str]:
    """Each further column with its type: the one that is known, else that of the values."""
    found: dict[str, set[str]] = {}
    for line in lines:
        for name, value in line["attributes"].items():
            found.setdefault(name, set()).add(_type_of(value))
    known = Attribute.objects.filter(organisation=sender.organisation, of=Attribute.Of.SALE, name__in=found)
    told = dict(known.values_list("name", "type"))
    return {
        name: told.get(name) or (types.pop() if len(types) == 1 else Attribute.Type.TEXT.value)
        for name, types in sorted(found.items())
    }


def _type_of(value: Any) -> str:
    if isinstance(value, bool):
        return Attribute.Type.BOOLEAN.value
    return Attribute.Type.NUMBER.value if isinstance(value, int) else Attribute.Type.TEXT.value


def _document(sender: Sender, types: Mapping[str, str]) -> str:
    """The mapping that reads what a sender sends."""
    entry = {
        "file": "*",
        "kind": fields.SALES.name.value,
        "columns": {name: name for name in NAMES},
        "attributes": {name: {"column": FURTHER + name, "type": type} for name, type in types.items()},
    }
    document = {
        "mapping": sender.code,
        "source": sender.code,
        "source_name": sender.name,
        "files": [entry],
    }
    return yaml.safe_dump(document, sort_keys=False, allow_unicode=True)


def _as_csv(lines: Sequence[Line], further: Sequence[str]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([*NAMES, *(FURTHER + name for name in further)])
    for line in lines:
        attributes = line["attributes"]
        writer.writerow(
            [_cell(line[name]) for name in NAMES] + [_cell(attributes.get(name)) for name in further]
        )
    return text.getvalue().encode()


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def _answers(run: Import, lines: Sequence[Line]) -> list[dict[str, Any]]:
    rejects = {
        reject.row_number: reject for reject in Reject.objects.filter(import_run=run).order_by("row_number")
    }
    return [
        _answer(index, line["id"], rejects.get(index + 1 + HEADER_ROWS)) for index, line in enumerate(lines)
    ]


def _answer(index: int, name: str, reject: Reject | None) -> dict[str, Any]:
    if reject is None:
        return {"index": index, "id": name, "result": "accepted"}
    is_duplicate = {problem["reason"] for problem in reject.problems} == {"duplicate"}
    reasons = [
        {
            "field": problem["column"],
            "value": problem["value"],
            "reason": problem["reason"],
            "detail": tell({**problem, "column": ""}),
        }
        for problem in reject.problems
    ]
    result = "duplicate" if is_duplicate else "rejected"
    return {"index": index, "id": name, "result": result, "reasons": reasons}
