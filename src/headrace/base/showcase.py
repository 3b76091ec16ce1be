"""What /design/ shows: every component with values that stretch it."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any, NamedTuple

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from headrace.base import charts, formats
from headrace.base.menu import MenuItem

CURRENCY = "EUR"
MENU = (
    MenuItem(gettext_lazy("Overview"), "design", "house"),
    MenuItem(gettext_lazy("Programmes"), "home", "target"),
    MenuItem(gettext_lazy("Earnings"), "home", "wallet"),
    MenuItem(gettext_lazy("Statements"), "home", "file-text"),
    MenuItem(gettext_lazy("Sales"), "home", "receipt"),
    MenuItem(gettext_lazy("Partners"), "home", "users"),
)


class Step(NamedTuple):
    label: str
    amount_minor: int | None
    note: str = ""


class Row(NamedTuple):
    reference: str
    partner: str
    product: str
    on: date
    amount_minor: int
    status: str
    tone: str


class ExampleForm(forms.Form):
    """One field of each kind; bound to faulty data, so that errors are seen."""

    name = forms.CharField(label=gettext_lazy("Name"), help_text=gettext_lazy("As partners will read it."))
    email = forms.EmailField(label=gettext_lazy("E-mail address"))
    starts = forms.DateField(
        label=gettext_lazy("Starts on"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Scale"),
        choices=[("retro", gettext_lazy("Retroactive")), ("slab", gettext_lazy("Marginal"))],
    )
    agreed = forms.BooleanField(label=gettext_lazy("Tell the partners at once"), required=False)
    file = forms.FileField(
        label=gettext_lazy("File"), required=False, help_text=gettext_lazy("CSV or Excel, at most 50 MB.")
    )


def showcase() -> dict[str, Any]:
    """The context of base/design.html."""
    return {
        "console_menu": MENU,
        "portal_menu": MENU,
        "currency": CURRENCY,
        "form": ExampleForm({"name": "Herbst-Bonus", "email": "giulia@", "kind": "retro"}),
        "rows": rows(),
        "steps": steps(),
        "ratio": Decimal("0.025"),
        "today": date(2026, 11, 2),
        "bands": (5_000_000, 10_000_000, 20_000_000),
        **pictures(),
    }


def rows() -> Sequence[Row]:
    paid, approved, waiting, failed = _("Paid"), _("Approved"), _("In review"), _("Rejected")
    return (
        Row("E-20418", "Stadtwerke Bochum", "Edge Gateway 4", date(2026, 11, 20), 1_840_000, paid, "good"),
        Row(
            "E-20411",
            "Fratelli Corsi S.p.A.",
            "Vision Sensor X",
            date(2026, 11, 17),
            725_000,
            approved,
            "info",
        ),
        Row(
            "E-20397",
            "مجموعة الراجحي للتجهيز",
            "Service Plan Plus",
            date(2026, 11, 13),
            -29_800,
            waiting,
            "warn",
        ),
        Row(
            "E-11020",
            "Perak Plantation Sdn Bhd",
            "Edge Gateway 2",
            date(2026, 11, 7),
            3_160_050,
            failed,
            "bad",
        ),
    )


def steps() -> Sequence[Step]:
    sold = formats.money(18_760_000, CURRENCY)
    return (
        Step(
            _("Rebate on all purchases"),
            375_200,
            _("The rate of the third band on %(amount)s") % {"amount": sold},
        ),
        Step(_("Growth bonus"), 93_800, _("For selling more than in the same quarter last year")),
        Step(
            _("Cap for the quarter"),
            -18_800,
            _("At most %(amount)s for each partner") % {"amount": formats.money(450_200, CURRENCY)},
        ),
    )


def pictures() -> dict[str, Any]:
    months = [formats.short_month(date(2026, number, 1)) for number in range(1, 13)]
    sold = [42, 51, 38, 61, 72, 69, 77, 64, 81, 90, 74, 33]
    cost = [-3, 2, 4, 9, 7, -5, 6, 11, 8, 12, 9, 4]
    write = partial(formats.money, unit=CURRENCY)
    write_tick = partial(_tick, unit=CURRENCY)
    series = charts.Series(_("Qualified revenue"), [value * 100_000 for value in sold])
    pair = [
        charts.Series(_("This year"), [value * 10_000 for value in cost]),
        charts.Series(_("Last year"), [abs(value) * 8_000 for value in cost]),
    ]
    return {
        "one": charts.bar_chart(
            title=_("Qualified revenue by month"),
            labels=months,
            series=[series],
            write=write,
            write_tick=write_tick,
            open_from=11,
            label_heading=_("Month"),
        ),
        "two": charts.bar_chart(
            title=_("Cost by month"),
            labels=months[:6],
            series=[charts.Series(s.name, s.values[:6]) for s in pair],
            write=write,
            write_tick=write_tick,
            label_heading=_("Month"),
        ),
        "ranking": charts.horizontal_bars(
            title=_("Top partners"), rows=[(row.partner, row.amount_minor) for row in rows()], write=write
        ),
        "trend": charts.sparkline(title=_("Qualified revenue"), values=sold),
    }


def _tick(value: Decimal, unit: str) -> str:
    return formats.short_money(int(value), unit)
