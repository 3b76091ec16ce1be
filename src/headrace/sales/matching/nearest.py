"""The likeliest of many known rows for a text, without comparing it to each.

Every known text is cut into pieces of two and three signs; an index says which texts have a piece. Of a text only its
rarest pieces are looked up, so that the work does not grow with what all texts share, and only the few rows that share
the most with it are compared letter by letter. 100,000 names against 100,000 take a minute instead of hours.
"""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from heapq import nlargest

from rapidfuzz import fuzz, process

from headrace.sales.matching.names import COMPANIES, Kind, normal_forms, plain_words, split_legal_forms
from headrace.sales.matching.scores import Score, compare

# How many texts that have a piece are looked at, how many of them are compared roughly, and how many by all rules.
LOOKED_AT_MAX = 3_000
ROUGHLY_COMPARED = 200
COMPARED_MAX = 6
SHORT_MAX = 9
PROPOSED_MIN = 65
PROPOSALS_MAX = 3


@dataclass(frozen=True, slots=True)
class Known:
    """A row that a text may mean."""

    pk: int
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Proposal:
    known: Known
    score: Score


class Catalogue:
    """All the rows of one kind that texts may mean."""

    def __init__(self, kind: Kind, rows: Iterable[Known]) -> None:
        self.kind = kind
        self.rows = list(rows)
        self._by_key: dict[str, list[tuple[frozenset[str], int]]] | None = None
        self._index: _Index | None = None

    def same(self, text: str) -> Known | None:
        """The one row that has the text for its code or name but for the writing; None of several."""
        by_key = self._keys()
        places: dict[int, bool] = {}
        for form in normal_forms(text, self.kind):
            for legal, place in by_key.get(form.key, ()):
                if form.agrees_with(legal):
                    places[place] = places.get(place, False) or legal == form.legal
        # A name with its legal form means the row with that form, though another may have none.
        best = [place for place, is_exact in places.items() if is_exact] or list(places)
        return self.rows[best[0]] if len(best) == 1 else None

    def nearest(self, text: str) -> list[Proposal]:
        """The likeliest rows, the best first: at most PROPOSALS_MAX, each with PROPOSED_MIN points or more."""
        if self._index is None:
            texts = ((place, told) for place, row in enumerate(self.rows) for told in {row.code, row.name})
            self._index = _Index((place, told, _words(told, self.kind)) for place, told in texts)
        best: dict[int, Score] = {}
        for place, told in self._index.candidates(_words(text, self.kind)):
            score = compare(text, told, self.kind)
            if score.points >= PROPOSED_MIN and (place not in best or score.points > best[place].points):
                best[place] = score
        found = [Proposal(self.rows[place], score) for place, score in best.items()]
        return nlargest(PROPOSALS_MAX, found, key=lambda one: (one.score.points, -one.known.pk))

    def _keys(self) -> dict[str, list[tuple[frozenset[str], int]]]:
        if self._by_key is None:
            self._by_key = {}
            for place, row in enumerate(self.rows):
                for form in normal_forms(row.code, self.kind) | normal_forms(row.name, self.kind):
                    self._by_key.setdefault(form.key, []).append((form.legal, place))
        return self._by_key


class _Index:
    """Texts, each with the place of what it names and its words apart by spaces; and which of them have a piece."""

    def __init__(self, texts: Iterable[tuple[int, str, str]]) -> None:
        self.places = array("I")
        self.texts: list[str] = []
        self.words: list[str] = []
        self.keys: list[str] = []
        self.having: dict[str, array[int]] = defaultdict(lambda: array("I"))
        for place, text, words in texts:
            for piece in _pieces(words):
                self.having[piece].append(len(self.words))
            self.places.append(place)
            self.texts.append(text)
            self.words.append(words)
            self.keys.append(words.replace(" ", ""))

    def candidates(self, words: str) -> list[tuple[int, str]]:
        """(place, text) of what may be meant: of the texts that share most pieces, the likest in two ways."""
        shared = self._sharing_most(words)
        keys = {number: self.keys[number] for number in shared}
        in_order = {number: self.words[number] for number in shared}
        likest = [
            *process.extract(words.replace(" ", ""), keys, scorer=fuzz.ratio, limit=COMPARED_MAX),
            *process.extract(words, in_order, scorer=fuzz.token_sort_ratio, limit=COMPARED_MAX),
        ]
        numbers = {number for _text, _ratio, number in likest}
        return [(self.places[number], self.texts[number]) for number in numbers]

    def _sharing_most(self, words: str) -> list[int]:
        """The texts that share the most pieces with the words, the rarest pieces counted first."""
        having = sorted((self.having[piece] for piece in _pieces(words) if piece in self.having), key=len)
        counted: Counter[int] = Counter()
        looked_at = 0
        for texts in having:
            looked_at += len(texts)
            if looked_at > LOOKED_AT_MAX and counted:
                break
            counted.update(texts)
        enough = _enough(Counter(counted.values()))
        return [text for text, count in counted.items() if count >= enough]


def _enough(texts_by_count: Counter[int]) -> int:
    """How many shared pieces leave about ROUGHLY_COMPARED texts."""
    texts = 0
    for count in sorted(texts_by_count, reverse=True):
        texts += texts_by_count[count]
        if texts >= ROUGHLY_COMPARED:
            return count
    return 1


def _words(text: str, kind: Kind) -> str:
    words = plain_words(text)
    return " ".join(split_legal_forms(words)[0] if kind in COMPANIES else words)


def _pieces(words: str) -> set[str]:
    """Of "ware house" ^war, ware, areh, reho, ...; of a short text shorter ones too."""
    marked = f"^{words.replace(' ', '')}$"
    sizes = (2, 3) if len(marked) <= SHORT_MAX else (3, 4)
    return {marked[place : place + size] for size in sizes for place in range(len(marked) - size + 1)}
