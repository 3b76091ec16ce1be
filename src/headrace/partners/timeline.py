"""What held when: spans of days that never overlap. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Span:
    """`held` from `start` to `end`, both included; None means open on that side."""

    start: date | None
    end: date | None
    held: Any

    def covers(self, day: date) -> bool:
        return (self.start is None or self.start <= day) and (self.end is None or day <= self.end)


def overlay(spans: list[Span], new: Span) -> list[Span]:
    """The spans with `new` laid over them, ascending; neighbours that hold the same become one.

    A `new` without an end holds until the next span begins, so the rows of a history may come in any order.
    """
    later = [span.start for span in spans if _starts_after(span, new)]
    if new.end is None and later:
        new = replace(new, end=min(day for day in later if day) - DAY)
    pieces = [piece for span in spans for piece in _without(span, new)]
    return _joined(sorted([*pieces, new], key=lambda span: span.start or date.min))


def _starts_after(span: Span, new: Span) -> bool:
    return span.start is not None and (new.start is None or span.start > new.start)


def _without(span: Span, cut: Span) -> list[Span]:
    """What is left of `span` before and after the days of `cut`."""
    pieces = []
    if cut.start is not None and (span.start is None or span.start < cut.start):
        before = cut.start - DAY
        pieces.append(replace(span, end=before if span.end is None else min(span.end, before)))
    if cut.end is not None and (span.end is None or span.end > cut.end):
        after = cut.end + DAY
        pieces.append(replace(span, start=after if span.start is None else max(span.start, after)))
    return pieces


def _joined(spans: list[Span]) -> list[Span]:
    joined: list[Span] = []
    for span in spans:
        last = joined[-1] if joined else None
        if last and last.held == span.held and last.end and span.start and last.end + DAY == span.start:
            joined[-1] = replace(last, end=span.end)
        else:
            joined.append(span)
    return joined
