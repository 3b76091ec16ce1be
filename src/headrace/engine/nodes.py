"""Conditions and measures as immutable trees. `expressions.parse` makes them; import all names from there."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

Namespace = Literal["fact", "partner", "person", "product", "customer"]
Comparison = Literal["==", "!=", "<", "<=", ">", ">="]
Operator = Literal["+", "-", "*", "/"]
Function = Literal["sum", "count", "count_distinct", "min", "max", "avg"]


@dataclass(frozen=True, slots=True)
class Node:
    """Any part of an expression; `position` is its offset in the text it was read from."""

    position: int = field(default=0, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Field(Node):
    """A column: of the fact itself, or of the partner, person, product or customer as on the fact's date."""

    namespace: Namespace
    name: str


@dataclass(frozen=True, slots=True)
class Number(Node):
    """An exact decimal; `2.5%` is Number(Decimal("0.025"), percent=True)."""

    value: Decimal
    percent: bool = False


@dataclass(frozen=True, slots=True)
class Text(Node):
    """A text, or a date when it is compared to a date column."""

    value: str


@dataclass(frozen=True, slots=True)
class Truth(Node):
    value: bool


@dataclass(frozen=True, slots=True)
class Items(Node):
    """The list on the right of `in`."""

    values: tuple[Number | Text | Truth, ...]


@dataclass(frozen=True, slots=True)
class Not(Node):
    operand: Node


@dataclass(frozen=True, slots=True)
class And(Node):
    operands: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or(Node):
    operands: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Compare(Node):
    operator: Comparison
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class In(Node):
    operand: Node
    items: Items
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Arithmetic(Node):
    operator: Operator
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Negative(Node):
    operand: Node


@dataclass(frozen=True, slots=True)
class Aggregate(Node):
    """A measure over the facts of a group: `sum(net_amount, where product.brand == "A")`."""

    function: Function
    argument: Node | None = None
    where: Node | None = None


PERIOD_BASELINES = ("same_period_last_year", "previous_period")
# The name of a period of comparison, or a number or measure to compare with.
Baseline = Literal["same_period_last_year", "previous_period"] | Node


@dataclass(frozen=True, slots=True)
class Growth(Node):
    """measure ÷ baseline: 1.05 (105%) is five per cent of growth."""

    measure: Node
    baseline: Baseline


@dataclass(frozen=True, slots=True)
class Increase(Node):
    """measure − baseline."""

    measure: Node
    baseline: Baseline


@dataclass(frozen=True, slots=True)
class Attainment(Node):
    """measure ÷ the recipient's target for the period; `target` names a measure of the targets or is None."""

    measure: Node
    target: str | None = None


@dataclass(frozen=True, slots=True)
class Certified(Node):
    """Whether the fact's partner or person holds a certificate on the fact's date."""

    holder: Literal["partner", "person"]
    name: str


class ExpressionError(ValueError):
    """A text that is no expression: what is wrong, at which offset, and what would be right."""

    def __init__(self, message: str, position: int, right: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.position = position
        self.right = right


def children(node: Node) -> tuple[Node, ...]:
    """The nodes directly below one, from left to right."""
    match node:
        case And(operands=operands) | Or(operands=operands) | Items(values=operands):
            return operands
        case Not(operand=operand) | Negative(operand=operand):
            return (operand,)
        case Compare(left=left, right=right) | Arithmetic(left=left, right=right):
            return (left, right)
        case In(operand=operand, items=items):
            return (operand, items)
        case Aggregate(argument=argument, where=where):
            return tuple(part for part in (argument, where) if part is not None)
        case Growth(measure=measure, baseline=baseline) | Increase(measure=measure, baseline=baseline):
            return (measure, baseline) if isinstance(baseline, Node) else (measure,)
        case Attainment(measure=measure):
            return (measure,)
    return ()


def walk(node: Node) -> Iterator[tuple[Node, int]]:
    """Every node of a tree with its depth, the root first at depth 1; without recursion, however deep."""
    waiting = [(node, 1)]
    while waiting:
        current, depth = waiting.pop()
        yield current, depth
        waiting.extend((child, depth + 1) for child in reversed(children(current)))


def contributing(node: Node) -> Iterator[Aggregate]:
    """The aggregates of a measure by which its facts are weighed: of a ratio those above the line."""
    match node:
        case Aggregate():
            yield node
        case Arithmetic(operator="+" | "-", left=left, right=right):
            yield from contributing(left)
            yield from contributing(right)
        case Arithmetic(operator="*", left=Number(), right=measure):
            yield from contributing(measure)
        case Growth(measure=measure) | Increase(measure=measure) | Attainment(measure=measure):
            yield from contributing(measure)
        case Arithmetic(left=measure) | Negative(operand=measure):
            yield from contributing(measure)
