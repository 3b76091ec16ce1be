"""Which version of a programme governs which earning.

A version governs the periods that start on or after its `from`, until the next version does; one that
`restates` also governs, from their start, the periods that its `from` falls into. Where an earlier version
has a rule over the programme's whole life, that life ends the day before the next version starts, since one
period can't have two versions.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from headrace.engine.calendars import period_of
from headrace.engine.programme import Every, Programme
from headrace.kernel.period import Period

ALWAYS = Period(date.min, date.max)


@dataclass(frozen=True)
class Reign:
    """A version as it is to be calculated: `programme` with its life fitted to the versions beside it.

    `starts` is the version's own `from`, None for the first version; `takes_over` tells that it also governs the
    periods which `starts` falls into.
    """

    programme: Programme
    starts: date | None
    takes_over: bool
    successor: Programme | None

    def governs(self, rule: str, period_from: date) -> bool:
        """Whether the earning of `rule` for the period that starts on `period_from` is this version's."""
        every = next(each.every for each in self.programme.rules if each.key == rule)
        period = uncut(self.programme, every, period_from)
        if self.starts is not None and (period.ends if self.takes_over else period.starts) < self.starts:
            return False
        if self.successor is None or period.ends < self.successor.starts:
            return True
        return period.starts < self.successor.starts and not self.successor.restates


def reigns(versions: Sequence[Programme]) -> list[Reign]:
    """The versions in the order of their numbers, each with its life as it is to be calculated."""
    found: list[Reign] = []
    for index, version in enumerate(versions):
        successor = versions[index + 1] if index + 1 < len(versions) else None
        after_cut = index > 0 and _spans_life(versions[index - 1])
        found.append(
            Reign(
                programme=_with_life(version, successor),
                starts=version.starts if index else None,
                takes_over=version.restates or after_cut,
                successor=successor,
            )
        )
    return found


def _spans_life(programme: Programme) -> bool:
    return any(rule.every.kind == "programme" for rule in programme.rules)


def _with_life(programme: Programme, successor: Programme | None) -> Programme:
    if programme.restates:
        starts = min(uncut(programme, rule.every, programme.starts).starts for rule in programme.rules)
        programme = replace(programme, starts=starts)
    if successor is not None and _spans_life(programme):
        last = successor.starts - timedelta(days=1)
        programme = replace(programme, ends=min(programme.ends or last, last))
    return programme


def uncut(programme: Programme, every: Every, day: date) -> Period:
    """The period `day` lies in, as if the programme had no start and no end; its life has both."""
    if every.kind == "programme":
        return Period(programme.starts, programme.ends or date.max)
    return period_of(day, every, programme.calendar, ALWAYS) or Period(day, day)
