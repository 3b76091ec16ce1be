"""Countries of the demo and the names used in them, read from material/countries.yaml."""

import re
import unicodedata
from dataclasses import dataclass
from random import Random
from typing import Any, NamedTuple

import yaml

from headrace.demo.catalogue import MATERIAL

GERMAN_LETTERS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})


class Name(NamedTuple):
    """A name in its own script and as a Latin keyboard writes it."""

    local: str
    latin: str

    def filled(self, **parts: "Name") -> "Name":
        """This name as a pattern with its {places} filled; a pattern in Latin script takes Latin parts."""
        script = 1 if self.local == self.latin else 0
        return Name(
            self.local.format(**{key: part[script] for key, part in parts.items()}),
            self.latin.format(**{key: part.latin for key, part in parts.items()}),
        )


def slug(text: str) -> str:
    """Lower-case ASCII words joined by hyphens, as in an e-mail address."""
    folded = unicodedata.normalize("NFKD", text.translate(GERMAN_LETTERS)).encode("ascii", "ignore").decode()
    return "-".join(re.findall("[a-z0-9]+", folded.lower()))


@dataclass(frozen=True, slots=True)
class Country:
    code: str
    name: str
    region: str
    language: str
    climate: str
    weekend: frozenset[int]
    """Weekdays without business, Monday is 0."""
    cities: tuple[Name, ...]
    families: tuple[Name, ...]
    given: tuple[Name, ...]
    firms: dict[str, tuple[Name, ...]]
    """Patterns of company names by type of partner."""
    ends: tuple[tuple[str, Name], ...]
    """Segment and pattern of the name of end customers."""
    partners: dict[str, int]
    customers: int

    def person_name(self, random: Random, family: Name | None = None) -> Name:
        given, family = random.choice(self.given), family or random.choice(self.families)
        return Name(f"{given.local} {family.local}", f"{given.latin} {family.latin}")


def load_countries() -> list[Country]:
    material = yaml.safe_load((MATERIAL / "countries.yaml").read_text(encoding="utf-8"))
    return [_country(code, entry) for code, entry in material.items()]


def _country(code: str, entry: dict[str, Any]) -> Country:
    return Country(
        code=code,
        name=entry["name"],
        region=entry["region"],
        language=entry["language"],
        climate=entry["climate"],
        partners=entry["partners"],
        customers=entry["customers"],
        cities=_names(entry["cities"]),
        families=_names(entry["families"]),
        given=_names(entry["given"]),
        weekend=frozenset(entry["weekend"]),
        firms={kind: _names(patterns) for kind, patterns in entry["firms"].items()},
        ends=tuple(
            (segment, name) for segment, patterns in entry["ends"].items() for name in _names(patterns)
        ),
    )


def _names(entries: list[Any]) -> tuple[Name, ...]:
    return tuple(Name(entry, entry) if isinstance(entry, str) else Name(*entry) for entry in entries)
