"""What a scale gives: steps with exact amounts, each with the figures it was worked out from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Literal

StepKind = Literal[
    "band",
    "flat",
    "per_unit",
    "amount",
    "packs",
    "place",
    "fixed",
    "mirror",
    "clamp",
    "multiply",
    "floor",
    "cap",
    "rounding",
    "minimum_payout",
    "split",
    "best_of",
    "programme_cap",
    "budget",
    "take_back",
]
# A figure of a label: exact, or the name of something.
Figure = Fraction | str


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a calculation: an exact `amount` of what is paid; `label` says what it is made of."""

    kind: StepKind
    amount: Fraction
    label: Mapping[str, Figure] = field(default_factory=dict)


def rate_step(kind: StepKind, rate: Decimal | Fraction, on: Fraction, where: Mapping[str, Figure]) -> Step:
    """A rate on an amount."""
    return Step(kind, Fraction(rate) * on, {**where, "rate": Fraction(rate), "on": on})


def unit_step(per_unit: Decimal, units: Fraction, where: Mapping[str, Figure]) -> Step:
    """A sum for each unit."""
    label = {**where, "per_unit": Fraction(per_unit), "units": units}
    return Step("per_unit", Fraction(per_unit) * units, label)


def amount_step(amount: Decimal, where: Mapping[str, Figure]) -> Step:
    """A fixed sum."""
    return Step("amount", Fraction(amount), {**where, "fixed": Fraction(amount)})
