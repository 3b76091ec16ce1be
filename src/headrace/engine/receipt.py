"""Receipts, assembled from what the plan computed: the rows that were summed, never a second formula."""

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from importlib import metadata
from typing import Any

from headrace.engine.plan.layout import (
    GateLayout,
    MeasureLayout,
    NumberColumn,
    Row,
    RuleLayout,
    StepLayout,
    ValueLayout,
)

ENGINE = f"headrace {metadata.version('headrace')}"


def assemble(
    programme: str, version: int, layout: RuleLayout, group: Row, facts: Sequence[Row]
) -> dict[str, Any]:
    """The receipt of one group as JSON values: exact figures are texts, `n/d` where no finite decimal is exact.

    The amounts of `steps` add up to `amount`, and so do the shares of `facts` (each in minor units).
    """
    return {
        "programme": programme,
        "version": version,
        "engine": ENGINE,
        "earning": group["earning"],
        "rule": layout.rule,
        "to": layout.to,
        "recipient": group["recipient"],
        "by": {name: group[f"by{place}"] for place, name in enumerate(layout.by)},
        "period": {"from": group["period_from"].isoformat(), "to": group["period_to"].isoformat()},
        "unit": layout.unit,
        "digits": layout.digits,
        "amount": minor_text(int(group["amount"]), layout.digits),
        "document": dict(layout.document),
        "measures": [_measure(one, group) for one in layout.measures],
        "gates": [_gate(one, group) for one in layout.gates],
        "steps": _steps(layout, group),
        "facts": [_fact(layout, fact) for fact in facts],
    }


def _measure(layout: MeasureLayout, group: Row) -> dict[str, Any]:
    return {"name": layout.name, "text": layout.text, "value": _read(layout.value, group)}


def _gate(layout: GateLayout, group: Row) -> dict[str, Any]:
    result: dict[str, Any] = {"text": layout.text, "holds": group[layout.holds] is True}
    value = layout.value.read(group) if layout.value else None
    needed = layout.needed.read(group) if layout.needed else None
    if value is not None and needed is not None:
        result |= {"value": exact_text(value), "needed": exact_text(needed)}
        if not result["holds"]:
            result["missing"] = exact_text(needed - value)
    return result


def _steps(layout: RuleLayout, group: Row) -> list[dict[str, Any]]:
    """The steps of the plan, then those between the exact amount and what is paid: the cap, or else the rounding."""
    steps = [_step(one, group) for one in layout.steps if group[one.amount.whole] is not None]
    exact = layout.exact.read(group)
    assert exact is not None, "what a group earned is always known"
    paid = Fraction(int(group["amount"]), 10**layout.digits)
    if group["amount"] != group["rounded"]:
        steps.append({"kind": "cap", "label": {"paid": exact_text(paid)}, "amount": exact_text(paid - exact)})
    elif paid != exact:
        label = {"rounding": layout.rounding, "digits": str(layout.digits)}
        steps.append({"kind": "rounding", "label": label, "amount": exact_text(paid - exact)})
    return steps


def _step(layout: StepLayout, group: Row) -> dict[str, Any]:
    label = {
        name: _read(figure, group) if isinstance(figure, NumberColumn) else _figure(figure)
        for name, figure in layout.label.items()
    }
    return {"kind": layout.kind, "label": label, "amount": _read(layout.amount, group)}


def _figure(figure: Fraction | str) -> str:
    return figure if isinstance(figure, str) else exact_text(figure)


def _fact(layout: RuleLayout, fact: Row) -> dict[str, Any]:
    return {
        "id": fact["fact"],
        "on": fact["on"].isoformat(),
        "values": {one.text: _value(one, fact) for one in layout.values},
        "credit": _read(layout.credit, fact) if layout.credit else "1",
        "factor": _read(layout.factor, fact) if layout.factor else "1",
        "weight": _read(layout.weight, fact) if layout.weight else "1",
        "share": str(int(fact["share"])),
    }


def _value(layout: ValueLayout, fact: Row) -> Any:
    found = fact[layout.column]
    if found is None or isinstance(found, bool | str):
        return found
    if isinstance(found, date):
        return found.isoformat()
    return exact_text(int(found) * layout.unit)


def _read(column: NumberColumn, row: Row) -> str | None:
    found = column.read(row)
    return None if found is None else exact_text(found)


def exact_text(value: Fraction) -> str:
    """A plain decimal where it is exact, else `n/d`."""
    twos, fives, rest = _powers(value.denominator)
    if rest != 1:
        return f"{value.numerator}/{value.denominator}"
    digits = max(twos, fives)
    return minor_text(value.numerator * 10**digits // value.denominator, digits)


def _powers(value: int) -> tuple[int, int, int]:
    """How often 2 and 5 divide a number, and what is left of it."""
    counts = []
    for prime in (2, 5):
        count = 0
        while value % prime == 0:
            value //= prime
            count += 1
        counts.append(count)
    return counts[0], counts[1], value


def minor_text(minor: int, digits: int) -> str:
    """Minor units as a plain decimal with that many digits."""
    sign, size = ("-" if minor < 0 else ""), str(abs(minor)).rjust(digits + 1, "0")
    return sign + (f"{size[:-digits]}.{size[-digits:]}" if digits else size)
