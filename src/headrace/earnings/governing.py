"""Which version of a programme governs which earning.

A version governs the periods that start on or after its `from`, until the next version does; one that
`restates` also governs, from their start, the periods that its `from` falls into. Where an earlier version
has a rule over the programme's whole life, that life ends the day before the next version starts, since one
period can't have two versions.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from headrace.engine.calendars import whole_period
from headrace.engine.programme import Every, Programme

FAR = date.max


@dataclass(frozen=True)
class Reign:
    """A version as it is to be calculated, with the versions before and after it."""

    programme: Programme
    first: bool
    successor: Programme | None

    def governs(self, rule: str, period_from: date) -> bool:
        """Whether the earning of `rule` for the period that starts on `period_from` is this version's."""
        starts, ends = _uncut(self.programme, rule, period_from)
        if not self.first and not self.programme.restates and starts < self.programme.starts:
            return False
        if self.successor is None:
            return True
        overlapped = ends >= self.successor.starts
        return starts < self.successor.starts and not (self.successor.restates and overlapped)


def reigns(versions: Sequence[Programme]) -> list[Reign]:
    """The versions in the order of their numbers, each with its life as it is to be calculated."""
    found = []
    for index, programme in enumerate(versions):
        successor = versions[index + 1] if index + 1 < len(versions) else None
        found.append(Reign(_with_life(programme, successor), index == 0, successor))
    return found


def _with_life(programme: Programme, successor: Programme | None) -> Programme:
    if programme.restates:
        starts = min(
            whole_period(programme.starts, rule.every, programme.calendar).starts
            if _recurs(rule.every)
            else programme.starts
            for rule in programme.rules
        )
        programme = replace(programme, starts=starts)
    if successor is not None and any(rule.every.kind == "programme" for rule in programme.rules):
        last = successor.starts - timedelta(days=1)
        programme = replace(programme, ends=min(programme.ends or FAR, last))
    return programme


def _recurs(every: Every) -> bool:
    return every.kind not in ("programme", "windows", "fact", "order")


def _uncut(programme: Programme, rule_key: str, day: date) -> tuple[date, date]:
    """First and last day of the period `day` lies in, as if the programme had no start and no end."""
    every = next(rule.every for rule in programme.rules if rule.key == rule_key)
    if every.kind in ("fact", "order"):
        return day, day
    if every.kind == "programme":
        return programme.starts, programme.ends or FAR
    if every.kind == "windows":
        window = next(w for w in every.windows if w.starts <= day <= w.ends)
        return window.starts, window.ends
    period = whole_period(day, every, programme.calendar)
    return period.starts, period.ends
