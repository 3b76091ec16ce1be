"""Which column of a file most likely is which field: by its name, its values, and what was mapped before.

A proposal is shown with its reason and decides nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import combinations
from typing import Any

from django.utils.translation import gettext_lazy as _
from rapidfuzz import fuzz

from headrace.base.models import Organisation
from headrace.kernel.currency import is_currency
from headrace.sales import guesses, synonyms
from headrace.sales.detect import Detected
from headrace.sales.fields import KIND, KINDS, Field, Kind
from headrace.sales.references import known_codes
from headrace.sales.synonyms import words
from headrace.sales.values import EMAIL

# Of a hundred: a name that is written like a synonym has 100, one that only shares a word with it some 60;
# by chance two short words may have 66 (year, buyer).
SCORE_MIN = 76
KNOWN_CODES = 80
WRONG_VALUES = 60
CLEAR, OTHER_NAME = 95, 20
# So many different values of a column are looked up or tried.
VALUES_MAX = 400
ID_PARTS_MAX = 3
# What tells lines of a sale apart, the most telling first.
TELLING = (
    "id",
    "order_id",
    "serial",
    "product",
    "partner",
    "on",
    "customer",
    "person",
    "quantity",
    "net_amount",
)

REASONS = {
    "remembered": _("So it was the last time."),
    "name": _("The name is like “%(synonym)s”."),
    "codes": _("%(known)s of %(count)s different values are known codes."),
    "unique": _("It differs in each row."),
    "together": _("Together these columns differ in each row."),
}


@dataclass(frozen=True, slots=True)
class Remembered:
    """What was mapped before: names of columns -> fields, and the columns that made the id."""

    fields: Mapping[str, str] = field(default_factory=dict)
    ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Proposal:
    """For one column: the field or none, 0 to 100, and why. `is_id` says that it is part of the row's id."""

    column: str
    field: str = ""
    score: int = 0
    reason: str = ""
    params: Mapping[str, Any] | None = None
    is_id: bool = False

    def __str__(self) -> str:
        """The reason as a sentence in the reader's language; empty without one."""
        return str(REASONS[self.reason]) % (self.params or {}) if self.reason else ""


def propose_kind(detected: Detected) -> Kind:
    """The kind of file whose fields the names of the columns suggest best: above all those that it needs."""
    if detected.format.type in ("x12", "edifact"):
        return KIND["sales"]

    def fits(kind: Kind) -> int:
        found = set(_assigned(_by_name(detected, kind)).values())
        # Sales have a line's id in few files; it is put together of other columns.
        needed = [
            field.name
            for field in kind.fields
            if field.required and (field.name != "id" or kind.of != "sale")
        ]
        return 100 * len(found & set(needed)) // len(needed) + 10 * len(found - set(needed))

    return max(KINDS, key=fits)


Scored = tuple[int, str, float, str, Mapping[str, Any]]


def propose(
    detected: Detected,
    kind: Kind,
    organisation: Organisation,
    remembered: Remembered = Remembered(),
) -> list[Proposal]:
    """One proposal for each column: what it was before goes first."""
    scored = _scored(detected, kind, organisation)
    for place, column in enumerate(detected.columns):
        name = remembered.fields.get(column, "")
        if name != "id" and kind.field(name):
            scored.append((place, name, 1000, "remembered", {}))
    told = {(place, name): (score, reason, params) for place, name, score, reason, params in scored}
    found = {}
    for place, name in _assigned(scored).items():
        score, reason, params = told[place, name]
        found[place] = Proposal(detected.columns[place], name, min(int(score), 100), reason, params)
    return _with_id(detected, kind, found, remembered.ids)


def _assigned(scored: Sequence[Scored]) -> dict[int, str]:
    """The field of each column, best scores first: a column has one field, a field one column."""
    assigned: dict[int, str] = {}
    for place, name, score, _reason, _params in sorted(scored, key=lambda one: -one[2]):
        if score >= SCORE_MIN and place not in assigned and name not in assigned.values():
            assigned[place] = name
    return assigned


def _by_name(detected: Detected, kind: Kind) -> list[Scored]:
    """The score of each column as each field by their names alone."""
    scored: list[Scored] = []
    for place, column in enumerate(detected.columns):
        if column and detected.columns.count(column) == 1:
            for field in kind.fields:
                synonym, score = _nearest(words(column), kind, field)
                scored.append((place, field.name, score, "name", {"synonym": synonym}))
    return scored


