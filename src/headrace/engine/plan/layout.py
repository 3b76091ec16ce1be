"""What the columns of a plan's results mean, so that a receipt can be told from them."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from headrace.engine.tables import Kind

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class NumberColumn:
    """An exact number of a row: a whole column × unit ÷ further columns."""

    whole: str
    unit: Fraction
    divisors: tuple[str, ...] = ()

    def read(self, row: Row) -> Fraction | None:
        """The value, None where it is unknown."""
        found = row[self.whole]
        if found is None:
            return None
        result = int(found) * self.unit
        for divisor in self.divisors:
            if row[divisor] is None:
                return None
            result /= int(row[divisor])
        return result


@dataclass(frozen=True, slots=True)
class StepLayout:
    """A step of a calculation: what it is made of, and the column of its amount (unknown: the step is not there)."""

    kind: str
    amount: NumberColumn
    label: Mapping[str, NumberColumn | Fraction | str]


@dataclass(frozen=True, slots=True)
class MeasureLayout:
    """A measure under the name it has in the rule: base, on, baseline, target, gate 1, ..."""

    name: str
    text: str
    value: NumberColumn


@dataclass(frozen=True, slots=True)
class GateLayout:
    """A gate: whether it holds, and of a comparison its value and what it needed."""

    text: str
    holds: str
    value: NumberColumn | None = None
    needed: NumberColumn | None = None


@dataclass(frozen=True, slots=True)
class ValueLayout:
    """A column of the facts that the rule looked at, under the name that the rule calls it."""

    text: str
    column: str
    kind: Kind
    unit: Fraction = Fraction(1)


@dataclass(frozen=True, slots=True)
class RuleLayout:
    """All that the earnings, shares and receipts of one rule are read from.

    `groups`, `facts`, `earnings` and `shares` name tables; `by` are the further groups as the rule calls them;
    `document` is what of the programme a receipt needs, with this rule alone; `limits` are the figures of cap, floor
    and the like. `lifted` says whether earnings went through what limits a whole programme; then `given` names the
    table of what facts brought before. `split` names that of a split's parts, along `paths`; `window` that of the
    facts of a rolling window.
    """

    rule: str
    to: str
    by: tuple[str, ...]
    rounding: str
    unit: str
    digits: int
    groups: str
    facts: str
    earnings: str
    shares: str
    exact: NumberColumn
    document: Mapping[str, Any]
    limits: Mapping[str, Fraction]
    lifted: bool = False
    given: str | None = None
    split: str | None = None
    paths: tuple[str, ...] = ()
    window: str | None = None
    measures: tuple[MeasureLayout, ...] = ()
    gates: tuple[GateLayout, ...] = ()
    steps: tuple[StepLayout, ...] = ()
    values: tuple[ValueLayout, ...] = ()
    credit: NumberColumn | None = None
    factor: NumberColumn | None = None
    weight: NumberColumn | None = None


def payee_kind(to: str) -> str:
    """Who earns, as the earnings say it: a parent and a distributor are partners too."""
    return "person" if to == "person" else "partner"
