"""Expressions and exact numbers as text, so that what was parsed can be shown and read again."""

from datetime import date
from fractions import Fraction

from headrace.engine.expressions import (
    Aggregate,
    And,
    Arithmetic,
    Attainment,
    Certified,
    Compare,
    Field,
    Growth,
    In,
    Increase,
    Items,
    Negative,
    Node,
    Not,
    Number,
    Or,
    Text,
    Truth,
)

# How tightly each kind of expression binds, from the loosest; what binds looser than its place is bracketed.
_OR, _AND, _NOT, _COMPARISON, _SUM, _PRODUCT, _SIGN, _ATOM = range(8)


def written(node: Node) -> str:
    """An expression as its author could have written it; parsing it gives the same tree."""
    return _written(node)[0]


def exact_text(value: Fraction) -> str:
    """A number as a plain decimal if it has a finite one (`-0.025`), else as `numerator/denominator`."""
    digits, rest = 0, value.denominator
    while rest % 2 == 0 or rest % 5 == 0:
        rest //= 10 if rest % 10 == 0 else 2 if rest % 2 == 0 else 5
        digits += 1
    if rest != 1:
        return f"{value.numerator}/{value.denominator}"
    scaled = str(abs(value.numerator) * 10**digits // value.denominator).rjust(digits + 1, "0")
    whole, decimals = scaled[: len(scaled) - digits], scaled[len(scaled) - digits :].rstrip("0")
    return ("-" if value < 0 else "") + whole + (f".{decimals}" if decimals else "")


def minor_text(minor: int, digits: int) -> str:
    """Whole minor units as a plain decimal with all its digits: 1000 of EUR is 10.00."""
    figures = str(abs(minor)).rjust(digits + 1, "0")
    sign = "-" if minor < 0 else ""
    return f"{sign}{figures[:-digits]}.{figures[-digits:]}" if digits else sign + figures


def value_text(value: Fraction | str | bool | date | None) -> str:
    """A value of a column as text: `true`, `2026-01-31`, `1.5`; empty where it is not known."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case Fraction():
            return exact_text(value)
        case date():
            return value.isoformat()
    return value


def field_text(field: Field) -> str:
    """A field as it is written: `channel`, `product.category`."""
    return field.name if field.namespace == "fact" else f"{field.namespace}.{field.name}"


def _written(node: Node) -> tuple[str, int]:
    match node:
        case Field():
            return field_text(node), _ATOM
        case Number() | Text() | Truth() | Items():
            return _literal(node), _ATOM
        case Certified(holder=holder, name=name):
            return f"{holder}.certified({_quoted(name)})", _ATOM
        case Not(operand=operand):
            return f"not {_inside(operand, _NOT)}", _NOT
        case And(operands=operands):
            return " and ".join(_inside(part, _NOT) for part in operands), _AND
        case Or(operands=operands):
            return " or ".join(_inside(part, _AND) for part in operands), _OR
        case Compare(operator=operator, left=left, right=right):
            return f"{_inside(left, _SUM)} {operator} {_inside(right, _SUM)}", _COMPARISON
        case In(operand=operand, items=items, negated=negated):
            return f"{_inside(operand, _SUM)} {'not in' if negated else 'in'} {_literal(items)}", _COMPARISON
        case Negative(operand=operand):
            return f"-{_inside(operand, _SIGN)}", _SIGN
        case Arithmetic(operator=operator, left=left, right=right):
            binds = _SUM if operator in "+-" else _PRODUCT
            return f"{_inside(left, binds)} {operator} {_inside(right, binds + 1)}", binds
    return _measure(node), _ATOM


def _measure(node: Node) -> str:
    match node:
        case Aggregate(function=function, argument=argument, where=where):
            parts = [] if argument is None else [_inside(argument, _SUM)]
            conditions = [] if where is None else [f"where {written(where)}"]
            return f"{function}({', '.join([*parts, *conditions])})"
        case Growth(measure=measure, baseline=baseline) | Increase(measure=measure, baseline=baseline):
            name = "growth" if isinstance(node, Growth) else "increase"
            compared = baseline if isinstance(baseline, str) else _inside(baseline, _SUM)
            return f"{name}({_inside(measure, _SUM)}, {compared})"
        case Attainment(measure=measure, target=target):
            named = "target" if target is None else f"target({_quoted(target)})"
            return f"attainment({_inside(measure, _SUM)}, {named})"
    raise TypeError(f"{type(node).__name__} can't be written")


def _inside(node: Node, at_least: int) -> str:
    text, binds = _written(node)
    return text if binds >= at_least else f"({text})"


def _literal(node: Number | Text | Truth | Items) -> str:
    match node:
        case Number(value=value, percent=True):
            return f"{exact_text(Fraction(value) * 100)}%"
        case Number(value=value):
            return exact_text(Fraction(value))
        case Text(value=value):
            return _quoted(value)
        case Truth(value=value):
            return "true" if value else "false"
        case Items(values=values):
            return f"[{', '.join(_literal(value) for value in values)}]"


def _quoted(text: str) -> str:
    return f"'{text}'" if '"' in text else f'"{text}"'
