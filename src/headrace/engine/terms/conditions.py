"""Conditions and measures in words.

Negations are pushed down to the comparisons first: "not (a or b)" is told as "not a and not b", which in
three-valued logic is the same. What is compared to something else than a constant is told as a formula.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import cast

from headrace.engine.coherence import is_amount
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
    Items,
    Negative,
    Node,
    Not,
    Number,
    Or,
    Text,
    Truth,
)
from headrace.engine.fields import is_date
from headrace.engine.programme import FactKind
from headrace.engine.terms.speaker import Noun, Speaker

_OPPOSITE: dict[Comparison, Comparison] = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
_MIRRORED: dict[Comparison, Comparison] = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}
_NAMES: dict[Comparison, str] = {"==": "eq", "!=": "ne", "<": "lt", "<=": "le", ">": "gt", ">=": "ge"}
_SIGNS = {"+": "+", "-": "−", "*": "×", "/": "÷"}
_ARITHMETIC = {"+": 0, "-": 0, "*": 1, "/": 1}


@dataclass(frozen=True, slots=True)
class Words:
    """Tells the expressions of one rule; `facts` is None for those of an audience."""

    speaker: Speaker
    facts: FactKind | None
    currency: str

    # Conditions

    def condition(self, node: Node) -> str:
        """A condition as a clause: `the product's category is “Bikes”`."""
        return self._clause(pushed_down(node), top=True)

    def conditions(self, node: Node) -> list[str]:
        """The clauses that must all hold."""
        positive = pushed_down(node)
        parts = positive.operands if isinstance(positive, And) else (positive,)
        return [self._clause(part, top=True) for part in parts]

    def _clause(self, node: Node, top: bool = False) -> str:
        match node:
            case And(operands=operands):
                told = self.speaker.both(self._clause(operand) for operand in operands)
                return told if top else f"({told})"
            case Or(operands=operands):
                told = self.speaker.either(self._clause(operand) for operand in operands)
                return told if top else f"({told})"
            case Not(operand=operand):
                return self._truth(operand, holds=False)
            case In(operand=operand, items=Items(values=(item,)), negated=negated):
                return self._comparison(Compare("!=" if negated else "==", operand, item))
            case In(operand=operand, items=items, negated=negated):
                listed = [self._value(item, operand) for item in items.values]
                values = self.speaker.both(listed) if negated else self.speaker.either(listed)
                name = "condition.not_in" if negated else "condition.in"
                return self.speaker.clause(name, self.noun(operand), values=values)
            case Compare():
                return self._comparison(node)
            case Truth(value=value):
                return self.speaker.say("condition.always" if value else "condition.never")
        return self._truth(node, holds=True)

    def _truth(self, node: Node, holds: bool) -> str:
        """What is true or false in itself: a certificate, or a field that holds yes or no."""
        form = "holds" if holds else "fails"
        if isinstance(node, Certified):
            name = self.speaker.quoted(node.name)
            return self.speaker.say(f"condition.{node.holder}_certified.{form}", name=name)
        field = cast(Field, node)
        own = f"truth.{field.namespace}.{field.name}.{form}"
        if self.speaker.has(own):
            return self.speaker.say(own)
        return self.speaker.clause(f"truth.any.{form}", self.noun(field))

    def _comparison(self, node: Compare) -> str:
        left, operator, right = node.left, node.operator, node.right
        if isinstance(left, Number | Text | Truth) and not isinstance(right, Number | Text | Truth):
            left, operator, right = right, _MIRRORED.get(operator, operator), left
        if isinstance(right, Truth) and operator in ("==", "!="):
            return self._truth(left, right.value == (operator == "=="))
        kind = "date" if isinstance(right, Text) and is_date(right.value) else "value"
        value = self._value(right, left)
        return self.speaker.clause(f"condition.{kind}.{_NAMES[operator]}", self.noun(left), value=value)

    def _value(self, node: Node, compared: Node) -> str:
        match node:
            case Number(value=value, percent=percent):
                return self.figure(value, compared, percent)
            case Text(value=value):
                return self.text(value, compared)
            case Truth(value=value):
                return self.speaker.say("value.true" if value else "value.false")
            case Negative(operand=Number(value=value, percent=percent)):
                return self.figure(value.copy_negate(), compared, percent)
        return self.formula(node)

    def figure(self, value: Decimal, measure: Node, percent: bool = False) -> str:
        """A number as what it is compared to is counted: money, per cent or plain."""
        if percent or isinstance(measure, Growth | Attainment):
            return self.speaker.percent(value)
        if counts_money(measure):
            return self.speaker.money(value, self.currency)
        return self.speaker.number(value)

    def text(self, value: str, compared: Node) -> str:
        """A text of the document: the word for a known one, a date or country by name, or quoted."""
        if isinstance(compared, Field) and self.speaker.has(known := f"value.{compared.name}.{value}"):
            return self.speaker.say(known)
        if is_date(value):
            return self.speaker.day(date.fromisoformat(value))
        if isinstance(compared, Field) and compared.name == "country":
            return self.speaker.quoted(self.speaker.country(value) or value)
        return self.speaker.quoted(value)

    # What is spoken of

    def noun(self, node: Node) -> Noun:
        """A field or measure as the subject of a clause."""
        match node:
            case Field():
                return self._field(node)
            case Aggregate():
                return self._aggregate(node)
            case Growth(measure=measure, baseline=baseline):
                return self._compared("growth", measure, baseline)
            case Increase(measure=measure, baseline=baseline):
                return self._compared("increase", measure, baseline)
            case Attainment(measure=measure, target=None):
                return self.speaker.noun("measure.attainment.target", measure=self.noun(measure).text)
            case Attainment(measure=measure, target=target):
                name = self.speaker.quoted(target or "")
                return self.speaker.noun(
                    "measure.attainment.named", measure=self.noun(measure).text, name=name
                )
        return self.speaker.noun("measure.formula", formula=self.formula(node))

    def label(self, field: Field) -> str:
        """The bare name of a field."""
        known = f"field.{field.namespace}.{field.name}.label"
        if self.speaker.has(known):
            return self.speaker.say(known)
        return field.name.replace("_", " ")

    def _field(self, field: Field) -> Noun:
        known = f"field.{field.namespace}.{field.name}.phrase"
        if self.speaker.has(known):
            return self.speaker.noun(known)
        return self.speaker.noun(f"field.{field.namespace}.any", name=self.speaker.quoted(self.label(field)))

    def _aggregate(self, node: Aggregate) -> Noun:
        noun = self._measured(node)
        if node.where is None:
            return noun
        told = self.speaker.say("measure.where", measure=noun.text, condition=self.condition(node.where))
        return Noun(told, noun.gender)

    def _measured(self, node: Aggregate) -> Noun:
        if node.argument is None:
            return self.speaker.noun(f"measure.count.{self.facts}")
        if isinstance(node.argument, Field):
            known = f"measure.{node.function}.{node.argument.name}"
            if node.argument.namespace == "fact" and self.speaker.has(f"{known}"):
                return self.speaker.noun(known)
        return self.speaker.noun(f"measure.{node.function}.any", what=self.formula(node.argument))

    def _compared(self, kind: str, measure: Node, baseline: Node | str) -> Noun:
        told = self.noun(measure).text
        if isinstance(baseline, str):
            return self.speaker.noun(f"measure.{kind}.{baseline}", measure=told)
        return self.speaker.noun(f"measure.{kind}.any", measure=told, baseline=self._value(baseline, measure))

    # Formulas

    def formula(self, node: Node) -> str:
        """Arithmetic with signs; fields and measures stand in it by name."""
        match node:
            case Field():
                return self.speaker.quoted(self.label(node))
            case Number(value=value, percent=percent):
                return self.speaker.percent(value) if percent else self.speaker.number(value)
            case Negative(operand=operand):
                return f"−{self._bracketed(operand)}"
            case Arithmetic(operator=operator, left=left, right=right):
                level = _ARITHMETIC[operator]
                first, second = self._bracketed(left, level), self._bracketed(right, level + 1)
                return f"{first} {_SIGNS[operator]} {second}"
            case And() | Or() | Not() | Compare() | In() | Truth() | Certified():
                return f"({self.condition(node)})"
            case Text(value=value):
                return self.text(value, node)
        return self.noun(node).text

    def _bracketed(self, node: Node, level: int = 2) -> str:
        told = self.formula(node)
        loose = isinstance(node, Arithmetic) and _ARITHMETIC[node.operator] < level
        return f"({told})" if loose or isinstance(node, Negative) else told


def counts_money(node: Node) -> bool:
    """Whether a field or measure is an amount of money, and not a number or a quotient of amounts."""
    match node:
        case Field():
            return is_amount(node)
        case Aggregate(function="sum" | "min" | "max" | "avg", argument=Node() as argument):
            return counts_money(argument)
        case Increase(measure=measure) | Negative(operand=measure):
            return counts_money(measure)
        case Arithmetic(operator="+" | "-", left=left):
            return counts_money(left)
        case Arithmetic(operator="*", left=left, right=right):
            return counts_money(left) or counts_money(right)
        case Arithmetic(operator="/", left=left, right=right):
            return counts_money(left) and not counts_money(right)
    return False


def pushed_down(node: Node, negated: bool = False) -> Node:
    """A condition in which only fields and certificates are negated. Not-known stays not known."""
    match node:
        case Not(operand=operand):
            return pushed_down(operand, not negated)
        case And(operands=operands) | Or(operands=operands):
            kind = And if isinstance(node, And) is not negated else Or
            return kind(tuple(pushed_down(operand, negated) for operand in operands))
        case Compare(operator=operator, left=left, right=right) if negated:
            return Compare(_OPPOSITE[operator], left, right)
        case In(operand=operand, items=items) if negated:
            return In(operand, items, not node.negated)
        case Truth(value=value) if negated:
            return Truth(not value)
    return Not(node) if negated else node
