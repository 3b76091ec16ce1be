"""Bands added up, each on no more than its ceiling."""

from dataclasses import dataclass

from headrace.engine.scales.bands import Banded


@dataclass(frozen=True, slots=True)
class AdditiveCapped(Banded):
    """For each band reached: its rate on min(b, that band's ceiling)."""
