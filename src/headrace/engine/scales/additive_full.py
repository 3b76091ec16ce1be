"""Bands added up, each on the whole volume."""

from dataclasses import dataclass
from fractions import Fraction

from headrace.engine.scales.bands import Banded
from headrace.engine.scales.steps import Step, rate_step


@dataclass(frozen=True, slots=True)
class AdditiveFull(Banded):
    """For each band reached: its rate on all of b."""

    def pay(self, x: Fraction, b: Fraction) -> tuple[Step, ...]:
        """Σ rate × b over the bands that x reaches."""
        return tuple(
            rate_step("band", band.rate, b, band.label)
            for band, _ in self.reached(x)
            if band.rate is not None
        )
