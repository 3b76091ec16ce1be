"""Chances and choices, all out of one random."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any, TypeVar

Document = dict[str, Any]
Rows = list[dict[str, Any]]
T = TypeVar("T")

FIRST_DAY, LAST_DAY = date(2024, 11, 1), date(2027, 2, 28)


@dataclass(frozen=True)
class Choices:
    """Chances and choices, all out of one random."""

    random: Random

    def chance(self, of_ten: int) -> bool:
        return self.random.randrange(10) < of_ten

    def one(self, options: Sequence[T]) -> T:
        return options[self.random.randrange(len(options))]

    def several(self, options: Sequence[T], most: int) -> list[T]:
        """From one to `most` different ones, in their order."""
        count = 1 + self.random.randrange(min(most, len(options)))
        picked = sorted(self.random.sample(range(len(options)), count))
        return [options[place] for place in picked]

    def day(self, first: date = FIRST_DAY, last: date = LAST_DAY) -> date:
        return first + timedelta(days=self.random.randrange((last - first).days + 1))

    def amount(self, most: int, places: int = 2) -> str:
        whole = self.random.randrange(most * 10**places + 1)
        text = str(whole).rjust(places + 1, "0")
        return f"{text[:-places]}.{text[-places:]}" if places else text
