"""What a person chose for the columns of a file, first as it is proposed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import lru_cache
from typing import Any

from babel import Locale

from headrace.base.models import Organisation
from headrace.sales import guesses, proposals, synonyms
from headrace.sales.detect import Detected
from headrace.sales.fields import KIND, Kind
from headrace.sales.models import Attribute
from headrace.sales.synonyms import words

# Instead of a field: the column is a further one, an attribute.
FURTHER = "@further"
# Fields whose values are often written otherwise than Headrace wants them: replaced value by value.
REPLACED = ("flow", "role", "country")
REPLACED_MAX = 60
LANGUAGES = ("en", "de", "it", "ms", "ar")


@dataclass(frozen=True, slots=True)
class ColumnChoice:
    """`use` is a field, FURTHER or nothing; `is_id` says that the column is part of the row's id.

    `reason`, `params` and `score` tell why it was proposed.
    """

    name: str
    use: str = ""
    is_id: bool = False
    attribute: str = ""
    type: str = "text"
    reason: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)
    score: int = 0

    @property
    def told(self) -> str:
        return str(proposals.REASONS[self.reason]) % self.params if self.reason else ""


@dataclass(frozen=True, slots=True)
class Choices:
    """All that a mapping needs.

    `values` replaces texts of a field; `create` lists the fields whose unknown codes are made.
    """

    kind: str
    columns: tuple[ColumnChoice, ...]
    constants: Mapping[str, str] = field(default_factory=dict)
    create: tuple[str, ...] = ()
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    empty: tuple[str, ...] = ()
    # The order in which columns made the id before: in another one the same lines would get other ids.
    ids: tuple[str, ...] = ()

    @property
    def kind_of_file(self) -> Kind:
        return KIND[self.kind]

    def column_of(self, name: str) -> int | None:
        """The place of the column that gives a field."""
        return next((place for place, one in enumerate(self.columns) if one.use == name), None)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def of_json(cls, told: Mapping[str, Any]) -> Choices:
        return cls(
            told["kind"],
            tuple(ColumnChoice(**one) for one in told["columns"]),
            told["constants"],
            tuple(told["create"]),
            told["values"],
            tuple(told["empty"]),
            tuple(told["ids"]),
        )


def proposed(
    detected: Detected, kind: Kind, organisation: Organisation, remembered: proposals.Remembered
) -> Choices:
    """The choices as they are proposed for a kind of file."""
    found = proposals.propose(detected, kind, organisation, remembered)
    known = set(
        Attribute.objects.filter(organisation=organisation, of=kind.of or "").values_list("name", flat=True)
    )
    columns = tuple(_column(one, detected.values(place), known) for place, one in enumerate(found))
    choices = Choices(kind.name.value, _named(columns, kind), empty=detected.empty, ids=remembered.ids)
    choices = replace(choices, create=("customer",) if choices.column_of("customer") is not None else ())
    return with_replacements(choices, detected.samples)


def _column(one: proposals.Proposal, values: list[str], known: set[str]) -> ColumnChoice:
    attribute = proposals.attribute_name(one.column)
    use = one.field
    if not use and not one.is_id and attribute in known:
        use = FURTHER
    return ColumnChoice(
        one.column,
        use,
        one.is_id,
        attribute,
        proposals.attribute_type(values),
        one.reason,
        one.params or {},
        one.score,
    )


def _named(columns: tuple[ColumnChoice, ...], kind: Kind) -> tuple[ColumnChoice, ...]:
    """Where no column has names, the id stands for them: better than a file that can't be taken in."""
    wanted = kind.field("name")
    if wanted is None or any(one.use == "name" for one in columns):
        return columns
    ids = [one for one in columns if one.is_id and not one.use]
    return tuple(replace(one, use="name") if ids[:1] == [one] else one for one in columns)


def with_replacements(choices: Choices, samples: list[list[str]]) -> Choices:
    """The choices with the values of the sample that a field may want replaced, where they are not told yet."""
    values = {}
    for name in REPLACED:
        place = choices.column_of(name)
        if place is None:
            continue
        told = choices.values.get(name, {})
        texts = list(dict.fromkeys(guesses.filled(cells[place] for cells in samples if place < len(cells))))[
            :REPLACED_MAX
        ]
        values[name] = {
            text: told.get(text, _replacement(name, text, choices.kind_of_file)) for text in texts
        } | dict(told)
    return replace(choices, values=values)


def _replacement(name: str, text: str, kind: Kind) -> str:
    """What Headrace calls a value, where that can be told; else nothing."""
    if name == "country":
        return _countries().get(text.casefold(), "")
    wanted = kind.field(name)
    if wanted is None or text in wanted.choices:
        return ""
    plain = words(text)
    return synonyms.CHOICES[name].get(
        plain, plain.replace(" ", "_") if plain.replace(" ", "_") in wanted.choices else ""
    )


@lru_cache(maxsize=1)
def _countries() -> dict[str, str]:
    """The names of countries in all languages, in small letters -> their code of two letters."""
    return {
        name.casefold(): code
        for language in LANGUAGES
        for code, name in Locale(language).territories.items()
        if re.fullmatch("[A-Z]{2}", code)
    }
