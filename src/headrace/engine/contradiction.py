"""Whether conditions can hold together, as far as that can be decided from their text alone.

A condition is spread into alternatives. In each, what is asked of one field or measure is tried on every
value that could matter: those it is compared to, one between each two of them, and one beyond either end.
What compares two fields, and what is too wide to spread, counts as possible.
"""

import operator
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from itertools import pairwise, product

from headrace.engine.expressions import (
    Aggregate,
    And,
    Certified,
    Compare,
    Comparison,
    Field,
    In,
    Negative,
    Node,
    Not,
    Number,
    Or,
    Text,
    Truth,
)
from headrace.engine.writing import written

Constant = Decimal | str | bool
# What is asked of a value; and of what it is asked.
Demand = Callable[[Constant], bool]
# A part of a condition, and whether it must be true or false.
Part = tuple[Node, bool]
Alternative = tuple[Part, ...]

ALTERNATIVES_MAX = 200
_HALF = Decimal("0.5")
_COMPARE: dict[Comparison, Callable[[Constant, Constant], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_MIRRORED: dict[Comparison, Comparison] = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}


def impossible(*conditions: Node | None) -> bool:
    """Whether the conditions can never hold together."""
    given = tuple(condition for condition in conditions if condition is not None)
    return bool(given) and not any(_possible(one) for one in _alternatives(And(given), True))


def certain(condition: Node) -> bool:
    """Whether a condition holds for every known value."""
    return impossible(Not(condition))


# Alternatives


def _alternatives(node: Node, wanted: bool) -> Sequence[Alternative]:
    """The ways in which a condition comes out as wanted; a way without parts is always open."""
    match node:
        case Not(operand=operand):
            return _alternatives(operand, not wanted)
        case And(operands=operands) | Or(operands=operands):
            parts = [_alternatives(operand, wanted) for operand in operands]
            return _all(parts) if isinstance(node, And) == wanted else _any(parts)
        case Truth(value=value):
            return [()] if value == wanted else []
    return [((node, wanted),)]


def _any(parts: Iterable[Sequence[Alternative]]) -> Sequence[Alternative]:
    found = [alternative for part in parts for alternative in part]
    return found if len(found) <= ALTERNATIVES_MAX else [()]


def _all(parts: Iterable[Sequence[Alternative]]) -> Sequence[Alternative]:
    found: list[Alternative] = [()]
    for part in parts:
        # A part too wide to spread is left out: then more seems possible, never less.
        if len(found) * len(part) <= ALTERNATIVES_MAX:
            found = [(*one, *other) for one, other in product(found, part)]
    return found


# What is asked in one alternative


def _possible(alternative: Alternative) -> bool:
    demands: dict[str, list[Demand]] = defaultdict(list)
    constants: dict[str, set[Constant]] = defaultdict(set)
    for node, wanted in alternative:
        asked = _asked(node)
        if asked is None:
            continue
        subject, values, demand = asked
        name = written(subject)
        constants[name] |= set(values)
        demands[name].append(demand if wanted else _opposite(demand))
        if isinstance(subject, Aggregate) and subject.function in ("count", "count_distinct"):
            constants[name].add(Decimal(0))
            demands[name].append(lambda value: value >= Decimal(0))  # type: ignore[operator]
    return all(_satisfiable(constants[name], demands[name]) for name in demands)


def _asked(node: Node) -> tuple[Node, Sequence[Constant], Demand] | None:
    """Of what it is asked, the values it is compared to, and what is asked; None where that is unclear."""
    match node:
        case Field() | Certified():
            return node, (True,), lambda value: value is True
        case In(operand=operand, items=items, negated=negated):
            among = [value for item in items.values if (value := _constant(item)) is not None]
            return operand, among, lambda value: (value in among) is not negated
        case Compare(operator=sign, left=left, right=right):
            one, other = _constant(left), _constant(right)
            if one is not None and other is None:
                return _compared(right, _MIRRORED.get(sign, sign), one)
            if other is not None:
                return _compared(left, sign, other)
    return None


def _compared(subject: Node, sign: Comparison, value: Constant) -> tuple[Node, Sequence[Constant], Demand]:
    return subject, (value,), lambda found: _COMPARE[sign](found, value)


def _opposite(demand: Demand) -> Demand:
    return lambda value: not demand(value)


def _constant(node: Node) -> Constant | None:
    match node:
        case Number(value=value) | Text(value=value) | Truth(value=value):
            return value
        case Negative(operand=Number(value=value)):
            return value.copy_negate()
    return None


def _satisfiable(constants: set[Constant], demands: Sequence[Demand]) -> bool:
    if len({type(constant) for constant in constants}) > 1:
        return True
    return any(all(demand(value) for demand in demands) for value in _candidates(constants))


def _candidates(constants: set[Constant]) -> list[Constant]:
    """The constants, and enough values around them that every way to lie between them is tried."""
    numbers = sorted(value for value in constants if isinstance(value, Decimal))
    if numbers:
        between = [(low + high) * _HALF for low, high in pairwise(numbers)]
        return [*numbers, *between, numbers[0] - 1, numbers[-1] + 1]
    texts = [value for value in constants if isinstance(value, str)]
    if texts:
        # A text and a zero sign is the next text there is; the empty one comes before all.
        return [*texts, *(f"{text}\0" for text in texts), ""]
    return [True, False]
