"""Layouts as JSON, so that the receipts of a kept result can be told years later without compiling anything."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from headrace.engine.plan.layout import (
    GateLayout,
    MeasureLayout,
    NumberColumn,
    RuleLayout,
    StepLayout,
    ValueLayout,
)

Json = Mapping[str, Any]
_PLAIN = (
    *("rule", "to", "rounding", "unit", "digits"),
    *("groups", "facts", "earnings", "shares", "lifted", "given", "split", "window"),
)


def to_json(layout: RuleLayout) -> dict[str, Any]:
    plain = {name: getattr(layout, name) for name in _PLAIN}
    return {
        **plain,
        "by": list(layout.by),
        "paths": list(layout.paths),
        "limits": {name: str(figure) for name, figure in layout.limits.items()},
        "document": dict(layout.document),
        "exact": _number(layout.exact),
        "credit": _number(layout.credit),
        "factor": _number(layout.factor),
        "weight": _number(layout.weight),
        "measures": [{"name": m.name, "text": m.text, "value": _number(m.value)} for m in layout.measures],
        "gates": [
            {"text": g.text, "holds": g.holds, "value": _number(g.value), "needed": _number(g.needed)}
            for g in layout.gates
        ],
        "steps": [
            {
                "kind": s.kind,
                "amount": _number(s.amount),
                "label": {k: _figure(v) for k, v in s.label.items()},
            }
            for s in layout.steps
        ],
        "values": [_value(value) for value in layout.values],
    }


def from_json(found: Json) -> RuleLayout:
    plain = {name: found[name] for name in (*_PLAIN, "document")}
    return RuleLayout(
        **plain,
        by=tuple(found["by"]),
        paths=tuple(found["paths"]),
        limits={name: Fraction(figure) for name, figure in found["limits"].items()},
        exact=_column(found["exact"]),
        credit=_maybe(found["credit"]),
        factor=_maybe(found["factor"]),
        weight=_maybe(found["weight"]),
        measures=tuple(MeasureLayout(m["name"], m["text"], _column(m["value"])) for m in found["measures"]),
        gates=tuple(
            GateLayout(g["text"], g["holds"], _maybe(g["value"]), _maybe(g["needed"])) for g in found["gates"]
        ),
        steps=tuple(
            StepLayout(s["kind"], _column(s["amount"]), {k: _read_figure(v) for k, v in s["label"].items()})
            for s in found["steps"]
        ),
        values=tuple(_read_value(value) for value in found["values"]),
    )


def _number(column: NumberColumn | None) -> dict[str, Any] | None:
    if column is None:
        return None
    return {"whole": column.whole, "unit": str(column.unit), "divisors": list(column.divisors)}


def _column(found: Json) -> NumberColumn:
    return NumberColumn(found["whole"], Fraction(found["unit"]), tuple(found["divisors"]))


def _maybe(found: Json | None) -> NumberColumn | None:
    return None if found is None else _column(found)


def _figure(figure: NumberColumn | Fraction | str) -> dict[str, Any] | None:
    if isinstance(figure, NumberColumn):
        return _number(figure)
    return {"exact": str(figure)} if isinstance(figure, Fraction) else {"text": figure}


def _read_figure(found: Json) -> NumberColumn | Fraction | str:
    if "whole" in found:
        return _column(found)
    return Fraction(found["exact"]) if "exact" in found else str(found["text"])


def _value(layout: ValueLayout) -> dict[str, Any]:
    return {"text": layout.text, "column": layout.column, "kind": layout.kind, "unit": str(layout.unit)}


def _read_value(found: Json) -> ValueLayout:
    return ValueLayout(found["text"], found["column"], found["kind"], Fraction(found["unit"]))
