"""A statement in words, from what was frozen in it: the same lines for the screen and for paper."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from headrace.base import formats
from headrace.ledger.models import Stage
from headrace.payouts.models import SettlementPayee, Statement

KINDS = {
    "earned": gettext_lazy("Earned"),
    "corrected": gettext_lazy("Correction"),
    "taken_back": gettext_lazy("Taken back"),
    "withheld": gettext_lazy("Tax withheld"),
    "vat": gettext_lazy("VAT added"),
    "paid": gettext_lazy("Paid"),
    "returned": gettext_lazy("Returned by the bank"),
    "expired": gettext_lazy("Expired"),
    "goodwill": gettext_lazy("Goodwill"),
    "other": gettext_lazy("Other movement"),
}
STAGES = {
    Stage.ACCRUED: gettext_lazy("Earned, not approved yet"),
    Stage.APPROVED: gettext_lazy("Approved, carried forward"),
    Stage.PAYABLE: gettext_lazy("To be paid"),
    Stage.HELD: gettext_lazy("Set aside"),
    Stage.AVAILABLE: gettext_lazy("Available to be spent"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One movement. `note` says what it corrects, or by which rule tax was withheld."""

    kind: str
    label: str
    what: str
    note: str
    starts: date | None
    ends: date | None
    on: date
    amount_minor: int
    earning: int | None


def lines_of(statement: Statement) -> list[Line]:
    """Every movement, in the order in which they occurred."""
    titles = statement.content["titles"]
    return [_line(told, titles) for told in statement.content["lines"]]


def _line(told: Mapping[str, Any], titles: Mapping[str, Mapping[str, str]]) -> Line:
    return Line(
        kind=told["kind"],
        label=str(KINDS[told["kind"]]),
        what=_title(titles[told["of"]]) if "of" in told else str(KINDS[told["kind"]]),
        note=_note(told),
        starts=_day(told.get("from")),
        ends=_day(told.get("to")),
        on=date.fromisoformat(told["on"]),
        amount_minor=told["minor"],
        earning=told.get("earning"),
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _title(titles: Mapping[str, str]) -> str:
    """In the reader's language, else in English, else in any."""
    return titles.get(get_language() or "en") or titles.get("en") or next(iter(titles.values()), "")


def _note(told: Mapping[str, Any]) -> str:
    if told["kind"] == "withheld":
        return tax_note(told["tax"])
    if told["kind"] == "vat":
        return _("%(rate)s VAT") % {"rate": formats.percent(Decimal(told["vat"]["rate"]))}
    if told["kind"] == "corrected":
        return _("Corrects the period that ended on %(day)s") % {
            "day": formats.day(date.fromisoformat(told["corrects"]))
        }
    return ""


def tax_note(tax: Mapping[str, Any]) -> str:
    """Why tax was withheld, or why not, in a sentence."""
    match tax.get("code"):
        case "withheld":
            rate, share = formats.percent(Decimal(tax["rate"])), formats.percent(Decimal(tax["share"]))
            if Fraction(tax["share"]) == 1:
                return _("%(name)s: %(rate)s (%(form)s)") % {**tax, "rate": rate}
            return _("%(name)s: %(rate)s on %(share)s of the amount (%(form)s)") % {
                **tax,
                "rate": rate,
                "share": share,
            }
        case "exempt":
            return _("%(name)s: nothing withheld, by the certificate %(certificate)s") % dict(tax)
        case "below":
            over = formats.amount(Decimal(tax["over"]), tax["currency"])
            return _("%(name)s: nothing withheld up to %(over)s a year") % {**tax, "over": over}
        case "none_known":
            return _("No rules of %(country)s are known here: nothing withheld") % {
                "country": formats.country(tax["country"])
            }
        case "none_applies":
            return _("By the rules of %(country)s nothing is withheld") % {
                "country": formats.country(tax["country"])
            }
        case "no_payer" | "no_payee":
            return _("No tax profile is known: nothing withheld")
    return ""


def balances_of(statement: Statement) -> list[tuple[str, int]]:
    """Of the closing balance what stands at which stage, in minor units."""
    stages = statement.content["stages"]
    return [(str(label), stages[stage]) for stage, label in STAGES.items() if stages.get(stage)]


def sums_of(statement: Statement) -> list[tuple[str, int]]:
    """From the opening balance to the closing one: each kind of movement added up, in minor units."""
    sums: dict[str, int] = {}
    for line in statement.content["lines"]:
        sums[line["kind"]] = sums.get(line["kind"], 0) + line["minor"]
    return [(str(label), sums[kind]) for kind, label in KINDS.items() if kind in sums]


def outcome_note(statement: Statement) -> str:
    """What the settlement made of it, in a sentence; empty where there was none."""
    settled = statement.content["settled"]
    if settled is None:
        return ""
    unit = statement.unit
    match settled["outcome"]:
        case SettlementPayee.Outcome.PAYABLE:
            return _("%(amount)s will be paid out.") % {"amount": formats.money(settled["payable"], unit)}
        case SettlementPayee.Outcome.BELOW_MINIMUM:
            return _("%(amount)s is carried forward: payouts begin at %(minimum)s.") % {
                "amount": formats.money(settled["carried"], unit),
                "minimum": formats.money(settled["minimum"], unit),
            }
        case SettlementPayee.Outcome.DEBT:
            return _(
                "More was taken back than earned. %(amount)s is set off against what is earned next."
            ) % {"amount": formats.money(-settled["carried"], unit)}
        case SettlementPayee.Outcome.NOT_MONEY:
            return _("%(amount)s is approved. It is no money, so no bank pays it out.") % {
                "amount": formats.money(settled["carried"], unit)
            }
    return ""
