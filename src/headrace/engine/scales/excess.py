"""The highest band's rate on what lies above."""

from dataclasses import dataclass
from fractions import Fraction

from headrace.engine.scales.bands import Banded
from headrace.engine.scales.steps import Step, rate_step


@dataclass(frozen=True, slots=True)
class Excess(Banded):
    """The rate of the highest band reached, on b − baseline (growth measures) or b − that band's bound."""

    def pay(self, x: Fraction, b: Fraction, baseline: Fraction | None = None) -> tuple[Step, ...]:
        """rate × (b − baseline) of the highest band that x reaches; without a baseline, b − its bound."""
        band = self.highest(x)
        if band is None or band.rate is None:
            return ()
        above = Fraction(band.bound) if baseline is None else baseline
        return (rate_step("band", band.rate, b - above, band.label),)
