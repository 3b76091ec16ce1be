"""The next step of a scale, what is missing to it, and the fact that would bring it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor
from typing import Any

from headrace.engine.nodes import (
    Aggregate,
    Arithmetic,
    Attainment,
    Field,
    Growth,
    Increase,
    Negative,
    Node,
    Number,
    walk,
)
from headrace.engine.programme import Rule
from headrace.engine.result import Receipt
from headrace.engine.scales import Banded, Package, Scale
from headrace.engine.tables import MONETARY
from headrace.engine.writing import exact_text

# Columns of a fact that grow with it; a unit cost or a channel does not.
GROWING = ("quantity", "net_amount", "list_amount", "amount", "value")
# As many facts as a rule that counts them may be shown to lack; beyond, no example is calculated.
SUPPOSED_FACTS_MAX = 200
_FINE = Fraction(1, 10_000)


@dataclass(frozen=True, slots=True)
class Rung:
    """Where a scale begins to pay differently: at `bound`, or only past it."""

    bound: Fraction
    inclusive: bool

    def is_reached(self, x: Fraction) -> bool:
        """Whether x is at the bound, or past it where only that counts."""
        return x >= self.bound if self.inclusive else x > self.bound


def next_rung(scale: Scale, x: Fraction) -> Rung | None:
    """The first rung that x has not reached; None at the top, or where the scale has no rungs."""
    if isinstance(scale, Banded):
        band = next((band for band in scale.bands if not band.is_reached(x)), None)
        return Rung(Fraction(band.bound), band.inclusive) if band else None
    if isinstance(scale, Package):
        filled = max(x - Fraction(scale.free), Fraction(0)) / Fraction(scale.size)
        packs = ceil(filled) if scale.round_up else floor(filled) + 1
        return Rung(Fraction(scale.free) + packs * Fraction(scale.size), not scale.round_up)
    return None


def core(x: Node) -> Node:
    """What facts add to: the measure itself, or the one that is compared with a baseline or target."""
    return x.measure if isinstance(x, Growth | Increase | Attainment) else x


def is_additive(measure: Node) -> bool:
    """Whether more facts add to it in proportion, so that what is missing can be told in its own unit."""
    match measure:
        case Aggregate(function=function):
            return function in ("sum", "count")
        case Negative(operand=operand):
            return is_additive(operand)
        case Arithmetic(operator="+" | "-", left=left, right=right):
            return is_additive(left) and is_additive(right)
        case Arithmetic(operator="*", left=left, right=right):
            return (isinstance(left, Number) and is_additive(right)) or (
                isinstance(right, Number) and is_additive(left)
            )
        case Arithmetic(operator="/", left=left, right=Number()):
            return is_additive(left)
    return False


def is_count(measure: Node) -> bool:
    """Whether facts are counted, however large they are."""
    return isinstance(measure, Aggregate) and measure.function == "count"


def is_monetary(measure: Node) -> bool:
    """Whether it is counted in the programme's currency."""
    return not is_count(measure) and any(column in MONETARY for column in _columns(measure))


def _columns(measure: Node) -> list[str]:
    return [node.name for node, _ in walk(measure) if isinstance(node, Field) and node.namespace == "fact"]


def missing_to(rung: Rung, x: Fraction, unit: Fraction, grain: Fraction) -> Fraction:
    """What must be added to reach a rung, in whole grains; x is in parts of `unit`."""
    exact = (rung.bound - x) * unit
    grains = ceil(exact / grain)
    if not rung.inclusive and grains * grain == exact:
        grains += 1
    return grains * grain


def grain_of(measure: Node, digits: int, rows: Sequence[Mapping[str, Any]]) -> Fraction:
    """The smallest piece in which the measure grows: a fact, a cent, a whole piece where all are whole."""
    if is_count(measure):
        return Fraction(1)
    if is_monetary(measure):
        return Fraction(1, 10**digits)
    return min((_grain(column, digits, rows) for column in _columns(measure)), default=_FINE)


def _grain(column: str, digits: int, rows: Sequence[Mapping[str, Any]]) -> Fraction:
    if column in MONETARY:
        return Fraction(1, 10**digits)
    values = [row.get(column) or 0 for row in rows]
    whole = all(isinstance(value, Decimal | int) and value == int(value) for value in values)
    return Fraction(1) if whole else _FINE


def contributed(rule: Rule, fact: Mapping[str, Any]) -> Fraction | None:
    """What a fact of a receipt brought to what rungs are reached by; None where that isn't told."""
    measure = core(rule.x)
    if fact["credit"] != "1":
        return None
    if measure == core(rule.b):
        return Fraction(fact["weight"])
    if is_count(measure):
        return Fraction(1)
    if isinstance(measure, Aggregate) and isinstance(measure.argument, Field) and measure.where is None:
        value = fact["values"].get(measure.argument.name)
        return None if value is None else Fraction(value)
    return None


def supposed(
    rule: Rule,
    missing: Fraction,
    receipt: Receipt,
    rows: Mapping[str, Mapping[str, Any]],
    on: date,
    digits: int,
) -> list[dict[str, Any]]:
    """Facts that bring what is missing, at the average of those of the receipt; none where that can't be.

    `rows` are the facts of the inputs by id. The facts have no id yet.
    """
    parts = {
        fact["id"]: part
        for fact in receipt["facts"]
        if (part := contributed(rule, fact)) is not None and part > 0 and fact["id"] in rows
    }
    if not parts:
        return []
    like = again(rows[max(parts, key=lambda key: (parts[key], key))], on)
    if is_count(core(rule.x)):
        return [like] * int(missing) if missing <= SUPPOSED_FACTS_MAX else []
    sources = [rows[key] for key in parts]
    factor = missing / sum(parts.values(), Fraction(0))
    for column in GROWING:
        total = sum((Fraction(row.get(column) or 0) for row in sources), Fraction(0))
        grain = _grain(column, digits, sources)
        if like.get(column) is not None:
            like[column] = decimal(ceil(total * factor / grain) * grain)
    return [like]


def again(row: Mapping[str, Any], on: date) -> dict[str, Any]:
    """A fact like another, on another day; it has no id yet, and takes nothing back."""
    alone = dict.fromkeys(("id", "recorded_at", "supersedes", "returns", "credits", "serial"))
    return {**row, **alone, "on": on}


def plainest(rule: Rule, recipient: str, on: date) -> list[dict[str, Any]]:
    """The first fact of a recipient who has none; empty where the price of a piece would matter."""
    if core(rule.x) != core(rule.b) or rule.to not in ("partner", "person"):
        return []
    return [{rule.to: recipient, "on": on, **dict.fromkeys(GROWING, Decimal(1))}]


def decimal(value: Fraction, places: int = 0) -> Decimal:
    """A number of whole grains, with as many decimals as it needs, and at least so many places."""
    plain = Decimal(exact_text(value))
    return plain + Decimal((0, (0,), -places))
