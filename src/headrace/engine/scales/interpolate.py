"""A rate on the line between bands."""

from dataclasses import dataclass
from fractions import Fraction

from headrace.engine.scales.bands import Banded
from headrace.engine.scales.steps import Step, rate_step


@dataclass(frozen=True, slots=True)
class Interpolate(Banded):
    """The rate on the line between the two bands around x, on b; above the top band its rate."""

    def pay(self, x: Fraction, b: Fraction) -> tuple[Step, ...]:
        """r × b with r on the line between the bands around x; at the top band and above, its rate."""
        below = self.highest(x)
        if below is None or below.rate is None:
            return ()
        rate = Fraction(below.rate)
        above = next((band for band in self.bands if band.bound > below.bound), None)
        if above is not None and above.rate is not None:
            way = (x - Fraction(below.bound)) / Fraction(above.bound - below.bound)
            rate += (Fraction(above.rate) - rate) * way
        return (rate_step("band", rate, b, below.label),)
