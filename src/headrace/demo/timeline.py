"""The days the demo covers: twelve whole quarters and the one that holds today."""

from dataclasses import dataclass
from datetime import date, timedelta

QUARTERS_BEFORE = 12


def quarter_start(today: date, quarters: int = 0) -> date:
    """First day of the calendar quarter that holds `today`, moved by so many quarters."""
    index = today.year * 4 + (today.month - 1) // 3 + quarters
    return date(index // 4, index % 4 * 3 + 1, 1)


@dataclass(frozen=True, slots=True)
class Timeline:
    """From the first day with sales to `today`, both included."""

    today: date

    @property
    def start(self) -> date:
        return quarter_start(self.today, -QUARTERS_BEFORE)

    def quarter(self, offset: int) -> date:
        """First day of the quarter that lies `offset` quarters from the one of today."""
        return quarter_start(self.today, offset)

    def quarters(self) -> list[tuple[date, date]]:
        """First and last day of each quarter, the open one whole."""
        return [
            (self.quarter(offset), self.quarter(offset + 1) - timedelta(days=1))
            for offset in range(-QUARTERS_BEFORE, 1)
        ]

    def days(self) -> list[date]:
        return [self.start + timedelta(days=number) for number in range((self.today - self.start).days + 1)]
