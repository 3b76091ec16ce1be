"""Marginal bands."""

from dataclasses import dataclass
from fractions import Fraction

from headrace.engine.scales.bands import Banded
from headrace.engine.scales.steps import Step, amount_step, rate_step, unit_step


@dataclass(frozen=True, slots=True)
class Slab(Banded):
    """For each band reached: its rate or per_unit on the part of x inside it, and its amount."""

    def pay(self, x: Fraction, b: Fraction) -> tuple[Step, ...]:
        """For each band reached: rate × b × (part of x inside ÷ x), per_unit × that part, and its amount.

        Where x and b are the same this is rate × part. calculation.md 4; x = 0 has no parts.
        """
        steps: list[Step] = []
        for band, ceiling in self.reached(x):
            part = (x if ceiling is None else min(x, ceiling)) - Fraction(band.bound)
            if band.rate is not None:
                steps.append(rate_step("band", band.rate, b * part / x if x else Fraction(0), band.label))
            if band.per_unit is not None:
                steps.append(unit_step(band.per_unit, part, band.label))
            if band.amount is not None:
                steps.append(amount_step(band.amount, band.label))
        return tuple(steps)
