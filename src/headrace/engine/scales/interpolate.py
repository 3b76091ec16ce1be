"""A rate on the line between bands."""

from dataclasses import dataclass

from headrace.engine.scales.bands import Banded


@dataclass(frozen=True, slots=True)
class Interpolate(Banded):
    """The rate on the line between the two bands around x, on b; above the top band its rate."""
