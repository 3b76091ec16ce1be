"""What an expression says of a group of facts: measures, and what each fact contributed to one."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Protocol

from headrace.engine.expressions import (
    PERIOD_BASELINES,
    Aggregate,
    Arithmetic,
    Attainment,
    Certified,
    Field,
    Growth,
    Increase,
    Negative,
    Node,
    Number,
    walk,
)
from headrace.engine.programme import Recipient
from headrace.engine.reference.values import Subject, Value, compute, holds, value_of

Comparison = Growth | Increase | Attainment


class Counted(Subject, Protocol):
    """A fact, and the part of it that the recipient is credited."""

    @property
    def id(self) -> str: ...

    @property
    def on(self) -> date: ...

    @property
    def credit(self) -> Fraction: ...

    def recipient(self, to: Recipient) -> str | None: ...


class Surroundings(Protocol):
    """What a group is compared with."""

    def in_period_before(self, measure: Node, baseline: str) -> Fraction | None:
        """The measure over the same recipient's facts of the named period of comparison."""
        ...

    def target(self, attainment: Attainment) -> Fraction | None:
        """The recipient's target for the period."""
        ...


class Gathered:
    """Facts taken together: an expression can be asked of them as it can of one."""

    def __init__(self, facts: Sequence[Counted], surroundings: Surroundings) -> None:
        self.facts = facts
        self.surroundings = surroundings

    def value(self, column: Field) -> Value:
        """A bare attribute is that of the last fact: how things stood when the group was complete."""
        return self.facts[-1].value(column) if self.facts else None

    def is_certified(self, certified: Certified) -> bool | None:
        return self.facts[-1].is_certified(certified) if self.facts else None

    def measure(self, node: Node) -> Fraction | None:
        """An aggregate, or one compared with its baseline or target; unknown where that is missing."""
        match node:
            case Aggregate():
                return aggregated(node, self.facts)
            case Growth(measure=measure) | Attainment(measure=measure):
                baseline = self.compared_with(node)
                return None if baseline is None else compute("/", number_of(measure, self), baseline)
            case Increase(measure=measure):
                return compute("-", number_of(measure, self), self.compared_with(node))
        raise TypeError(f"{type(node).__name__} is no measure")

    def compared_with(self, node: Comparison) -> Fraction | None:
        """The baseline or target of a comparison; None where it is missing or not above zero."""
        if isinstance(node, Attainment):
            found = self.surroundings.target(node)
        elif isinstance(node.baseline, str):
            assert node.baseline in PERIOD_BASELINES
            found = self.surroundings.in_period_before(node.measure, node.baseline)
        else:
            found = number_of(node.baseline, self)
        return found if found is not None and found > 0 else None


def number_of(node: Node, gathered: Gathered) -> Fraction | None:
    """A measure's value, None where it is unknown."""
    value = value_of(node, gathered)
    if value is not None and not isinstance(value, Fraction):
        raise TypeError(f"{value!r} is no number")
    return value


def comparisons(node: Node) -> list[Comparison]:
    """The comparisons with a baseline or target within a measure."""
    return [part for part, _ in walk(node) if isinstance(part, Comparison)]


def aggregated(node: Aggregate, facts: Sequence[Counted]) -> Fraction | None:
    """sum, count, count_distinct, min, max or avg over those facts for which `where` holds.

    A fact credited in part counts with that part in sums, counts and averages. What is unknown is left out:
    the sum and the count of nothing are 0, the least, greatest and average of nothing unknown.
    """
    inside = [fact for fact in facts if holds(node.where, fact)]
    if node.argument is None:
        return sum((fact.credit for fact in inside), Fraction(0))
    pairs = [(value, fact.credit) for fact in inside if (value := value_of(node.argument, fact)) is not None]
    if node.function == "count":
        return sum((credit for _, credit in pairs), Fraction(0))
    if node.function == "count_distinct":
        return Fraction(len({value for value, _ in pairs}))
    numbers = [(value, credit) for value, credit in pairs if isinstance(value, Fraction)]
    credited = sum((credit for _, credit in numbers), Fraction(0))
    total = sum((value * credit for value, credit in numbers), Fraction(0))
    match node.function:
        case "sum":
            return total
        case "avg":
            return total / credited if credited else None
        case "min":
            return min((value for value, _ in numbers), default=None)
        case "max":
            return max((value for value, _ in numbers), default=None)


def contribution(node: Node, fact: Counted) -> Fraction:
    """What one fact brought to a measure: the weight by which an earning is shared out.

    Of a ratio its part of the numerator (of an average, of the sum), of growth, increase and attainment its
    part of what is measured; facts inside a measure that can't be parted (min, max, count_distinct) weigh the
    same.
    """
    match node:
        case Aggregate(function="sum" | "avg"):
            return aggregated(replace(node, function="sum"), [fact]) or Fraction(0)
        case Aggregate():
            return aggregated(Aggregate("count", node.argument, node.where), [fact]) or Fraction(0)
        case Growth(measure=measure) | Increase(measure=measure) | Attainment(measure=measure):
            return contribution(measure, fact)
        case Negative(operand=operand):
            return -contribution(operand, fact)
        case Arithmetic(operator="+", left=left, right=right):
            return contribution(left, fact) + contribution(right, fact)
        case Arithmetic(operator="-", left=left, right=right):
            return contribution(left, fact) - contribution(right, fact)
        case Arithmetic(operator="*", left=Number(value=factor), right=measure):
            return Fraction(factor) * contribution(measure, fact)
        case Arithmetic(operator="*", left=measure, right=Number(value=factor)):
            return Fraction(factor) * contribution(measure, fact)
        case Arithmetic(left=measure):
            return contribution(measure, fact)
    return Fraction(0)
