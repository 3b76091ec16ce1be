"""What one unit of a currency is in the programme's, on a day or in a period."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from fractions import Fraction

import pyarrow as pa

from headrace.engine.programme import Fx
from headrace.kernel.period import Period


class MissingRateError(ValueError):
    """No rate converts a currency on a day."""

    def __init__(self, currency: str, to: str, on: date) -> None:
        super().__init__(f"No rate from {currency} to {to} on {on}: add it to the rates")
        self.currency, self.to, self.on = currency, to, on


class Rates:
    """The given rates to one currency, and how a programme reads them."""

    def __init__(self, fx: Fx, to: str, table: pa.Table | None) -> None:
        self.fx, self.to = fx, to
        self._days: dict[str, list[date]] = defaultdict(list)
        self._rates: dict[str, dict[date, Fraction]] = defaultdict(dict)
        rows = [] if table is None else table.select(["currency", "to", "on", "rate"]).to_pylist()
        for row in sorted((row for row in rows if row["to"] == to), key=lambda row: row["on"]):
            self._days[row["currency"]].append(row["on"])
            self._rates[row["currency"]][row["on"]] = Fraction(row["rate"])

    @property
    def by_period(self) -> bool:
        """Whether all facts of one period are converted at one rate."""
        return self.fx.kind in ("period_average", "period_end")

    def on_day(self, currency: str, day: date) -> Fraction | None:
        """The fixed rate, or the last that was known on the day; None where there is none."""
        if self.fx.kind == "fixed":
            found = self.fx.rates.get(currency)
            return None if found is None else Fraction(found)
        days = self._days.get(currency, [])
        place = bisect_right(days, day)
        return self._rates[currency][days[place - 1]] if place else None

    def in_period(self, currency: str, period: Period) -> Fraction | None:
        """The mean of the rates dated within the period, or the last up to its end; None where there is none."""
        if self.fx.kind == "period_end":
            return self.on_day(currency, period.ends)
        within = [rate for day, rate in self._by_day(currency).items() if day in period]
        return sum(within, Fraction(0)) / len(within) if within else None

    def _by_day(self, currency: str) -> Mapping[date, Fraction]:
        return self._rates.get(currency, {})
