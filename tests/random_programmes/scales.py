"""Random scales of every mode."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from .choices import Choices, Document, Rows
from .words import AMOUNTS, BOUNDS, COUNTS, INCREASES, RATES, RATIOS


@dataclass(frozen=True)
class Ways:
    """How a scale may pay: by which of rate, per_unit and amount, with how many digits."""

    names: Sequence[str]
    digits: int


def scale_and_base(choose: Choices, rule: Document, digits: int) -> Document:
    facts = rule["facts"]
    modes = (
        "flat",
        "slab",
        "slab",
        "retro",
        "retro",
        "additive_capped",
        "additive_full",
        "excess",
        "interpolate",
    )
    alone = rule["every"] in ("fact", "order")
    if rule["pays"] == {"badge": "star"}:
        modes = ("flat", "slab", "retro")
    mode = choose.one((*modes, "package", "lookup", *(() if alone else ("rank",))))
    kinds = {
        "additive_capped": ("none", "amount", "count"),
        "excess": ("none", "amount", "growth", "increase"),
    }
    usual = (
        ("none", "amount", "count") if alone else ("none", "amount", "count", "ratio", "growth", "increase")
    )
    on, kind = _measure(choose, facts, choose.one(kinds.get(mode, usual)))
    base = choose.one(AMOUNTS[facts]) if choose.chance(4) and mode not in kinds else None
    scale = _scale(choose, mode, facts, kind, _ways(rule, kind, digits))
    return {"scale": {**scale, **({"on": on} if on else {})}, **({"base": base} if base else {})}


def _ways(rule: Document, kind: str, digits: int) -> Ways:
    if rule["pays"] == {"badge": "star"}:
        return Ways(("amount",), digits)
    return Ways(("rate", "amount") if kind == "ratio" else ("rate", "rate", "per_unit", "amount"), digits)


def _measure(choose: Choices, facts: str, kind: str) -> tuple[str | None, str]:
    """x, and what its bounds look like."""
    match kind:
        case "none":
            return None, "count" if facts == "event" else "amount"
        case "amount":
            return choose.one(AMOUNTS[facts]), "amount"
        case "count":
            return choose.one(COUNTS[facts]), "count"
        case "ratio":
            return choose.one(RATIOS[facts]), "ratio"
        case "growth":
            return choose.one([text for text in RATIOS[facts] if text.startswith("growth")]), "ratio"
    return choose.one(INCREASES[facts]), "amount"


def _scale(choose: Choices, mode: str, facts: str, kind: str, ways: Ways) -> Document:
    match mode:
        case "flat":
            return {"mode": mode, **_pay(choose, ways)}
        case "package":
            return {"mode": mode, **_package(choose, ways)}
        case "lookup":
            return {"mode": mode, **_lookup(choose, facts, ways)}
        case "rank":
            return {"mode": mode, **_rank(choose, ways)}
        case "slab" | "retro":
            return {"mode": mode, "bands": _bands(choose, kind, lambda: _pay(choose, ways))}
    bands = _bands(choose, kind, lambda: {"rate": choose.one(RATES)})
    if mode == "interpolate" and len(bands) == 1:
        bands.append({"from": "500%" if kind == "ratio" else "5000", "rate": choose.one(RATES)})
    return {"mode": mode, "bands": bands}


def _bands(choose: Choices, kind: str, pay: Callable[[], Document]) -> Rows:
    return [
        {"from" if choose.chance(7) else "above": bound, **pay()} for bound in choose.several(BOUNDS[kind], 4)
    ]


def _pay(choose: Choices, ways: Ways) -> Document:
    pay: Document = {}
    for name in choose.several(ways.names, 2):
        match name:
            case "rate":
                pay[name] = choose.one(RATES)
            case "per_unit":
                pay[name] = choose.amount(5, 3)
            case "amount":
                pay[name] = choose.amount(50, ways.digits)
    return pay


def _package(choose: Choices, ways: Ways) -> Document:
    scale = {"size": choose.one(("1", "3", "10", "2.5")), "amount": choose.amount(20, ways.digits)}
    if choose.chance(4):
        scale["free"] = choose.one(("1", "5.5"))
    if choose.chance(4):
        scale["round"] = choose.one(("up", "down"))
    return scale


def _lookup(choose: Choices, facts: str, ways: Ways) -> Document:
    own = (
        ("product.category", ("Bikes", "Parts")) if facts == "sale" else ("partner.tier", ("gold", "silver"))
    )
    common = (
        ("partner.region", ("north", "south")),
        ("channel", ("web", "shop")),
        ("customer.is_new", ("true", "false")),
    )
    by, values = choose.one((*common, own, own))
    scale: Document = {
        "by": by,
        "values": {value: _entry(choose, ways) for value in choose.several(values, 2)},
    }
    if choose.chance(5):
        scale["otherwise"] = _entry(choose, ways)
    return scale


def _entry(choose: Choices, ways: Ways) -> Any:
    return choose.one(RATES) if choose.chance(5) and "rate" in ways.names else _pay(choose, ways)


def _rank(choose: Choices, ways: Ways) -> Document:
    scale: Document = {"places": [{"to": "1", "amount": choose.amount(90, ways.digits)}]}
    if choose.chance(6):
        scale["places"].append({"to": "3", "amount": choose.amount(30, ways.digits)})
    if choose.chance(4):
        scale["within"] = choose.one(("partner.region", ["partner.tier"]))
    if choose.chance(4):
        scale["ties"] = "split"
    return scale
