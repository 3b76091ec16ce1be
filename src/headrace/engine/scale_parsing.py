"""The scale of a rule, read from its part of the document."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Any

from headrace.engine.expressions import Arithmetic, Attainment, Growth, Node, walk
from headrace.engine.report import Reader, optional
from headrace.engine.scales import (
    AdditiveCapped,
    AdditiveFull,
    Band,
    Excess,
    Flat,
    Interpolate,
    Lookup,
    Package,
    Pay,
    Place,
    Rank,
    Retro,
    Scale,
    Slab,
)
from headrace.engine.tokens import exact

# The modes of other systems: their name, ours.
PRESETS: Mapping[str, str] = {
    "d365.stepped": "slab",
    "d365.cumulative": "retro",
    "d365.rolling": "additive_capped",
    "d365.total": "additive_full",
    "sap.to_interval": "slab",
    "sap.to_scale": "retro",
    "enable.retrospective": "retro",
    "enable.non_retrospective": "slab",
    "stripe.graduated": "slab",
    "lago.graduated": "slab",
    "stripe.volume": "retro",
    "lago.volume": "retro",
}
# Where these end a tier at 1000, exactly 1000 still belongs to it: the next band is `above: 1000`.
_ABOVE = ("stripe.", "lago.")
# A bound of growth or attainment from here on can only be a percentage whose sign was forgotten.
_PERCENT_FORGOTTEN = 10

Raw = Mapping[str, Any]
BandedType = (
    type[Slab] | type[Retro] | type[AdditiveCapped] | type[AdditiveFull] | type[Excess] | type[Interpolate]
)


def mode_of(raw: Mapping[str, Any]) -> str:
    """The mode that a scale names, itself or by the preset of another system."""
    return raw["mode"] if "mode" in raw else PRESETS[raw["like"]]


@dataclass(frozen=True, slots=True)
class Setting:
    """Where a scale stands.

    `base` is the rule's; `counted` says that the rule pays pieces (a badge): one, unless it says how many.
    """

    reader: Reader
    path: str
    base: Node | None
    counted: bool

    def wrong(self, below: str, found: str, right: str) -> None:
        """Notes an error at a path below the scale."""
        self.reader.report.wrong(f"{self.path}{below}", found, right)


def read_scale(raw: Raw, setting: Setting) -> Scale:
    """The scale; what is wrong with it is noted."""
    on = setting.reader.measure(raw.get("on"), f"{setting.path}.on")
    return _READERS[mode_of(raw)](raw, on, setting)


def _flat(raw: Raw, on: Node | None, setting: Setting) -> Flat:
    pay = _pay(raw, "", setting)
    return Flat(pay.rate, pay.per_unit, pay.amount, on)


def _banded(kind: BandedType) -> "ScaleReader":
    def read(raw: Raw, on: Node | None, setting: Setting) -> Scale:
        x = on or setting.base
        bands = tuple(_band(band, f".bands[{place}]", x, setting) for place, band in enumerate(raw["bands"]))
        _check_order(bands, setting)
        _check_preset(raw, setting)
        return kind(on, bands)

    return read


def _package(raw: Raw, on: Node | None, setting: Setting) -> Package:
    size = exact(raw["size"])
    if size == 0:
        setting.wrong(".size", "a pack of nothing", "a pack holds more than zero")
    return Package(on, size, exact(raw.get("free", "0")), exact(raw["amount"]), raw.get("round") == "up")


def _lookup(raw: Raw, on: Node | None, setting: Setting) -> Lookup:
    values = {value: _entry(pay, f".values.{value}", setting) for value, pay in raw["values"].items()}
    otherwise = _entry(raw["otherwise"], ".otherwise", setting) if "otherwise" in raw else None
    by = setting.reader.field(raw["by"], f"{setting.path}.by")
    kind = setting.reader.kind(by)
    if kind not in ("text", "truth", None):
        setting.wrong(".by", f"{raw['by']} holds no texts", "look up by a text, or by what is true or false")
    for value in values:
        if kind == "truth" and value not in ("true", "false"):
            setting.wrong(
                f".values.{value}", f"{raw['by']} is never {value}", "the values are true and false"
            )
    return Lookup(by, values, otherwise, on)


def _rank(raw: Raw, on: Node | None, setting: Setting) -> Rank:
    within = raw.get("within", [])
    names = [within] if isinstance(within, str) else within
    fields = tuple(setting.reader.field(name, f"{setting.path}.within") for name in names)
    places = tuple(Place(int(place["to"]), exact(place["amount"])) for place in raw["places"])
    for number, (before, here) in enumerate(pairwise(places), start=1):
        if here.to <= before.to:
            found = f"place {here.to} after place {before.to}"
            setting.wrong(f".places[{number}].to", found, "places ascend without duplicates")
    return Rank(on, fields, places, raw.get("ties") == "split")


ScaleReader = Callable[[Raw, Node | None, Setting], Scale]

_READERS: Mapping[str, ScaleReader] = {
    "flat": _flat,
    "slab": _banded(Slab),
    "retro": _banded(Retro),
    "additive_capped": _banded(AdditiveCapped),
    "additive_full": _banded(AdditiveFull),
    "excess": _banded(Excess),
    "interpolate": _banded(Interpolate),
    "package": _package,
    "lookup": _lookup,
    "rank": _rank,
}


# What a band, a value or a flat scale pays


def _pay(raw: Raw, below: str, setting: Setting) -> Pay:
    pay = Pay(optional(raw.get("rate")), optional(raw.get("per_unit")), optional(raw.get("amount")))
    if pay != Pay():
        return pay
    if setting.counted:
        return Pay(amount=Decimal(1))
    setting.wrong(
        below, "this pays nothing", "give a rate, per_unit or amount; nothing is written as rate: 0%"
    )
    return pay


def _entry(raw: str | Raw, below: str, setting: Setting) -> Pay:
    return Pay(rate=exact(raw)) if isinstance(raw, str) else _pay(raw, below, setting)


def _band(raw: Raw, below: str, x: Node | None, setting: Setting) -> Band:
    side = "from" if "from" in raw else "above"
    text = raw[side]
    bound, percent = exact(text), text.endswith("%")
    if isinstance(x, Growth | Attainment) and not percent and bound >= _PERCENT_FORGOTTEN:
        found = f"{text} as a bound of growth or attainment is {text}00%"
        setting.wrong(f"{below}.{side}", found, f"write {text}%")
    if percent and not is_ratio(x):
        found = f"{text} as a bound of what is no ratio"
        setting.wrong(
            f"{below}.{side}", found, "bounds in per cent go with growth, attainment or a measure divided"
        )
    pay = _pay(raw, below, setting)
    return Band(bound, side == "from", pay.rate, pay.per_unit, pay.amount)


def _check_order(bands: tuple[Band, ...], setting: Setting) -> None:
    for number, (before, here) in enumerate(pairwise(bands), start=1):
        if here.bound <= before.bound:
            found = f"a bound of {here.bound:f} after {before.bound:f}"
            setting.wrong(f".bands[{number}]", found, "bands ascend without duplicates")


def _check_preset(raw: Raw, setting: Setting) -> None:
    preset = raw.get("like", "")
    if not preset.startswith(_ABOVE):
        return
    for number, band in enumerate(raw["bands"]):
        if "from" in band and exact(band["from"]) != 0:
            found = f"from: {band['from']}, but a tier of {preset} holds its upper end"
            setting.wrong(f".bands[{number}].from", found, f"write above: {band['from']}")


def is_ratio(measure: Node | None) -> bool:
    """Whether a measure may be read in per cent: growth, attainment, or one measure divided by another."""
    if measure is None:
        return False
    return any(
        isinstance(part, Growth | Attainment) or (isinstance(part, Arithmetic) and part.operator == "/")
        for part, _ in walk(measure)
    )
