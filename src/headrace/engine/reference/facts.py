"""Facts as a rule sees them: dated, with the attributes of that date, in the programme's currency."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from fractions import Fraction
from functools import cached_property
from typing import Any

from headrace.engine.calendars import months_before, period_of
from headrace.engine.credits import read_credits
from headrace.engine.expressions import Certified, Field, Node, walk
from headrace.engine.programme import Every, FactKind, Programme, Recipient, Rule
from headrace.engine.rates import MissingRateError
from headrace.engine.reference.inputs import Dimension, Row, known, rows_of
from headrace.engine.reference.values import Value, holds, value_of
from headrace.engine.scales import Lookup, Rank
from headrace.engine.tables import MONETARY, Inputs
from headrace.engine.writing import value_text
from headrace.kernel.period import Period

ALWAYS = Period(date.min, date.max)
# The recipient, and the values of the further group as text.
By = tuple[str, ...]
Key = tuple[str, By]


@dataclass(frozen=True, eq=False)
class Fact:
    """One row as it counts: `on` is the day that decides, `credit` the part credited to the recipient."""

    id: str
    on: date
    row: Row
    book: "Book"
    rates_in: Period
    credit: Fraction = Fraction(1)

    def value(self, column: Field) -> Value:
        """A column of the row, or an attribute of what it refers to as on the fact's day."""
        if column.namespace == "fact":
            return self._own(column.name)
        key = self.row.get(column.namespace)
        if column == Field("customer", "is_new"):
            return self.book.is_new_customer(key, self.on)
        dimension = self.book.dimensions[column.namespace]
        return dimension.value(key, self.on, column.name)

    def _own(self, name: str) -> Value:
        value: Value = self.on if name == "on" else self.row.get(name)
        if name in MONETARY and isinstance(value, Fraction):
            return value * self.book.rate(self.row.get("currency"), self.on, self.rates_in)
        return value

    def is_certified(self, certified: Certified) -> bool | None:
        """Whether the partner or person holds the certificate on the fact's day."""
        return self.book.is_certified(certified, self.row.get(certified.holder), self.on)

    def measure(self, node: Node) -> Fraction | None:
        """One fact has no measures."""
        raise TypeError(f"{type(node).__name__} is a measure of many facts, not of one")

    def recipient(self, to: Recipient) -> str | None:
        """Who earns by this fact, None where nobody is named."""
        if to in ("partner", "person"):
            key = self.row.get(to)
        else:
            key = self.value(Field("partner", to.removeprefix("partner.")))
        return str(key) if key else None

    def credited(self, to: Recipient) -> Iterator[tuple[str, Fraction]]:
        """Who is credited with which part of this fact: by its own `credits`, else one with all of it."""
        credits = self.row.get("credits")
        if credits:
            yield from read_credits(credits)
        elif (recipient := self.recipient(to)) is not None:
            yield recipient, Fraction(1)


def looked_at(rule: Rule) -> list[Field | Certified]:
    """What a rule looks at in a fact once it is admitted, each once, in order of appearance."""
    nodes: list[Node | None] = [rule.x, rule.b, *(gate.condition for gate in rule.gates)]
    nodes += [multiplier.where for multiplier in rule.multipliers]
    nodes += [rule.scale.by] if isinstance(rule.scale, Lookup) else []
    nodes += rule.scale.within if isinstance(rule.scale, Rank) else ()
    return columns_in(nodes)


def columns_in(nodes: Sequence[Node | None]) -> list[Field | Certified]:
    """The columns that expressions name."""
    parts = [part for node in nodes if node is not None for part, _ in walk(node)]
    return list(dict.fromkeys(part for part in parts if isinstance(part, Field | Certified)))


def _is_money(column: Field | Certified) -> bool:
    return isinstance(column, Field) and column.namespace == "fact" and column.name in MONETARY


