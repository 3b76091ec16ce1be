"""What more would bring: one more fact, or what is missing to the next band."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from headrace.engine.progress import Progress, progress, progress_of
from headrace.engine.totals import grouped, named, totals
from headrace.engine.writing import minor_text
from headrace.kernel.period import Period

__all__ = ["Change", "Progress", "progress", "progress_of", "quote", "sentences"]

_EARNING = ("rule", "to", "recipient", "by", "period_from", "period_to", "unit")


@dataclass(frozen=True, slots=True)
class Change:
    """What an earning is without and with the added facts, in minor units."""

    rule: str
    to: str
    recipient: str
    by: str
    period: Period
    unit: str
    digits: int
    now_minor: int
    then_minor: int

    @property
    def minor(self) -> int:
        """How much more it is."""
        return self.then_minor - self.now_minor


def quote(now: pa.Table, then: pa.Table) -> list[Change]:
    """The earnings that differ between a calculation without (`now`) and one with added facts (`then`)."""
    amounts: dict[tuple[Any, ...], list[int]] = {}
    for side, earnings in enumerate((now, then)):
        for *key, minor in totals(earnings, _EARNING):
            amounts.setdefault(tuple(key), [0, 0])[side] = minor
    changes = []
    for (rule, to, recipient, by, starts, ends, unit, digits), (before, after) in sorted(amounts.items()):
        if before != after:
            period = Period(starts, ends)
            changes.append(Change(rule, to, recipient, by, period, unit, digits, before, after))
    return changes


def sentences(changes: Sequence[Change]) -> list[str]:
    """A sentence for each earning that changes, and one for each unit in all."""
    if not changes:
        return ["It brings nothing."]
    told = []
    sums: dict[tuple[str, int], int] = {}
    for each in changes:
        amounts = (each.now_minor, each.then_minor, each.minor)
        now, then, more = (grouped(minor_text(minor, each.digits)) for minor in amounts)
        told.append(
            f"{named(each.rule, each.by)}: {each.recipient} earns {more} {each.unit} more for "
            f"{each.period.starts} to {each.period.ends} ({then} instead of {now})."
        )
        sums[each.unit, each.digits] = sums.get((each.unit, each.digits), 0) + each.minor
    for (unit, digits), minor in sums.items():
        told.append(f"In all it brings {grouped(minor_text(minor, digits))} {unit}.")
    return told
