"""The envelopes around a message: each begun is ended, with the number it began with and the right count."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from headrace.sales.edi.segments import Segment
from headrace.sales.reasons import FileRefused


@dataclass(frozen=True, slots=True)
class Level:
    """One kind of envelope: the segments that open and close it, the levels it may stand in ("" for none).

    `number` is the element of the opening segment that the closing one repeats. `holds` says what the
    closing segment counts: the segments of a message, its own two among them, or the envelopes within.
    """

    opens: str
    closes: str
    inside: tuple[str, ...]
    number: int
    is_message: bool = False


@dataclass(slots=True)
class _Open:
    level: Level
    number: str
    count: int = 0


def checked(segments: Iterator[Segment], levels: tuple[Level, ...]) -> Iterator[Segment]:
    """The segments as they come; raises FileRefused at the first that the envelopes forbid."""
    opening = {level.opens: level for level in levels}
    closing = {level.closes for level in levels}
    stack: list[_Open] = []
    seen = False
    for segment in segments:
        seen = True
        within = stack[-1] if stack else None
        if segment.tag in opening:
            _open(segment, opening[segment.tag], stack)
        elif segment.tag in closing:
            _close(segment, stack)
        elif within is None or not within.level.is_message:
            raise _misplaced(segment)
        else:
            within.count += 1
        yield segment
    if stack or not seen:
        raise FileRefused("edi_no_end", wanted=stack[-1].level.closes if stack else levels[0].opens)


def _open(segment: Segment, level: Level, stack: list[_Open]) -> None:
    parent = stack[-1].level.opens if stack else ""
    if parent not in level.inside:
        raise _misplaced(segment)
    if stack:
        stack[-1].count += 1
    stack.append(_Open(level, segment.get(level.number), count=int(level.is_message)))


def _close(segment: Segment, stack: list[_Open]) -> None:
    if not stack or stack[-1].level.closes != segment.tag:
        raise _misplaced(segment)
    ended = stack.pop()
    count = ended.count + ended.level.is_message
    told = {"tag": segment.tag, "place": segment.place}
    if segment.get(1).lstrip("0") != str(count).lstrip("0"):
        raise FileRefused("edi_wrong_count", given=segment.get(1), found=count, **told)
    if segment.get(2).lstrip("0") != ended.number.lstrip("0"):
        opened = ended.level.opens
        raise FileRefused("edi_wrong_number", given=segment.get(2), begun=ended.number, opened=opened, **told)


def _misplaced(segment: Segment) -> FileRefused:
    return FileRefused("edi_out_of_place", tag=segment.tag[:10], place=segment.place)
