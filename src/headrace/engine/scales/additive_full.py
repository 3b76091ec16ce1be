"""Bands added up, each on the whole volume."""

from dataclasses import dataclass

from headrace.engine.scales.bands import Banded


@dataclass(frozen=True, slots=True)
class AdditiveFull(Banded):
    """For each band reached: its rate on all of b."""