@lru_cache(maxsize=4096)
def _nearest(header: str, kind: Kind, field: Field) -> tuple[str, float]:
    """The synonym of a field that a header is most like, and how much: 0 to 100."""
    best, most = "", 0.0
    for synonym in synonyms.names_of(kind, field):
        alike = _alike(header, synonym, is_code=bool(field.refers) or field.name == "id")
        if field.name == "name":
            alike = max(alike, _alike_as_name(header, kind))
        if alike > most:
            best, most = synonym, alike
    return best, most


def _alike(header: str, synonym: str, *, is_code: bool) -> float:
    """How alike two names are: words in any order, and half as much for words that only one has.

    A number of something is its reference: “dealer no” is the dealer; “dealer name” is so only for want of one.
    """
    if is_code:
        rest = _without(synonyms.NUMBER_WORDS, header)
        if rest == synonym:
            return 100
        if _without(synonyms.NAME_WORDS, rest) == synonym:
            return SCORE_MIN
    return (fuzz.token_sort_ratio(header, synonym) * 3 + fuzz.token_set_ratio(header, synonym)) / 4


def _alike_as_name(header: str, kind: Kind) -> float:
    """“Reseller name” names a partner in a file of partners."""
    own = synonyms.REFERENCES.get(kind.of.value, ()) if kind.of else ()
    rest = _without(synonyms.NAME_WORDS, header)
    return 100 if rest != header and rest in own else 0


def _without(some: frozenset[str], header: str) -> str:
    """A header without some words, and without the German endings among them: “artikelnummer” is “artikel”."""
    endings = some & {"nummer", "nr", "name"}
    rest = []
    for word in header.split():
        ending = next((one for one in endings if word.endswith(one) and len(word) > len(one) + 2), "")
        if word not in some:
            rest.append(word.removesuffix(ending))
    return " ".join(rest)


def _scored(detected: Detected, kind: Kind, organisation: Organisation) -> list[Scored]:
    """The scores by name, corrected by what the values say."""
    distinct = [
        list(dict.fromkeys(guesses.filled(detected.values(place))))[:VALUES_MAX]
        for place in range(len(detected.columns))
    ]
    known = _known_codes(detected, kind, organisation, distinct)
    by_name = _by_name(detected, kind)
    clear = {place for place, _name, score, _reason, _params in by_name if score >= CLEAR}
    scored: list[Scored] = []
    for place, name, score, reason, params in by_name:
        if place in clear and score < CLEAR:
            # It says that it is something else: an “order date” is no order, whatever stands in it.
            score -= OTHER_NAME
        field = kind.field(name)
        assert field is not None
        values = distinct[place]
        if values and not _may_be(field, values):
            score -= WRONG_VALUES
        codes = known.get((place, field.refers), 0)
        if codes * 2 > len(values) and codes > 2:
            if score < SCORE_MIN:
                reason, params = "codes", {"known": codes, "count": len(values)}
            score += KNOWN_CODES
        scored.append((place, name, score, reason, params))
    return scored


def _known_codes(
    detected: Detected, kind: Kind, organisation: Organisation, distinct: Sequence[Sequence[str]]
) -> dict[tuple[int, str], int]:
    """How many different values of a column are codes that the organisation knows, by what they refer to.

    Whole numbers are codes of anything, so that they count only where the name suggests the field at all.
    """
    found: dict[tuple[int, str], int] = {}
    for refers in {one.refers for one in kind.fields if one.refers}:
        texts = {value for values in distinct for value in values if len(value) <= 100}
        known = known_codes(organisation, refers, texts)
        for place, values in enumerate(distinct):
            codes = [value for value in values if value in known]
            numbers_only = all(value.isdigit() for value in codes)
            if not numbers_only or _named_like(detected.columns[place], refers):
                found[place, refers] = len(codes)
    return found


def _named_like(column: str, refers: str) -> bool:
    header = words(column)
    return any(fuzz.token_set_ratio(header, name) >= 90 for name in synonyms.REFERENCES[refers])


