"""Marginal bands."""

from dataclasses import dataclass

from headrace.engine.scales.bands import Banded


@dataclass(frozen=True, slots=True)
class Slab(Banded):
    """For each band reached: its rate or per_unit on the part of x inside it, and its amount."""
