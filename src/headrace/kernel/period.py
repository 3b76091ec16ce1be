"""A span of days."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """From `starts` to `ends`, both included."""

    starts: date
    ends: date

    def __post_init__(self) -> None:
        if self.ends < self.starts:
            raise ValueError(f"A period ends on or after the day it starts: {self.starts} to {self.ends}")

    def __contains__(self, day: date) -> bool:
        return self.starts <= day <= self.ends