def _may_be(field: Field, values: Sequence[str]) -> bool:
    """Whether values of a column can be of a field's type, by most of them."""
    if field.type == "date":
        return guesses.is_date_like(values)
    if field.type == "amount":
        return guesses.is_number_like(values) and not (guesses.is_date_like(values) and not _plain(values))
    if field.type == "currency":
        return all(len(value) <= 20 for value in values) and sum(map(_is_currency, values)) * 2 > len(values)
    if field.type == "email":
        return sum(bool(EMAIL.fullmatch(value)) for value in values) * 2 > len(values)
    if field.type == "choice":
        known = {*synonyms.CHOICES.get(field.name, {}), *map(words, field.choices)}
        return sum(words(value) in known for value in values) * 2 > len(values)
    return True


def _plain(values: Sequence[str]) -> bool:
    return all(value.isdigit() for value in values)


def _is_currency(value: str) -> bool:
    return is_currency(value.upper())


def _with_id(
    detected: Detected, kind: Kind, found: dict[int, Proposal], before: Sequence[str]
) -> list[Proposal]:
    """The proposals of all columns, with those marked that tell the rows apart."""
    ids: tuple[int, ...] = ()
    if before and set(before) <= set(detected.columns):
        ids = tuple(map(detected.columns.index, before))
    elif kind.field("id"):
        ids = _telling_columns(detected, kind, found)
    proposals = []
    for place, column in enumerate(detected.columns):
        one = found.get(place) or Proposal(column)
        if one.field == "id":
            one = Proposal(column, "", one.score, one.reason, one.params)
        if place in ids:
            reason = one.reason or ("unique" if len(ids) == 1 else "together")
            one = Proposal(column, one.field, one.score, reason, one.params, is_id=True)
        proposals.append(one)
    return proposals


def _telling_columns(detected: Detected, kind: Kind, found: Mapping[int, Proposal]) -> tuple[int, ...]:
    """The places of the columns that together differ in each row of the sample.

    Of people, products and the like the column that is named so, which may stand there several times: a
    history has many rows of one id.
    """
    named = next((place for place, one in found.items() if one.field == "id"), None)
    if kind.name != "sales":
        return (named,) if named is not None else ()
    rows = [cells for number, cells in zip(detected.numbers, detected.samples, strict=True) if number]
    order = [place for name in TELLING for place, one in found.items() if one.field == name]
    numbered = [place for place in range(len(detected.columns)) if _is_line_number(detected.columns[place])]
    candidates = list(dict.fromkeys([*order[:1], *numbered, *order]))
    for size in range(1, ID_PARTS_MAX + 1):
        for places in combinations(candidates, size):
            if size > 1 and candidates and places[0] != candidates[0]:
                break
            if _differ(rows, places) and (size > 1 or places[0] == named or _is_line_id(found, places[0])):
                return places
    return ()


def _is_line_id(found: Mapping[int, Proposal], place: int) -> bool:
    """An order's number that happens to differ in each row of a sample is still only the order's."""
    one = found.get(place)
    return one is not None and one.field in ("id", "serial")


def _is_line_number(column: str) -> bool:
    header = words(column)
    return any(fuzz.token_sort_ratio(header, name) >= 85 for name in synonyms.LINE_NUMBERS)


def _differ(rows: Sequence[Sequence[str]], places: Sequence[int]) -> bool:
    """Whether no two rows have the same texts there, and none of them is empty."""
    keys = Counter(tuple(cells[place] for place in places) for cells in rows)
    return bool(keys) and max(keys.values()) == 1 and all(all(key) for key in keys)


def attribute_name(column: str) -> str:
    """A name for a further column: `Sales Territory (Key)` is sales_territory_key; empty where no Latin letter is."""
    folded = words(column).translate(UMLAUTS).encode("ascii", "ignore").decode()
    return "_".join(folded.split()).lstrip("0123456789_")[:60]


UMLAUTS = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "à": "a", "è": "e", "é": "e", "ì": "i", "ò": "o", "ù": "u"}
)


def attribute_type(values: Sequence[str]) -> str:
    """number, boolean or text, by all values of the sample."""
    told = list(dict.fromkeys(guesses.filled(values)))
    if not told:
        return "text"
    if {value.lower() for value in told} <= {"true", "false", "yes", "no", "y", "n"}:
        return "boolean"
    numbers = all(guesses.SHAPE_OF_NUMBER.fullmatch(value) for value in told)
    # 0042 is a code; as a number it would lose its zeros.
    codes = any(len(value) > 1 and value[0] == "0" and value.isdigit() for value in told)
    return "number" if numbers and not codes and not guesses.is_date_like(told) else "text"
