"""What whoever approves a settlement sees: its totals by unit."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from headrace.base import formats
from headrace.kernel.currency import is_currency
from headrace.payouts.models import Settlement, SettlementPayee

AMOUNTS = ("accrued", "clawed_back", "carried_in", "gross", "vat", "withheld", "payable", "carried")

# Codes of figures -> what they are called where somebody decides.
LABELS = {
    "from": gettext_lazy("First day"),
    "to": gettext_lazy("Last day"),
    "share": gettext_lazy("Share of what was earned so far, in per cent"),
    "payees": gettext_lazy("Recipients"),
    "accrued": gettext_lazy("Approved of what was earned"),
    "clawed_back": gettext_lazy("Taken back, included above"),
    "carried_in": gettext_lazy("Carried from before"),
    "gross": gettext_lazy("Released for payment"),
    "vat": gettext_lazy("VAT added"),
    "withheld": gettext_lazy("Tax withheld"),
    "payable": gettext_lazy("To be paid"),
    "carried": gettext_lazy("Carried to the next settlement"),
}


def title_of(settlement: Settlement) -> str:
    """In the reader's language: Final settlement, Q1 2026."""
    period = formats.period(settlement.period_from, settlement.period_to)
    if settlement.is_final:
        return _("Final settlement of %(period)s") % {"period": period}
    return _("Interim settlement of %(period)s") % {"period": period}


def totals_of(settlement: Settlement) -> list[dict[str, Any]]:
    """By unit how many payees, how many of them are paid, and the sum of each amount, in minor units."""
    payees: QuerySet[SettlementPayee] = settlement.payees.all()
    sums = {name: Sum(f"{name}_minor") for name in AMOUNTS}
    paid = Count("pk", filter=Q(outcome=SettlementPayee.Outcome.PAYABLE))
    rows = payees.values("unit").annotate(payees=Count("pk"), paid=paid, **sums).order_by("unit")
    return [dict(row) for row in rows]


def amount_of(settlement: Settlement) -> tuple[int | None, str]:
    """What is paid out, by which the rules of approval go; of several currencies there is no one amount."""
    money = [row for row in totals_of(settlement) if is_currency(row["unit"])]
    if len(money) == 1:
        return money[0]["payable"], money[0]["unit"]
    return None, ""


def what_is_seen(settlement: Settlement, fingerprint: str) -> dict[str, Any]:
    """The figures an approver is shown, and by `fingerprint` all that stands behind them."""
    figures: list[dict[str, Any]] = [
        {"label": "from", "on": settlement.period_from.isoformat()},
        {"label": "to", "on": settlement.period_to.isoformat()},
    ]
    if not settlement.is_final:
        figures.append(
            {"label": "share", "text": f"{formats.from_e4(settlement.share_e4 * 100).normalize():f}"}
        )
    for row in totals_of(settlement):
        figures.append({"label": "payees", "number": row["payees"]})
        figures += [{"label": name, "minor": row[name], "unit": row["unit"]} for name in AMOUNTS if row[name]]
    return {"figures": figures, "fingerprint": fingerprint}
