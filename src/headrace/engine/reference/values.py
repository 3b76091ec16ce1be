"""What an expression says of a fact, or of many. What is not known is neither true nor false."""

from collections.abc import Iterable
from datetime import date
from fractions import Fraction
from typing import Protocol

from headrace.engine.expressions import (
    Aggregate,
    And,
    Arithmetic,
    Attainment,
    Certified,
    Compare,
    Comparison,
    Field,
    Growth,
    In,
    Increase,
    Negative,
    Node,
    Not,
    Number,
    Operator,
    Or,
    Text,
    Truth,
)

# A value of a column; None where it is not known.
Value = Fraction | str | bool | date | None


class Subject(Protocol):
    """Whatever an expression can be asked of: a fact with its attributes, or facts taken together."""

    def value(self, column: Field) -> Value: ...

    def is_certified(self, certified: Certified) -> bool | None: ...

    def measure(self, node: Node) -> Fraction | None: ...


def holds(condition: Node | None, subject: Subject) -> bool:
    """Whether a condition is true of the subject; unknown does not hold, no condition always does."""
    return condition is None or value_of(condition, subject) is True


def value_of(node: Node, subject: Subject) -> Value:
    """The value of an expression. Raises TypeError where it makes no sense, as a measure of a single fact."""
    match node:
        case Field():
            return subject.value(node)
        case Number(value=number):
            return Fraction(number)
        case Text(value=text):
            return text
        case Truth(value=truth):
            return truth
        case Certified():
            return subject.is_certified(node)
        case Aggregate() | Growth() | Increase() | Attainment():
            return subject.measure(node)
        case Negative(operand=operand):
            return compute("-", Fraction(0), value_of(operand, subject))
        case Arithmetic(operator=operator, left=left, right=right):
            return compute(operator, value_of(left, subject), value_of(right, subject))
        case Not() | And() | Or():
            return _connected(node, subject)
        case Compare(operator=operator, left=left, right=right):
            return compare(operator, value_of(left, subject), value_of(right, subject))
        case In(operand=operand, items=items, negated=negated):
            found = any_true(
                compare("==", value_of(operand, subject), value_of(item, subject)) for item in items.values
            )
            return found if found is None else found is not negated
    raise TypeError(f"{type(node).__name__} has no value of its own")


def _connected(node: Not | And | Or, subject: Subject) -> bool | None:
    match node:
        case Not(operand=operand):
            return negate(_truth(value_of(operand, subject)))
        case And(operands=operands):
            return negate(any_true(negate(_truth(value_of(part, subject))) for part in operands))
        case Or(operands=operands):
            return any_true(_truth(value_of(part, subject)) for part in operands)


def negate(truth: bool | None) -> bool | None:
    """The opposite; the opposite of unknown is unknown."""
    return None if truth is None else not truth


def any_true(truths: Iterable[bool | None]) -> bool | None:
    """True if one is, else unknown if one is unknown, else false."""
    seen = list(truths)
    if True in seen:
        return True
    return None if None in seen else False


def compute(operator: Operator, left: Value, right: Value) -> Fraction | None:
    """Exact arithmetic; unknown where a part is, and where it would divide by zero."""
    if left is None or right is None:
        return None
    one, other = _number(left), _number(right)
    match operator:
        case "+":
            return one + other
        case "-":
            return one - other
        case "*":
            return one * other
        case "/":
            return None if other == 0 else one / other


def compare(operator: Comparison, left: Value, right: Value) -> bool | None:
    """How two values of one type compare; unknown where one is. A text beside a date is read as a date."""
    if left is None or right is None:
        return None
    one, other = _alike(left, right)
    match operator:
        case "==":
            return one == other
        case "!=":
            return one != other
        case "<":
            return one < other  # type: ignore[operator]
        case "<=":
            return one <= other  # type: ignore[operator]
        case ">":
            return one > other  # type: ignore[operator]
        case ">=":
            return one >= other  # type: ignore[operator]


def _alike(left: Value, right: Value) -> tuple[Value, Value]:
    if isinstance(left, date) and isinstance(right, str):
        return left, date.fromisoformat(right)
    if isinstance(left, str) and isinstance(right, date):
        return date.fromisoformat(left), right
    if type(left) is not type(right):
        raise TypeError(f"{left!r} can't be compared to {right!r}")
    return left, right


def _number(value: Value) -> Fraction:
    if not isinstance(value, Fraction):
        raise TypeError(f"{value!r} is no number")
    return value


def _truth(value: Value) -> bool | None:
    if value is None or isinstance(value, bool):
        return value
    raise TypeError(f"{value!r} is neither true nor false")
