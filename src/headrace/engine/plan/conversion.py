"""Facts in other currencies: a small table of rates that is joined by currency, and by day or period."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

import pyarrow as pa

from headrace.engine import money, sql
from headrace.engine.money import Exact
from headrace.engine.plan.days import Days, days_of
from headrace.engine.plan.shapes import FACT
from headrace.engine.rates import Rates
from headrace.engine.sql import Sql
from headrace.kernel.period import Period

ALIAS = "fx"
MonthOf = Callable[[date], Period]


@dataclass(frozen=True, slots=True)
class Conversion:
    """Rates as whole multiples of `unit`, in a table with the columns currency, since (day or period), rate."""

    name: str
    table: pa.Table
    unit: Fraction
    to: str
    by_period: bool

    def same_row(self, at: Sql) -> Sql:
        """The rate of a fact: of its day, or of the period in the alias d."""
        since = sql.column("period_from", "d") if self.by_period else at
        return sql.both(
            [
                sql.equal(sql.column("currency", ALIAS), sql.column("currency", FACT)),
                sql.equal(sql.column("since", ALIAS), since),
            ]
        )

    def is_foreign(self) -> Sql:
        """Whether a fact needs converting: one without a currency is in the programme's."""
        own = sql.unless_empty(sql.column("currency", FACT))
        return sql.holds(sql.negate(sql.equal(own, sql.text(self.to))))

    def rate(self) -> Exact:
        one = sql.whole(int(1 / self.unit))
        return Exact(sql.when(self.is_foreign(), sql.column("rate", ALIAS), one), self.unit)


def conversion(
    name: str, rates: Rates, currencies: Iterable[str], days: Days, data: Period, month_of: MonthOf | None
) -> Conversion:
    """The rates that facts on these days can need; where there is none, there is no row.

    `month_of` gives the month whose rate counts for a day of a rolling rule, whatever window sees it.
    """
    found: list[tuple[str, date, Fraction]] = []
    by_period = rates.by_period and month_of is None
    for currency in sorted(currencies):
        if by_period:
            rows = [(period.starts, rates.in_period(currency, span)) for period, span in days.spans]
        elif month_of is not None and rates.by_period:
            rows = [(day, rates.in_period(currency, month_of(day))) for day in days_of(data, data)]
        else:
            rows = [(day, rates.on_day(currency, day)) for day in days_of(data, data)]
        found += [(currency, since, rate) for since, rate in rows if rate is not None]
    unit = money.common_unit([Fraction(1), *(rate for _, _, rate in found)])
    table = pa.table(
        {
            "currency": pa.array([currency for currency, _, _ in found], pa.string()),
            "since": pa.array([since for _, since, _ in found], pa.date32()),
            "rate": pa.array([int(rate / unit) for _, _, rate in found], pa.decimal128(38, 0)),
        }
    )
    return Conversion(name, table, unit, rates.to, by_period)
