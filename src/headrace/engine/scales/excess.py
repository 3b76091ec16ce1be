"""The highest band's rate on what lies above."""

from dataclasses import dataclass

from headrace.engine.scales.bands import Banded


@dataclass(frozen=True, slots=True)
class Excess(Banded):
    """The rate of the highest band reached, on b − baseline (growth measures) or b − that band's bound."""