class Book:
    """All that is known at one moment, for one programme."""

    def __init__(self, programme: Programme, inputs: Inputs, as_of: datetime | None) -> None:
        self.programme = programme
        self.life = programme.life
        self._days: dict[tuple[str, str], Mapping[date, Sequence[Row]]] = {}
        self._gathered: dict[tuple[str, Period], Mapping[Key, Sequence[Fact]]] = {}
        self.rows: Mapping[FactKind, Sequence[Row]] = {
            "sale": known(rows_of(inputs.sales), as_of),
            "deal": known(rows_of(inputs.deals), as_of),
            "event": known(rows_of(inputs.events), as_of),
        }
        self.dimensions = {
            "partner": Dimension.of(inputs.partners),
            "person": Dimension.of(inputs.people),
            "product": Dimension.of(inputs.products),
            "customer": Dimension.of(inputs.customers),
        }
        self.targets = rows_of(inputs.targets)
        self.rates: dict[str, dict[date, Fraction]] = defaultdict(dict)
        for row in rows_of(inputs.rates):
            if row["to"] == programme.currency:
                self.rates[row["currency"]][row["on"]] = row["rate"]

    # Facts

    @cached_property
    def sales(self) -> Mapping[str, Row]:
        """The known sales by id."""
        return {row["id"]: row for row in self.rows["sale"]}

    def sale_of(self, row: Row) -> Row | None:
        """The known line that a return takes back; None for what is no return, or of a line never seen."""
        return self.sales.get(row.get("returns") or "")

    def day_of(self, row: Row, rule: Rule) -> date:
        """The day that decides for a rule: of a return that counts when sold, the day of its sale."""
        sale = self.sale_of(row) if rule.facts == "sale" and rule.returns == "when_sold" else None
        day: date = row["on"] if sale is None else sale["on"]
        return day

    def period_of(self, every: Every, day: date) -> Period | None:
        """The period that holds a day of the programme's life, cut by it; None outside."""
        return period_of(day, every, self.programme.calendar, self.life)

    def days(self, rule: Rule) -> Mapping[date, Sequence[Row]]:
        """The rows that count as facts of a rule, by the day that decides."""
        key = rule.facts, rule.returns
        if key not in self._days:
            found = defaultdict(list)
            for row in self.rows[rule.facts]:
                if not self.takes_back(row, rule):
                    found[self.day_of(row, rule)].append(row)
            self._days[key] = dict(sorted(found.items()))
        return self._days[key]

    def gathered(self, rule: Rule, period: Period) -> Mapping[Key, Sequence[Fact]]:
        """The admitted facts of a period by recipient and further group, each by day and id."""
        key = rule.key, period
        if key not in self._gathered:
            found = defaultdict(list)
            for fact in self._admitted(rule, period):
                by = tuple(value_text(fact.value(column)) for column in rule.by)
                for recipient, credit in fact.credited(rule.to):
                    found[recipient, by].append(replace(fact, credit=credit))
            self._gathered[key] = found
        return self._gathered[key]

    def _admitted(self, rule: Rule, period: Period) -> Iterator[Fact]:
        """The facts that the audience and the rule's own filter admit.

        Raises MissingRateError for money of an admitted fact that the rule looks at, and where the filter itself
        looks at money, for that of every fact of the audience.
        """
        filtered = [column for column in columns_in([rule.where]) if _is_money(column)]
        money = [*filtered, *(column for column in looked_at(rule) if _is_money(column))]
        for fact in self._of_audience(rule, period):
            if filtered or holds(rule.where, fact):
                for column in money:
                    value_of(column, fact)
            if holds(rule.where, fact):
                yield fact

    def _of_audience(self, rule: Rule, period: Period) -> Iterator[Fact]:
        for day, rows in self.days(rule).items():
            if day in period:
                rates_in = self._rates_in(rule, day, period)
                for row in sorted(rows, key=lambda row: str(row["id"])):
                    fact = Fact(row["id"], day, row, self, rates_in)
                    if holds(self.programme.audience.where, fact):
                        yield fact

    def _rates_in(self, rule: Rule, day: date, period: Period) -> Period:
        """The period whose rates convert a fact: of a rolling rule its own month, whatever window sees it."""
        if rule.every.kind != "rolling":
            return period
        month = period_of(day, rule.every, self.programme.calendar, ALWAYS)
        assert month is not None
        return month

    def takes_back(self, row: Row, rule: Rule) -> bool:
        """Whether a row is a return that takes back a share instead of counting as a fact."""
        return rule.facts == "sale" and rule.returns == "original_rate" and self.sale_of(row) is not None

    # What is known beside the facts

    def is_new_customer(self, customer: str | None, on: date) -> bool | None:
        """Whether nobody sold to the customer in the months of looking back; unknown without a customer."""
        if customer is None:
            return None
        since = months_before(on, self.programme.look_back_months)
        return not any(since <= row["on"] < on for row in self._bought.get(customer, ()))

    @cached_property
    def _bought(self) -> Mapping[str, Sequence[Row]]:
        bought: dict[str, list[Row]] = {}
        for row in self.rows["sale"]:
            if row.get("customer") and any((row.get(name) or 0) > 0 for name in ("quantity", "net_amount")):
                bought.setdefault(row["customer"], []).append(row)
        return bought

    def is_certified(self, certified: Certified, holder: str | None, on: date) -> bool | None:
        """Whether the holder's attribute `certificates` ("network-pro;security") lists one on the day."""
        held = self.dimensions[certified.holder].value(holder, on, "certificates")
        if held is None:
            return None
        return certified.name in [name.strip() for name in str(held).split(";")]

    def target(self, rule: Rule, recipient: str, period: Period, names: set[str]) -> Fraction | None:
        """The recipient's targets within the period that go by one of the names, added up; None of none."""
        column = "person" if rule.to == "person" else "partner"
        values = [
            row["value"]
            for row in self.targets
            if row.get(column) == recipient
            and (column == "person" or not row.get("person"))
            and row["from"] in period
            and row["to"] in period
            and (row.get("measure") or "") in names
        ]
        return sum(values, Fraction(0)) if values else None

    def rate(self, currency: str | None, on: date, period: Period) -> Fraction:
        """What one unit of a currency is in the programme's, on a day or in the period that holds it."""
        fx, to = self.programme.fx, self.programme.currency
        if currency is None or currency == to:
            return Fraction(1)
        if fx.kind == "fixed":
            if currency not in fx.rates:
                raise MissingRateError(currency, to, on)
            return Fraction(fx.rates[currency])
        rates = self.rates.get(currency, {})
        if fx.kind == "period_average":
            within: list[Any] = [rate for day, rate in rates.items() if day in period]
            if not within:
                raise MissingRateError(currency, to, on)
            return Fraction(sum(within, Fraction(0)) / len(within))
        last = on if fx.kind == "on_date" else period.ends
        days = [day for day in rates if day <= last]
        if not days:
            raise MissingRateError(currency, to, last)
        return Fraction(rates[max(days)])
