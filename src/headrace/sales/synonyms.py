"""What the columns of files are called, out of synonyms.yaml."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

from headrace.sales.fields import Field, Kind

_TEXT = (Path(__file__).parent / "synonyms.yaml").read_text(encoding="utf-8")
# As text throughout: to YAML “no” is false.
_KNOWN: Mapping[str, Any] = yaml.load(_TEXT, Loader=yaml.BaseLoader)


def words(header: str) -> str:
    """A header as small words: `SalesOrderNumber` is “sales order number”, `Händler-Nr.` “händler nr”."""
    text = unicodedata.normalize("NFKC", header)
    text = re.sub(r"(?<=[a-zà-ÿ0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", text)
    text = re.sub(r"[^\w]+|_", " ", text.casefold())
    # Without its marks Arabic is written in one way.
    text = "".join(
        sign for sign in text if not unicodedata.combining(sign) or not "\u0600" <= sign <= "\u06ff"
    )
    return " ".join(text.split())


def _names(told: Iterable[str]) -> tuple[str, ...]:
    return tuple(words(name) for name in told)


REFERENCES: Mapping[str, tuple[str, ...]] = {of: _names(names) for of, names in _KNOWN["of"].items()}
FIELDS: Mapping[str, tuple[str, ...]] = {field: _names(names) for field, names in _KNOWN["fields"].items()}
NAMES, LINES, LINE_NUMBERS = (_names(_KNOWN[key]) for key in ("name", "line", "line_number"))
NUMBER_WORDS, NAME_WORDS = frozenset(_names(_KNOWN["number"])), frozenset(NAMES)
# Of each field with choices: what they are called -> the choice.
CHOICES: Mapping[str, Mapping[str, str]] = {
    field: {words(name): choice for choice, names in choices.items() for name in names}
    for field, choices in _KNOWN["choices"].items()
}


def names_of(kind: Kind, field: Field) -> tuple[str, ...]:
    """What a field of a kind of file may be called."""
    if field.refers and field.refers == field.name:
        return REFERENCES[field.refers]
    own = REFERENCES.get(kind.of.value, ()) if kind.of else ()
    if field.name == "id":
        return LINES if kind.of == "sale" else own
    if field.name == "name":
        # A product's name is often called what the product is called.
        return (*NAMES, *(own if kind.of == "product" else ()))
    return FIELDS.get(field.name, ())
