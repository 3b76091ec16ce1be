"""A file of X12 or EDIFACT cut into segments, a piece at a time: memory is bounded by one segment."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from headrace.sales.reasons import FileRefused

# The longest that an agreement between partners uses is some thousand signs; without a bound, a file that
# never ends its first segment would be read into memory whole.
SEGMENT_LENGTH_MAX = 20_000
CHUNK_BYTES = 1 << 16


@dataclass(frozen=True, slots=True)
class Signs:
    """What parts the pieces: `release` (EDIFACT's “?”) before a sign makes it an ordinary letter."""

    element: str
    component: str
    terminator: str
    release: str = ""


@dataclass(frozen=True, slots=True)
class Segment:
    """One segment: its tag, its elements as lists of components, and its place in the file, from 1 on."""

    tag: str
    elements: list[list[str]]
    place: int

    def get(self, element: int, component: int = 1) -> str:
        """The text of an element, counted as the standards do: `get(2)` is BGM02; empty where there is none."""
        try:
            return self.elements[element - 1][component - 1].strip()
        except IndexError:
            return ""


def read_segments(file: BinaryIO, encoding: str, signs: Signs) -> Iterator[Segment]:
    """The segments from where the file stands. Raises FileRefused where one has no end or can't be read."""
    for place, raw in enumerate(_texts(file, encoding, signs), start=1):
        elements = _elements(raw, signs)
        yield Segment(elements[0][0].strip(), elements[1:], place)


def _texts(file: BinaryIO, encoding: str, signs: Signs) -> Iterator[str]:
    """Each segment's text without its terminator and without the line ends that many put behind it."""
    whole = _whole_segment(signs)
    rest, place = "", 1
    for text in _decoded(file, encoding):
        rest += text
        start = 0
        while match := whole.match(rest, start):
            start = match.end()
            if segment := match[1].strip("\r\n "):
                yield segment
                place += 1
        rest = rest[start:]
        if len(rest) > SEGMENT_LENGTH_MAX + CHUNK_BYTES:
            raise FileRefused("edi_no_terminator", place=place, limit=SEGMENT_LENGTH_MAX)
    if rest.strip("\r\n \x1a\x00"):
        raise FileRefused("edi_cut_off", place=place)


def _whole_segment(signs: Signs) -> re.Pattern[str]:
    end = re.escape(signs.terminator)
    if not signs.release:
        return re.compile(f"([^{end}]*+){end}", re.DOTALL)
    release = re.escape(signs.release)
    return re.compile(f"((?:{release}.|[^{release}{end}])*+){end}", re.DOTALL)


def _decoded(file: BinaryIO, encoding: str) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        while chunk := file.read(CHUNK_BYTES):
            yield decoder.decode(chunk).replace("\0", "")  # filler of old systems; no database keeps it
        yield decoder.decode(b"", final=True)
    except UnicodeError:
        raise FileRefused("edi_encoding", encoding=encoding) from None


def _elements(raw: str, signs: Signs) -> list[list[str]]:
    if not signs.release or signs.release not in raw:
        return [element.split(signs.component) for element in raw.split(signs.element)]
    return [
        [
            _released(component, signs.release)
            for component in _parted(element, signs.component, signs.release)
        ]
        for element in _parted(raw, signs.element, signs.release)
    ]


def _parted(text: str, sign: str, release: str) -> list[str]:
    """The text parted at each sign that is not released; what is released stays as it came."""
    pieces, start, place = [], 0, 0
    while place < len(text):
        if text[place] == release:
            place += 1
        elif text[place] == sign:
            pieces.append(text[start:place])
            start = place + 1
        place += 1
    return [*pieces, text[start:]]


def _released(text: str, release: str) -> str:
    return re.sub(f"{re.escape(release)}(.)", r"\1", text, flags=re.DOTALL)
