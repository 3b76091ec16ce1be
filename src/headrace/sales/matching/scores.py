"""How alike two texts are: 0 to 100, with the reason a person understands. What each means: docs/reference/matching.md.

100 and 99 are the same but for its writing. Below, the score is a proposal: nothing is ever taken for another by it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from rapidfuzz.distance import OSA
from rapidfuzz.fuzz import ratio

from headrace.sales.matching.names import Kind, Reading

SAME, SAME_BUT_FORM = 100, 99
PARTED_DIGITS, ZEROS_BEFORE, OTHER_ORDER, OTHER_FORM = 97, 96, 95, 90
# Other numbers are mostly other things: "GTX 500" is not "GTX 600" however alike they look.
OTHER_NUMBERS_MAX = 75
# All the words of one in the other: less, the more words the other has beside them.
FURTHER_WORDS_MAX, FURTHER_WORDS_MIN = 89, 60
LETTERS_TOLD_MAX = 3
LETTERS_MIN = 4

DIGITS = re.compile(r"\d+(?:[.,]\d+)*")
ZEROS = re.compile(r"(?<![\d.,])0+(?=\d)")


@dataclass(frozen=True, slots=True)
class Score:
    """0 to 100, the code of the reason (told by `reasons.tell_likeness`) and its figures."""

    points: int
    reason: str
    params: Mapping[str, Any] = field(default_factory=dict)


UNLIKE = Score(0, "unlike")


@lru_cache(maxsize=1 << 14)
def read(text: str, kind: Kind) -> Reading:
    return Reading.of(text, kind)


def compare(text: str, known: str, kind: Kind) -> Score:
    """How alike a text of a file and a known code or name are."""
    given, other = read(text, kind), read(known, kind)
    if not given.key or not other.key:
        return UNLIKE
    return _same(text, known, given, other) or _nearly_same(given, other) or _alike(given, other)


def _same(text: str, known: str, given: Reading, other: Reading) -> Score | None:
    if text.casefold() == known.casefold():
        return Score(SAME, "same_but_case")
    if given.whole == other.whole:
        return Score(SAME, "same_letters")
    pairs = [(one, two) for one in given.forms for two in other.forms if one.key == two.key]
    if not pairs:
        return None
    if not any(one.agrees_with(two.legal) for one, two in pairs):
        return Score(OTHER_FORM, "other_legal_form")
    if given.key != other.key:
        return Score(SAME_BUT_FORM, "umlauts")
    if given.legal == other.legal:
        return Score(SAME, "same_legal_form_otherwise")
    return Score(SAME_BUT_FORM, "without_legal_form")


def _nearly_same(given: Reading, other: Reading) -> Score | None:
    if given.key.replace(" ", "") == other.key.replace(" ", ""):
        return Score(PARTED_DIGITS, "digits_parted")
    if ZEROS.sub("", given.key) == ZEROS.sub("", other.key):
        return Score(ZEROS_BEFORE, "zeros_before")
    if len(given.words) > 1 and sorted(given.words) == sorted(other.words):
        return Score(OTHER_ORDER, "other_order")
    return None


def _alike(given: Reading, other: Reading) -> Score:
    ways = [_by_letters(given, other, given.key, other.key), _by_words(given, other)]
    if given.legal or other.legal:
        ways.append(_by_letters(given, other, given.whole, other.whole))
    score = max(ways, key=lambda score: score.points)
    if score.points > OTHER_NUMBERS_MAX and (numbers := _numbers(given)) != (known := _numbers(other)):
        ours, theirs = Counter(numbers), Counter(known)
        return Score(
            OTHER_NUMBERS_MAX,
            "other_numbers",
            {"given": ", ".join(ours - theirs) or "–", "known": ", ".join(theirs - ours) or "–"},
        )
    return score


def _numbers(reading: Reading) -> list[str]:
    return sorted(DIGITS.findall(reading.key))


def _by_letters(given: Reading, other: Reading, key: str, known: str) -> Score:
    """By the letters that must be changed, added, left out or swapped in one key, of those of the longer."""
    length = max(len(key), len(known))
    letters = OSA.distance(key, known)
    points = round(100 * (length - letters) / length)
    if letters <= LETTERS_TOLD_MAX and length >= LETTERS_MIN:
        return Score(min(points, OTHER_ORDER - letters), "letters_differ", {"count": letters})
    in_order = " ".join(sorted(given.words)), " ".join(sorted(other.words))
    points = max(points, round(ratio(*in_order)) - 2)
    return Score(min(points, OTHER_FORM - 1), "partly_alike")


def _by_words(given: Reading, other: Reading) -> Score:
    """By the words that both have, where one has all of the other's."""
    shorter, longer = sorted((given, other), key=lambda read: len(read.words))
    ours, theirs = Counter(shorter.words), Counter(longer.words)
    if ours - theirs or not theirs - ours:
        return UNLIKE
    share = len(shorter.key) / len(longer.key)
    points = FURTHER_WORDS_MIN + round((FURTHER_WORDS_MAX - FURTHER_WORDS_MIN) * min(share, 1))
    return Score(points, "further_words", {"words": " ".join(theirs - ours)})
