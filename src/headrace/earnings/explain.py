"""A receipt told to a reader: the very steps that are summed, each with its label in the reader's language."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from headrace.base import formats

DECIMALS_SHOWN_MAX = 6


@dataclass(frozen=True)
class Line:
    """One line of the calculation as it is shown."""

    label: str
    note: str
    amount: str


def lines(receipt: Mapping[str, Any]) -> list[Line]:
    """The steps of a receipt; steps that change nothing are left out unless there is no other."""
    told = [_line(step, receipt["unit"]) for step in receipt["steps"] if exact(step["amount"]) != 0]
    return told or [_line(step, receipt["unit"]) for step in receipt["steps"]]


def measures(receipt: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Each measure the rule looked at, as it is written in the programme, with its value."""
    seen = set()
    for measure in receipt["measures"]:
        if measure["text"] not in seen and measure["value"] is not None:
            seen.add(measure["text"])
            yield measure["text"], number(exact(measure["value"]))


def exact(text: str) -> Fraction:
    """A figure of a receipt: a decimal or n/d."""
    return Fraction(text)


def number(value: Fraction) -> str:
    """A figure in the reader's language; one that never ends is cut after a few decimals and marked so."""
    shown, is_whole = decimal(value)
    return formats.number(shown) if is_whole else f"≈ {formats.number(shown)}"


def amount(value: Fraction, unit: str) -> str:
    """An exact amount before rounding, with all its decimals."""
    shown, is_whole = decimal(value)
    text = formats.amount(shown, unit)
    return text if is_whole else f"≈ {text}"


def decimal(value: Fraction) -> tuple[Decimal, bool]:
    """A figure cut after a few decimals, and whether that is all of it."""
    scale = 10**DECIMALS_SHOWN_MAX
    cut = value.numerator * scale // value.denominator
    return Decimal(cut).scaleb(-DECIMALS_SHOWN_MAX), cut * value.denominator == value.numerator * scale


def _line(step: Mapping[str, Any], unit: str) -> Line:
    label = step.get("label", {})
    return Line(_name(step["kind"], label, unit), _note(label, unit), amount(exact(step["amount"]), unit))


def _name(kind: str, label: Mapping[str, str], unit: str) -> str:
    if "from" in label:
        return _("Band from %(bound)s") % {"bound": number(exact(label["from"]))}
    if "above" in label:
        return _("Band above %(bound)s") % {"bound": number(exact(label["above"]))}
    return step_names().get(kind, kind)


def _note(label: Mapping[str, str], unit: str) -> str:
    """How the amount of a step came about, from the figures on its label."""
    if "rate" in label:
        rate = formats.percent(decimal(exact(label["rate"]))[0])
        return _("%(rate)s of %(base)s") % {"rate": rate, "base": number(exact(label["on"]))}
    if "per_unit" in label:
        return _("%(sum)s for each of %(units)s") % {
            "sum": amount(exact(label["per_unit"]), unit),
            "units": number(exact(label["units"])),
        }
    if "fixed" in label:
        return _("a fixed sum")
    return ""


def step_names() -> dict[str, str]:
    return {
        "flat": pgettext("step", "Rate"),
        "per_unit": pgettext("step", "Per unit"),
        "amount": pgettext("step", "Fixed sum"),
        "packs": pgettext("step", "Whole packs"),
        "place": pgettext("step", "Place reached"),
        "fixed": pgettext("step", "Without a baseline"),
        "mirror": pgettext("step", "More returned than sold"),
        "clamp": pgettext("step", "Nothing below zero"),
        "multiply": pgettext("step", "Multiplier"),
        "deduct": pgettext("step", "Net of another rule"),
        "floor": pgettext("step", "Raised to the guaranteed sum"),
        "cap": pgettext("step", "Limited by the cap"),
        "rounding": pgettext("step", "Rounding"),
        "minimum_payout": pgettext("step", "Below the smallest payout"),
        "split": pgettext("step", "Shared with others"),
        "best_of": pgettext("step", "Another rule of the set pays more"),
        "programme_cap": pgettext("step", "Limited by the programme's cap"),
        "budget": pgettext("step", "Limited by the budget"),
        "take_back": pgettext("step", "Taken back for returns"),
    }
