"""Bands over the whole volume."""

from dataclasses import dataclass

from headrace.engine.scales.bands import Banded


@dataclass(frozen=True, slots=True)
class Retro(Banded):
    """For the highest band reached alone: its rate on all of b, its per_unit on all of x, its amount."""
