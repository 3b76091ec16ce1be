"""Normal forms of names and codes: what is left when only its writing is taken away from a text.

"Ware House", "WAREHOUSE" and "ware-house" have one form, "GTX-Pro" and "GTX PRO" too. Kept apart is what tells
things apart: digits that are parted ("12-3" is not "123"), a decimal point, a plus ("Note 10+"), zeros in front.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from headrace.sales.matching.legal_forms import (
    BEFORE,
    FORM_OF,
    GLUED,
    GLUED_SPELLINGS,
    WORDS_MAX,
)

Kind = Literal["partner", "person", "product", "customer"]
# Whose names have legal forms.
COMPANIES = frozenset(("partner", "customer"))

# Letters that are no letter with a mark, and how they are written without them.
LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h", "ŋ": "n",
     "ى": "ي", "ة": "ه", "ی": "ي", "ک": "ك", "ـ": "", "ё": "е", "’": "'", "‘": "'", "`": "'", "´": "'"}
)  # fmt: skip
# Written out where there is no such key.
WRITTEN_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"})
AND = frozenset(("&", "and", "und", "et", "dan", "og", "och", "و"))
# The scripts whose marks may be left out without another word coming of it.
BARE_SCRIPTS = ((0x0000, 0x024F), (0x0370, 0x03FF), (0x0590, 0x06FF), (0x0750, 0x077F), (0x1E00, 0x1FFF))

ABBREVIATION = re.compile(r"\b(?:[^\W\d_]\.){2,}(?:[^\W\d_]\b)?|\b[^\W\d_](?:\.[^\W\d_])+\b")
# Marks that are vowels of their scripts: to regular expressions they are no letters.
MARKS = "".join(
    chr(sign) for sign in range(0x0900, 0xFB00) if unicodedata.category(chr(sign)) in ("Mn", "Mc")
)
# A word: letters and digits, decimals, a plus or a number sign behind; "and" as a sign of its own.
WORD = re.compile(
    rf"(?:[^\W_]|[{MARKS}]|(?<=\d)[.,](?=\d)|(?<=[^\W_])\++(?![^\W_])|(?<=[^\W\d_])#(?![^\W_])|%)+"
    r"|&|(?<=\s)\+(?=\s)"
)
APOSTROPHES = re.compile(r"['\u02bc]")
PARTED_DIGITS = re.compile(r"(?<=\d) (?=\d)")


NO_FORM: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class NormalForm:
    """What is compared: the letters and digits of a text, and of a company's name its legal forms apart."""

    key: str
    legal: frozenset[str] = NO_FORM

    def agrees_with(self, legal: frozenset[str]) -> bool:
        """Whether the legal forms tell no two companies apart: one has all of the other's, or none."""
        return self.legal <= legal or legal <= self.legal


def folded(text: str) -> str:
    """One writing of each letter and digit: no case, width, marks on letters, or signs that nobody sees."""
    if text.isascii():
        return text.lower()
    text = unicodedata.normalize("NFKC", text).casefold().translate(LETTERS)
    return unicodedata.normalize("NFC", "".join(_bare(unicodedata.normalize("NFKD", text))))


def _bare(text: str) -> Iterator[str]:
    may_be_bare = False
    for sign in text:
        category = unicodedata.category(sign)
        if category == "Mn":
            if not may_be_bare:
                yield sign
        elif category == "Nd":
            may_be_bare = False
            yield str(unicodedata.decimal(sign))
        elif category != "Cf":
            may_be_bare = any(first <= ord(sign) <= last for first, last in BARE_SCRIPTS)
            yield sign


@lru_cache(maxsize=1 << 16)
def plain_words(text: str) -> tuple[str, ...]:
    """The words of a text, folded, without punctuation: "S.r.l." is one word, "&" is "and"."""
    text = APOSTROPHES.sub("", folded(text))
    if "." in text:
        text = ABBREVIATION.sub(lambda match: match[0].replace(".", ""), text)
    words = WORD.findall(text)
    last = len(words) - 1
    return tuple(
        "and" if 0 < place < last and (word in AND or word == "+") else word
        for place, word in enumerate(words)
        if word not in ("&", "+") or 0 < place < last
    )


def key_of(words: tuple[str, ...]) -> str:
    """The words without spaces but where a space parts digits."""
    joined = " ".join(words)
    if PARTED_DIGITS.search(joined) is None:
        return joined.replace(" ", "")
    return PARTED_DIGITS.sub("\0", joined).replace(" ", "").replace("\0", " ")


def split_legal_forms(words: tuple[str, ...]) -> tuple[tuple[str, ...], frozenset[str]]:
    """The words of a company's name without its legal forms, and these; a name that is only a form keeps it."""
    found = set()
    while parted := _behind(words) or _before(words) or _glued(words):
        words, form = parted
        found.add(form)
    return words, frozenset(found)


Parted = tuple[tuple[str, ...], str]


def _behind(words: tuple[str, ...]) -> Parted | None:
    for count in range(min(WORDS_MAX, len(words) - 1), 0, -1):
        form = FORM_OF.get("".join(words[-count:]), "")
        if form and (form not in BEFORE or form in GLUED):
            return words[:-count], form
    return None


def _before(words: tuple[str, ...]) -> Parted | None:
    for count in range(min(WORDS_MAX, len(words) - 1), 0, -1):
        form = FORM_OF.get("".join(words[:count]), "")
        if form in BEFORE:
            return words[count:], form
    return None


def _glued(words: tuple[str, ...]) -> Parted | None:
    if not words or words[-1].isascii():
        return None
    for spelling, form in GLUED_SPELLINGS:
        if words[-1].endswith(spelling) and words[-1] != spelling:
            return (*words[:-1], words[-1].removesuffix(spelling)), form
        if words[0].startswith(spelling) and words[0] != spelling:
            return (words[0].removeprefix(spelling), *words[1:]), form
    return None


def alias_key(text: str) -> str:
    """By what a decision on a text is remembered: all its letters and digits; of signs alone, the signs."""
    return key_of(plain_words(text)) or folded(text).strip()


def normal_forms(text: str, kind: Kind) -> frozenset[NormalForm]:
    """The forms a text may be known by, none where it has neither letter nor digit.

    Of a company there is one without its legal forms, and one with them, as they may be written in one word with
    the name. Of "Müller" there is "mueller" too: the umlaut may be bare or written out.
    """
    return Reading.of(text, kind).forms


@dataclass(frozen=True, slots=True)
class Reading:
    """A text as it is compared: its words and key without legal forms, its key with them, and all its forms."""

    words: tuple[str, ...]
    key: str
    whole: str
    legal: frozenset[str]
    forms: frozenset[NormalForm]

    @classmethod
    def of(cls, text: str, kind: Kind) -> Reading:
        words, whole, legal = _parted(plain_words(text), kind)
        key = key_of(words) if legal else whole
        forms = {NormalForm(whole), NormalForm(key, legal)}
        if not text.isascii():
            written_out = unicodedata.normalize("NFKC", text).casefold().translate(WRITTEN_OUT)
            other_words, other_whole, other_legal = _parted(plain_words(written_out), kind)
            forms |= {NormalForm(other_whole), NormalForm(key_of(other_words), other_legal)}
        return cls(words, key, whole, legal, frozenset(form for form in forms if form.key))


def _parted(words: tuple[str, ...], kind: Kind) -> tuple[tuple[str, ...], str, frozenset[str]]:
    """(words without legal forms, key with them, legal forms)"""
    bare, legal = split_legal_forms(words) if kind in COMPANIES else (words, NO_FORM)
    return bare, key_of(words), legal
