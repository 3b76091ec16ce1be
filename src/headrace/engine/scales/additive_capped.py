"""Bands added up, each on no more than its ceiling."""

from dataclasses import dataclass
from fractions import Fraction

from headrace.engine.scales.bands import Banded
from headrace.engine.scales.steps import Step, rate_step


@dataclass(frozen=True, slots=True)
class AdditiveCapped(Banded):
    """For each band reached: its rate on min(b, that band's ceiling)."""

    def pay(self, x: Fraction, b: Fraction) -> tuple[Step, ...]:
        """Σ rate × min(b, ceiling) over the bands that x reaches; the top band has no ceiling."""
        return tuple(
            rate_step("band", band.rate, b if ceiling is None else min(b, ceiling), band.label)
            for band, ceiling in self.reached(x)
            if band.rate is not None
        )
