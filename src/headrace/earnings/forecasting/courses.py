"""How past periods went: what the engine pays on the facts up to a day, calculated anew for each such day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, timedelta
from functools import cached_property
from typing import Literal, get_args

import pyarrow as pa
import pyarrow.compute as pc
from django.conf import settings

from headrace.earnings.forecasting.outlook import Course
from headrace.earnings.governing import ALWAYS, reigns
from headrace.earnings.models import Snapshot
from headrace.engine.calendars import period_of
from headrace.engine.programme import Every
from headrace.engine.run import calculate
from headrace.engine.tables import Given, Inputs
from headrace.kernel.period import Period
from headrace.programmes.models import Programme

PAST_MAX = 12  # periods looked back on: older ones tell little of today's, and each costs a calculation
FACTS = ("sales", "deals", "events")
# From the shortest to the longest: a programme with rules of several is forecast by the longest.
Span = Literal["month", "quarter", "half_year", "year"]
SPANS: tuple[Span, ...] = get_args(Span)
SPAN_OF: dict[str, Span] = {"fact": "month", "order": "month", "rolling": "month", **{s: s for s in SPANS}}

Sums = Mapping[tuple[Period, str], int]  # minor units by period and unit


@dataclass(frozen=True, slots=True)
class Part:
    """How much of a period is over: so many of its days."""

    days: int
    of: int

    def day_of(self, period: Period) -> date:
        """The last day of the same part of another period."""
        length = (period.ends - period.starts).days + 1
        return period.starts + timedelta(days=max(1, -(-length * self.days // self.of)) - 1)


def part_of(period: Period, day: date) -> Part:
    return Part((day - period.starts).days + 1, (period.ends - period.starts).days + 1)


class Courses:
    """What one programme pays by period on the facts of a snapshot up to any day; each day calculated once."""

    def __init__(self, programme: Programme, snapshot: Snapshot, inputs: Inputs) -> None:
        self.programme, self.snapshot, self.inputs = programme, snapshot, inputs
        self.found: dict[date, Sums] = {}

    @cached_property
    def span(self) -> Every | None:
        """The periods the programme is forecast by; None where a rule pays for its whole life or for windows."""
        spans = [SPAN_OF.get(rule.every.kind) for rule in self.programme.current.parsed.rules]
        known = [span for span in spans if span is not None]
        return Every(max(known, key=SPANS.index)) if known and len(known) == len(spans) else None

    def period_of(self, day: date) -> Period | None:
        """The whole period a day lies in, unless the programme doesn't run then."""
        current = self.programme.current.parsed
        first = min(version.parsed.starts for version in self.programme.versions.all())
        if self.span is None or day < first or (current.ends is not None and day > current.ends):
            return None
        return period_of(day, self.span, current.calendar, ALWAYS)

    def past(self, before: Period) -> list[Period]:
        """The periods before one, oldest first, none that began before the programme did."""
        found: list[Period] = []
        first = min(version.parsed.starts for version in self.programme.versions.all())
        period = self.period_of(before.starts - timedelta(days=1))
        while period is not None and period.starts >= first and len(found) < PAST_MAX:
            found.append(period)
            period = self.period_of(period.starts - timedelta(days=1))
        return found[::-1]

    def units(self, sums: Sums) -> list[str]:
        return sorted({unit for _period, unit in sums})

    def courses(self, past: list[Period], part: Part, end: date, unit: str) -> list[Course]:
        """How the past periods went: at the same part, and as known at `end`. Not those before the first earning."""
        finals = self.at(end)
        made = [
            Course(one, self.at(part.day_of(one)).get((one, unit), 0), finals.get((one, unit), 0))
            for one in past
        ]
        first = next((place for place, one in enumerate(made) if one.final_minor), len(made))
        return made[first:]

    def at(self, day: date) -> Sums:
        """What the programme pays on the facts up to a day."""
        if day not in self.found:
            self.found[day] = self._calculated(day)
        return self.found[day]

    def _calculated(self, day: date) -> Sums:
        sums: Counter[tuple[Period, str]] = Counter()
        inputs = until(self.inputs, day)
        for reign in reigns([one.parsed for one in self.programme.versions.order_by("number")]):
            result = calculate(reign.programme, inputs, as_of=self.snapshot.as_of, backend=settings.BACKEND)
            columns = ("rule", "period_from", "unit", "amount_minor")
            for rule, starts, unit, amount_minor in zip(
                *(result.earnings[name].to_pylist() for name in columns), strict=True
            ):
                period = self.period_of(starts)
                if period is not None and reign.governs(rule, starts):
                    sums[period, unit] += amount_minor
        return sums


def until(inputs: Inputs, day: date) -> Inputs:
    """The same inputs with the facts up to a day."""
    given = {field.name: getattr(inputs, field.name) for field in fields(inputs)}
    return Inputs(**{name: _until(one, day) if name in FACTS else one for name, one in given.items()})


def _until(facts: Given | None, day: date) -> Given | None:
    if not isinstance(facts, pa.Table):
        return facts
    return facts.filter(pc.less_equal(facts["on"], pa.scalar(day, pa.date32())))
