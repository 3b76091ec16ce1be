"""The facts of one recipient in one period: what a rule adds up."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from functools import cached_property

from headrace.engine.calendars import previous_period, rolling_window, same_period_last_year
from headrace.engine.expressions import Aggregate, Attainment, Field, Node
from headrace.engine.programme import Rule
from headrace.engine.reference.facts import Book, By, Fact
from headrace.engine.reference.measures import Counted, Gathered, Surroundings, number_of
from headrace.engine.writing import field_text
from headrace.kernel.period import Period


@dataclass(frozen=True, eq=False)
class Group:
    """What earns together. `mark` is the order or fact of a rule that pays for each, empty otherwise.

    `facts` are paid for; `window` decides the band, and holds more than they only of a rolling rule.
    """

    rule: Rule
    recipient: str
    by: By
    period: Period
    mark: str
    facts: Sequence[Counted]
    window: Sequence[Counted]
    surroundings: Surroundings

    @cached_property
    def seen(self) -> Gathered:
        """What decides the band, to ask measures of."""
        return Gathered(self.window, self.surroundings)

    @cached_property
    def paid(self) -> Gathered:
        """What is paid for, to ask measures of."""
        return Gathered(self.facts, self.surroundings)

    @property
    def by_text(self) -> str:
        """`product.category=Bikes;channel=web`, as in earnings.csv; empty without a further group."""
        pairs = zip(self.rule.by, self.by, strict=True)
        return ";".join(f"{field_text(column)}={value}" for column, value in pairs)

    @property
    def order(self) -> tuple[date, str, str]:
        """Which group comes first where several use up one cap."""
        return self.period.starts, self.by_text, self.mark


@dataclass(frozen=True)
class Around:
    """What the facts of one recipient and further group in a period are compared with."""

    book: Book
    rule: Rule
    recipient: str
    by: By
    period: Period

    def in_period_before(self, measure: Node, baseline: str) -> Fraction | None:
        comparable = same_period_last_year if baseline == "same_period_last_year" else previous_period
        before = comparable(self.period, self.rule.every, self.book.programme.calendar)
        if before is None:
            return None
        around = replace(self, period=before)
        return number_of(measure, Gathered(around.facts(), around))

    def facts(self) -> Sequence[Fact]:
        """The recipient's facts of the period, also of days outside the programme's life."""
        return self.book.gathered(self.rule, self.period).get((self.recipient, self.by), [])

    def target(self, attainment: Attainment) -> Fraction | None:
        if attainment.target is not None:
            names = {attainment.target}
        else:
            names = {"", self.rule.key, *names_of(attainment.measure)}
        return self.book.target(self.rule, self.recipient, self.period, names)


def groups_of(rule: Rule, book: Book) -> list[Group]:
    """The groups of a rule, in the order in which they use up a cap; those without a fact don't exist."""
    periods = sorted({period for day in book.days(rule) if (period := book.period_of(rule.every, day))})
    parts: dict[tuple[str, By, str, Period | None], list[Fact]] = defaultdict(list)
    for period in periods:
        # An order may be spread over days: it is one group, named by its first.
        of_period = None if rule.every.kind == "order" else period
        for (recipient, by), facts in book.gathered(rule, period).items():
            for fact in facts:
                parts[recipient, by, _mark(fact, rule), of_period].append(fact)
    groups = [_group(book, rule, key, facts) for key, facts in parts.items()]
    return sorted(groups, key=lambda group: (group.order, group.recipient))


def _group(book: Book, rule: Rule, key: tuple[str, By, str, Period | None], facts: list[Fact]) -> Group:
    recipient, by, mark, of_period = key
    period = of_period or Period(facts[0].on, facts[0].on)
    around = Around(book, rule, recipient, by, period)
    if rule.every.kind != "rolling":
        return Group(rule, recipient, by, period, mark, facts, facts, around)
    measured = rolling_window(period, rule.every, book.programme.calendar, book.life)
    around = replace(around, period=measured)
    return Group(rule, recipient, by, period, mark, facts, around.facts(), around)


def _mark(fact: Fact, rule: Rule) -> str:
    """A return that counts when sold belongs to the order, or the line, that it takes back."""
    sale = fact.book.sale_of(fact.row) if rule.returns == "when_sold" else None
    row = sale or fact.row
    match rule.every.kind:
        case "fact":
            return str(row["id"])
        case "order":
            return str(row.get("order_id") or row["id"])
    return ""


def names_of(measure: Node) -> set[str]:
    """By which names a row of targets may mean a measure: `sum(net_amount)` and `net_amount`."""
    match measure:
        case Aggregate(argument=Field() as column, where=None):
            names = {column.name, field_text(column)}
            return names | {f"{measure.function}({name})" for name in names}
        case Aggregate(argument=None, where=None):
            return {"count()"}
    return set()
