"""Bands over the whole volume."""

from dataclasses import dataclass
from fractions import Fraction

from headrace.engine.scales.bands import Banded
from headrace.engine.scales.steps import Step, amount_step, rate_step, unit_step


@dataclass(frozen=True, slots=True)
class Retro(Banded):
    """For the highest band reached alone: its rate on all of b, its per_unit on all of x, its amount."""

    def pay(self, x: Fraction, b: Fraction) -> tuple[Step, ...]:
        """rate × b, per_unit × x and the amount of the highest band that x reaches."""
        band = self.highest(x)
        if band is None:
            return ()
        steps: list[Step] = []
        if band.rate is not None:
            steps.append(rate_step("band", band.rate, b, band.label))
        if band.per_unit is not None:
            steps.append(unit_step(band.per_unit, x, band.label))
        if band.amount is not None:
            steps.append(amount_step(band.amount, band.label))
        return tuple(steps)
