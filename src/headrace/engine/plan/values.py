"""Expressions of a programme as SQL: exact numbers, texts, dates and three-valued conditions."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from sqlglot import exp

from headrace.engine import money, sql
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
    Negative,
    Node,
    Not,
    Number,
    Or,
    Text,
    Truth,
    walk,
)
from headrace.engine.money import Exact
from headrace.engine.programme import Finding, ProgrammeError
from headrace.engine.sql import Sql
from headrace.engine.tables import Kind
from headrace.engine.writing import written


@dataclass(frozen=True, slots=True)
class Plain:
    """A value that is no number; without a kind where the data lacks the column, so that nothing is known."""

    value: Sql
    kind: Kind | None


Value = Exact | Plain

COMPARISONS: dict[str, type[exp.Binary]] = {
    "==": exp.EQ,
    "!=": exp.NEQ,
    "<": exp.LT,
    "<=": exp.LTE,
    ">": exp.GT,
    ">=": exp.GTE,
}


class UnsupportedError(Exception):
    """The plan cannot hold this exactly; the reference calculator can."""


# The attribute of a partner or person that lists what certificates it holds: "network-pro;security".
CERTIFICATES = "certificates"

Column = Field | Certified
Measure = Aggregate | Growth | Increase | Attainment


class Scope(Protocol):
    """Where an expression is read: over one fact, or over one group."""

    @property
    def path(self) -> str:
        """Where in the document, for messages."""
        ...

    def column(self, node: Column) -> Value: ...

    def measure(self, node: Measure) -> Exact: ...


def value(node: Node, scope: Scope) -> Value:
    match node:
        case Number():
            return money.number(node.value)
        case Text():
            return Plain(sql.text(node.value), "text")
        case Field() | Certified():
            return scope.column(node)
        case Negative():
            return money.negative(number(node.operand, scope))
        case Arithmetic():
            return _arithmetic(node, scope)
        case Aggregate() | Growth() | Increase() | Attainment():
            return scope.measure(node)
        case _:
            return Plain(condition(node, scope), "truth")


def number(node: Node, scope: Scope) -> Exact:
    found = value(node, scope)
    if isinstance(found, Exact):
        return found
    if found.kind is None:
        return Exact(sql.cast(sql.unknown(), sql.WIDE))
    raise mistake(scope, f"{written(node)} is a {found.kind}", "a number")


def _arithmetic(node: Arithmetic, scope: Scope) -> Exact:
    left, right = number(node.left, scope), number(node.right, scope)
    if node.operator == "+":
        return money.total([left, right])
    if node.operator == "-":
        return money.subtract(left, right)
    return money.multiply(left, right) if node.operator == "*" else money.divide(left, right)


def condition(node: Node, scope: Scope) -> Sql:
    """A condition in SQL's three-valued logic."""
    match node:
        case Truth():
            return sql.truth(node.value)
        case Not():
            return sql.negate(condition(node.operand, scope))
        case And():
            return sql.both(condition(operand, scope) for operand in node.operands)
        case Or():
            return sql.either(condition(operand, scope) for operand in node.operands)
        case Compare():
            return _compare(node, scope)
        case In():
            return _within(node, scope)
    found = value(node, scope) if isinstance(node, Field | Certified) else None
    if isinstance(found, Plain) and found.kind in ("truth", None):
        return sql.cast(found.value, sql.TRUTH) if found.kind is None else found.value
    raise mistake(scope, f"{written(node)} is no condition", "a comparison, or a yes/no column")


def _compare(node: Compare, scope: Scope) -> Sql:
    left, right = _side(node.left, scope), _side(node.right, scope)
    kind = COMPARISONS[node.operator]
    if any(isinstance(side, Plain) and side.kind is None for side in (left, right)):
        return sql.cast(sql.unknown(), sql.TRUTH)
    if isinstance(left, Exact) and isinstance(right, Exact):
        return money.compare(kind, left, right)
    if isinstance(left, Plain) and isinstance(right, Plain):
        left, right = _typed(left, node.left, right, scope), _typed(right, node.right, left, scope)
        if left.kind == right.kind:
            return sql.binary(kind, left.value, right.value)
    raise mistake(
        scope, f"{written(node.left)} and {written(node.right)} are of different types", "two alike"
    )


def _side(node: Node, scope: Scope) -> Value:
    return Plain(sql.truth(node.value), "truth") if isinstance(node, Truth) else value(node, scope)


def _typed(side: Plain, node: Node, other: Plain, scope: Scope) -> Plain:
    """A text is a date when it stands beside one."""
    if isinstance(node, Text) and other.kind in ("date", "moment"):
        try:
            return Plain(sql.day(date.fromisoformat(node.value)), other.kind)
        except ValueError:
            raise mistake(scope, f"{node.value!r} is no date", "a date as 2026-12-31") from None
    return side


def _within(node: In, scope: Scope) -> Sql:
    return sql.negate(_listed(node, scope)) if node.negated else _listed(node, scope)


def _listed(node: In, scope: Scope) -> Sql:
    operand = value(node.operand, scope)
    if isinstance(operand, Plain) and operand.kind == "text":
        texts = [item.value for item in node.items.values if isinstance(item, Text)]
        if len(texts) == len(node.items.values):
            return sql.within(operand.value, [sql.text(one) for one in texts])
    return sql.either(_compare(Compare("==", node.operand, item), scope) for item in node.items.values)


def mistake(scope: Scope, found: str, right: str) -> ProgrammeError:
    return ProgrammeError([Finding(scope.path, found, right)])


def parts_of(node: Node) -> list[Node]:
    """The node and all within it."""
    return [part for part, _ in walk(node)]


def columns_in(nodes: Iterable[Node | None]) -> list[Column]:
    """The columns that expressions name, each once, in order of appearance."""
    found: dict[Column, None] = {}
    for node in nodes:
        for part in parts_of(node) if node is not None else ():
            if isinstance(part, Field | Certified):
                found[part] = None
    return list(found)


def attribute(node: Column) -> Field:
    """The column that is read: of a certificate, the list of those that are held."""
    return node if isinstance(node, Field) else Field(node.holder, CERTIFICATES)


def conjuncts(node: Node | None) -> list[Node]:
    """The conditions that must all hold for the whole to hold."""
    if node is None:
        return []
    if isinstance(node, And):
        return [part for operand in node.operands for part in conjuncts(operand)]
    return [node]


def as_text(found: Value) -> Sql:
    """The text under which facts are grouped; empty where the value is unknown."""
    nothing = sql.text("")
    if isinstance(found, Exact):
        return sql.or_else(money.decimal_text(found), nothing)
    if found.kind == "truth":
        return sql.cases(
            [(found.value, sql.text("true")), (sql.negate(found.value), sql.text("false"))], nothing
        )
    value = sql.cast(found.value, sql.TEXT) if found.kind in ("date", "moment") else found.value
    return sql.or_else(value, nothing)
