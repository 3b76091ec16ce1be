"""Receipts, assembled from what the plan computed: the rows that were summed, never a second formula."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from headrace import __version__
from headrace.engine.plan.layout import (
    GateLayout,
    NumberColumn,
    Row,
    RuleLayout,
    StepLayout,
    ValueLayout,
)
from headrace.engine.result import Receipt
from headrace.engine.seal import sealed
from headrace.engine.writing import exact_text, minor_text


@dataclass(frozen=True, slots=True)
class Rows:
    """All rows of one earning.

    `group` is None for an earning that is only what returns take back. `window` holds the facts that were looked at
    where they are more than those paid for; `given` what each fact brought the recipient before the programme's
    limits; `parts` the parts of a split; `shares` what each fact brings in the end, by fact; `taken` what returns take.
    """

    earning: Row
    group: Row | None
    facts: Sequence[Row]
    window: Sequence[Row]
    given: Mapping[str, int]
    parts: Mapping[str, Sequence[Row]]
    shares: Mapping[str, int]
    taken: Sequence[Row]


def assemble(programme: str, version: int, layout: RuleLayout, rows: Rows) -> Receipt:
    """The receipt of one earning as JSON values: exact figures are texts, `n/d` where no finite decimal is exact.

    The amounts of `steps` add up to `amount`, and so do the shares of `facts` (each in minor units).
    """
    earning, group = rows.earning, rows.group
    receipt = {
        "programme": programme,
        "version": version,
        "engine": __version__,
        "earning": earning["earning"],
        "rule": layout.rule,
        "to": earning["to"],
        "recipient": earning["recipient"],
        "by": {name: earning[f"by{place}"] for place, name in enumerate(layout.by)},
        "period": {"from": earning["period_from"].isoformat(), "to": earning["period_to"].isoformat()},
        "mark": earning["mark"],
        "unit": layout.unit,
        "digits": layout.digits,
        "amount": minor_text(int(earning["amount"]), layout.digits),
        "document": dict(layout.document),
        "measures": [] if group is None else list(_measures(layout, group)),
        "gates": [] if group is None else [_gate(one, group) for one in layout.gates],
        "steps": [step for step in _steps(layout, rows) if step["amount"] != "0"],
        "columns": {one.text: one.kind for one in layout.values},
        "facts": list(_facts(layout, rows)),
    }
    return sealed(receipt)


# Measures and gates


def _measures(layout: RuleLayout, group: Row) -> Iterator[dict[str, Any]]:
    for one in layout.measures:
        yield {"name": one.name, "text": one.text, "value": _read(one.value, group)}
    for name, column in (("place", "place"), ("tied", "tied")):
        if column in group and group["ranked"]:
            yield {"name": name, "text": "", "value": str(int(group[column]))}
    if "cap" in layout.limits:
        yield {"name": "cap_paid", "text": "", "value": exact_text(_money(group["cap_paid"], layout))}
    if group.get("floored"):
        yield {"name": "floor_paid", "text": "", "value": exact_text(_money(group["floor_paid"], layout))}


def _gate(layout: GateLayout, group: Row) -> dict[str, Any]:
    result: dict[str, Any] = {"text": layout.text, "holds": group[layout.holds] is True}
    value = layout.value.read(group) if layout.value else None
    needed = layout.needed.read(group) if layout.needed else None
    if value is not None and needed is not None:
        missing = Fraction(0) if result["holds"] else abs(needed - value)
        result |= {
            "value": exact_text(value),
            "needed": exact_text(needed),
            "missing": exact_text(missing),
        }
    return result


# Steps


def _steps(layout: RuleLayout, rows: Rows) -> Iterator[dict[str, Any]]:
    """The steps of the plan; then what stands between the exact amount and what is paid in the end."""
    group, earning = rows.group, rows.earning
    if group is not None:
        yield from (_step(one, group) for one in layout.steps if group[one.amount.whole] is not None)
        yield from _limits(layout, group)
    if layout.lifted:
        before = earning["outcome"]
        for kind, column in (("split", "given"), ("programme_cap", "capped"), ("budget", "budgeted")):
            label = (
                {"budget": layout.limits["budget"]} if kind == "budget" and "budget" in layout.limits else {}
            )
            yield _told(kind, _money(earning[column] - before, layout), label)
            before = earning[column]
    for row in rows.taken:
        yield _told("take_back", _money(row["share"], layout), {})


def _step(layout: StepLayout, group: Row) -> dict[str, Any]:
    label = {
        name: _read(figure, group) if isinstance(figure, NumberColumn) else _figure(figure)
        for name, figure in layout.label.items()
    }
    return {"kind": layout.kind, "label": label, "amount": _read(layout.amount, group)}


def _limits(layout: RuleLayout, group: Row) -> Iterator[dict[str, Any]]:
    """Cap, rounding, least payout, best of a set: each from what it left."""
    exact = layout.exact.read(group)
    assert exact is not None, "what a group earned is always known"
    if "cap" in layout.limits:
        most, paid = layout.limits["cap"], _money(group["cap_paid"], layout)
        within = min(exact, most - paid)
        yield _told("cap", within - exact, {"most": most, "paid": paid})
        exact = within
    capped = _money(group["capped"], layout)
    yield _told("rounding", capped - exact, {"digits": Fraction(layout.digits)})
    least = _money(group["unrivalled"] if "unrivalled" in group else group["amount"], layout)
    if "minimum_payout" in layout.limits:
        yield _told("minimum_payout", least - capped, {"minimum": layout.limits["minimum_payout"]})
    if "best" in group:
        yield _told("best_of", _money(group["amount"], layout) - least, {"best": group["best"]})


def _told(kind: str, amount: Fraction, label: Mapping[str, Fraction | str]) -> dict[str, Any]:
    figures = {name: _figure(figure) for name, figure in label.items()}
    return {"kind": kind, "label": figures, "amount": exact_text(amount)}


def _figure(figure: Fraction | str) -> str:
    return figure if isinstance(figure, str) else exact_text(figure)


# Facts


def _facts(layout: RuleLayout, rows: Rows) -> Iterator[dict[str, Any]]:
    """Every fact that was looked at, then the returns that take back."""
    paid_for = {row["fact"]: row for row in rows.facts}
    for row in rows.window or rows.facts:
        entry = _fact(layout, row)
        if row["fact"] in paid_for:
            entry |= _paid_for(layout, paid_for[row["fact"]], rows)
        yield entry
    for row in rows.taken:
        yield {
            "id": row["fact"],
            "on": row["on"].isoformat(),
            "takes_back": row["returns"],
            "share": str(int(row["share"])),
        }


def _fact(layout: RuleLayout, row: Row) -> dict[str, Any]:
    return {
        "id": row["fact"],
        "on": row["on"].isoformat(),
        "values": {one.text: _value(one, row) for one in layout.values},
        "credit": _read(layout.credit, row) if layout.credit else "1",
    }


def _paid_for(layout: RuleLayout, row: Row, rows: Rows) -> dict[str, Any]:
    """What a fact weighs, what it was given, and its share of the earning."""
    assert layout.factor is not None
    assert layout.weight is not None
    fact = row["fact"]
    entry: dict[str, Any] = {
        "factor": _read(layout.factor, row),
        "weight": _read(layout.weight, row),
        "given": str(int(rows.given.get(fact, 0) if layout.lifted else row["share"])),
    }
    if layout.paths:
        pairs = zip(layout.paths, rows.parts[fact], strict=True)
        entry["split"] = [
            {"path": path, "recipient": part["recipient"], "share": str(int(part["given"]))}
            for path, part in pairs
        ]
    if not layout.lifted:
        entry["share"] = entry["given"]
    elif fact in rows.shares:
        entry["share"] = str(int(rows.shares[fact]))
    return entry


def _value(layout: ValueLayout, row: Row) -> Any:
    found = row[layout.column]
    if found is None or layout.kind in ("text", "truth"):
        return found
    return found.isoformat() if isinstance(found, date) else exact_text(int(found) * layout.unit)


# Numbers


def _money(minor: Any, layout: RuleLayout) -> Fraction:
    return Fraction(int(minor), 10**layout.digits)


def _read(column: NumberColumn, row: Row) -> str | None:
    found = column.read(row)
    return None if found is None else exact_text(found)
