"""An earning rule, read from its part of the document."""

from collections.abc import Mapping
from typing import Any, cast

from headrace.engine.expressions import Attainment, Field, Growth, Node, Truth
from headrace.engine.programme import (
    Cap,
    Every,
    EveryKind,
    Fixed,
    Gate,
    Multiplier,
    PayKind,
    Pays,
    Rounding,
    Rule,
    Split,
    Window,
)
from headrace.engine.report import Reader, Report, optional
from headrace.engine.scale_parsing import Setting, read_scale
from headrace.engine.tokens import exact

Raw = Mapping[str, Any]

# What is counted in pieces: a rule pays one unless its scale says how many.
COUNTED: tuple[PayKind, ...] = ("status", "badge", "reward", "entry")
_NAMED: tuple[PayKind, ...] = ("points", "fund", *COUNTED)


def read_rule(raw: Raw, path: str, report: Report) -> Rule:
    """The rule with its defaults; what is wrong with it is noted."""
    by = _fields(raw, path, report)
    reader = Reader(report, raw["facts"], frozenset(by))
    pays = read_pays(raw.get("pays", "money"), f"{path}.pays", report)
    base = reader.measure(raw.get("base"), f"{path}.base")
    scale = read_scale(raw["scale"], Setting(reader, f"{path}.scale", base, pays.kind in COUNTED))
    if base is None and isinstance(scale.on, Growth | Attainment):
        # A rate on a percentage means nothing: what is paid on is what grows, or what reaches its target.
        base = scale.on.measure
    return Rule(
        key=raw["key"],
        facts=raw["facts"],
        to=raw["to"],
        every=read_every(raw["every"], f"{path}.every", report),
        scale=scale,
        where=reader.condition(raw.get("where"), f"{path}.where"),
        by=by,
        base=base,
        gates=_gates(raw, path, reader),
        multipliers=_multipliers(raw, path, reader),
        highest_only=raw.get("highest_only", False),
        cap=read_cap(raw.get("cap")),
        floor=read_cap(raw.get("floor")),
        splits=tuple(Split(split["to"], exact(split["share"])) for split in raw.get("split", [])),
        overlay=raw.get("overlay", False),
        duplicate_credit="duplicate_credit" in raw,
        deduct=tuple(raw.get("deduct", ())),
        best_of=raw.get("best_of"),
        rounding=cast(
            Rounding, raw.get("round", "half_up" if pays.kind not in ("points", *COUNTED) else "down")
        ),
        pays=pays,
        returns=raw.get("returns", "when_sold"),
        minimum_payout=optional(raw.get("minimum_payout")),
        without_baseline=_without_baseline(raw.get("without_baseline")),
        negative="negative" in raw,
        title=read_title(raw.get("title")),
    )


def read_title(raw: str | Raw | None) -> Mapping[str, str]:
    """A text for each language; one given without a language is English."""
    if raw is None:
        return {}
    return {"en": raw} if isinstance(raw, str) else dict(raw)


def read_every(raw: str | Raw | list[Raw], path: str, report: Report) -> Every:
    """A period; windows must not overlap."""
    if isinstance(raw, str):
        return Every(cast(EveryKind, raw))
    if isinstance(raw, Mapping):
        return Every("rolling", months=int(raw["rolling"]["months"]))
    windows = tuple(_window(window, f"{path}[{place}]", report) for place, window in enumerate(raw))
    for place, window in enumerate(windows):
        for earlier in windows[:place]:
            if window.starts <= earlier.ends and window.ends >= earlier.starts:
                found = f"{window.name} shares days with {earlier.name}"
                report.wrong(f"{path}[{place}]", found, "a day belongs to one window at most")
            if window.name == earlier.name:
                report.wrong(
                    f"{path}[{place}].name", f"{window.name} a second time", "each window has its own name"
                )
    return Every("windows", windows=windows)


def _window(raw: Raw, path: str, report: Report) -> Window:
    starts, ends = report.day(raw["from"], f"{path}.from"), report.day(raw["to"], f"{path}.to")
    if ends < starts:
        report.wrong(
            f"{path}.to", f"{ends} is before {starts}", "a window ends on or after the day it starts"
        )
    return Window(raw["name"], starts, ends)


def read_cap(raw: Raw | None) -> Cap | None:
    """A cap or floor; without a period it is the rule's own."""
    if raw is None:
        return None
    return Cap(exact(raw["amount"]), Every(raw["every"]) if "every" in raw else None)


def read_pays(raw: str | Raw, path: str, report: Report) -> Pays:
    """What a rule pays; points without a name are called points."""
    if isinstance(raw, str):
        return Pays(cast(PayKind, raw), "points" if raw == "points" else "")
    kind = next(kind for kind in _NAMED if kind in raw)
    until = report.day(raw["holds_until"], f"{path}.holds_until") if "holds_until" in raw else None
    return Pays(kind, raw[kind], raw.get("qualifying", False), until, int(raw.get("grace_days", "0")))


def _fields(raw: Raw, path: str, report: Report) -> tuple[Field, ...]:
    reader = Reader(report, raw["facts"])
    fields = tuple(reader.field(text, f"{path}.by[{place}]") for place, text in enumerate(raw.get("by", ())))
    for place, field in enumerate(fields):
        if field in fields[:place]:
            report.wrong(
                f"{path}.by[{place}]", f'"{raw["by"][place]}" a second time', "each field groups once"
            )
    return fields


def _gates(raw: Raw, path: str, reader: Reader) -> tuple[Gate, ...]:
    return tuple(
        Gate(reader.condition(text, f"{path}.gates[{place}]", "group") or Truth(True), text)
        for place, text in enumerate(raw.get("gates", ()))
    )


def _multipliers(raw: Raw, path: str, reader: Reader) -> tuple[Multiplier, ...]:
    multipliers = []
    for place, entry in enumerate(raw.get("multiply", ())):
        where: Node | None = reader.factor_condition(entry.get("where"), f"{path}.multiply[{place}].where")
        multipliers.append(Multiplier(where, exact(entry["by"])))
    return tuple(multipliers)


def _without_baseline(raw: str | Raw | None) -> Any:
    return Fixed(exact(raw["pays_fixed"])) if isinstance(raw, Mapping) else raw
