"""What pandas and Polars are told alike: the figures of the five programmes."""

from dataclasses import dataclass
from datetime import date

YEAR = (date(2026, 1, 1), date(2026, 12, 31))
BEFORE = (date(2025, 1, 1), date(2025, 12, 31))
WINDOW = (date(2026, 3, 1), date(2026, 5, 31))


@dataclass(frozen=True, slots=True)
class Bonus:
    """A category with the cents that must be sold of it."""

    category: str
    least: int


BONUSES = (Bonus("Bikes", 40_000), Bonus("Accessories", 30_000), Bonus("Clothing", 30_000))
