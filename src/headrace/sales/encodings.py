"""Which letters a file is written in, found out from its bytes."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

CHUNK_BYTES = 1 << 20
# So much is read to see whether a file is UTF-8 throughout; a wrong byte further on is told by the import.
READ_BYTES_MAX = 256 << 20
# Letters beyond ASCII that are looked at to tell the older encodings apart.
LETTERS_MAX = 20_000
# Of each encoding the letters that are common where it is used; what another makes of the same bytes is rare.
COMMON = {
    "windows-1252": "äöüßÄÖÜéèêëàâáçñíìîïóòôõúùûåæøÉ€’‘“”–…°",
    "windows-1250": "ąćęłńóśźżĄĆĘŁŃÓŚŹŻěščřžýáíéůúťďňĚŠČŘŽÁŮőűäöüßÄÖÜăâîşţ€’“”–…",
    "windows-1256": "ابتثجحخدذرزسشصضطظعغفقكلمنهويىءآأإؤئةپچگ،؛؟€’“”–…",
}


@dataclass(frozen=True, slots=True)
class FoundEncoding:
    """`sample` is a word with letters beyond ASCII; `sure` says that no other encoding would do as well."""

    name: str
    sure: bool
    marked: bool = False
    sample: str = ""


def find_encoding(path: Path) -> FoundEncoding:
    """By the mark at the beginning; UTF-8 where every byte obeys it; else by the letters that come out."""
    with path.open("rb") as file:
        head = file.read(4)
    if head.startswith(codecs.BOM_UTF8):
        return FoundEncoding("utf-8", sure=True, marked=True)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return FoundEncoding("utf-16", sure=True, marked=True)
    if _is_utf_8(path):
        return FoundEncoding("utf-8", sure=True)
    return _by_letters(b" ".join(_words_beyond_ascii(path)))


def _is_utf_8(path: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for chunk in _chunks(path):
            decoder.decode(chunk)
    except UnicodeDecodeError:
        return False
    return True


def _chunks(path: Path) -> Iterator[bytes]:
    read = 0
    with path.open("rb") as file:
        while read < READ_BYTES_MAX and (chunk := file.read(CHUNK_BYTES)):
            read += len(chunk)
            yield chunk


def _words_beyond_ascii(path: Path) -> Iterator[bytes]:
    letters = 0
    for chunk in _chunks(path):
        if chunk.isascii():
            continue
        for word in chunk.translate(SEPARATORS).split():
            if not word.isascii():
                yield word
                letters += len(word)
        if letters > LETTERS_MAX:
            return


# What parts words, so that a sample is a word: delimiters, quotes and brackets become spaces.
SEPARATORS = bytes(32 if chr(code) in ',;|^~:"()\t\r\n' else code for code in range(256))


def _by_letters(words: bytes) -> FoundEncoding:
    """The encoding in which most of the letters are common; the first of them where several are alike."""
    scores = {name: _common(words, name) for name in COMMON}
    best = max(scores, key=lambda name: scores[name])
    read = words.decode(best, "replace")
    rivals = [
        name for name in COMMON if scores[name] == scores[best] and words.decode(name, "replace") != read
    ]
    beyond = sum(byte > 127 for byte in words)
    sure = not rivals and scores[best] * 10 >= beyond * 9
    return FoundEncoding(best, sure=sure, sample=next(iter(read.split()), "")[:40])


def _common(words: bytes, name: str) -> int:
    letters = set(COMMON[name])
    return sum(sign in letters for sign in words.decode(name, "replace"))
