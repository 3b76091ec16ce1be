"""The forecast as the brand sees it: what the open periods are expected to come to, and how good that was so far."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from headrace.base import charts, formats, jobs
from headrace.base.access import for_brand, for_roles, user_of
from headrace.base.models import Organisation, Role
from headrace.books.access import BOOKKEEPERS, may_export
from headrace.earnings.forecasting.jobs import FORECAST
from headrace.earnings.forecasting.outlook import COVERAGE_PERCENT, HISTORY_MIN
from headrace.earnings.models import Forecast


@dataclass(frozen=True, slots=True)
class Total:
    """The sums of all programmes with a forecast in one unit. Ends added up: all at their ends at once is rare."""

    unit: str
    reached_minor: int
    low_minor: int
    expected_minor: int
    high_minor: int


@for_brand
def forecast(request: HttpRequest) -> HttpResponse:
    """The newest forecast of every programme."""
    found = newest(user_of(request).organisation)
    told = [one for one in found if one.expected_minor is not None]
    context = {
        "forecasts": [(one, _ratio(one.covers, one.of)) for one in told],
        "without": [one for one in found if one.expected_minor is None],
        "day": found[0].on if found else None,
        "totals": totals(told),
        "chart": _chart(told),
        "tests": sum(one.tests for one in told),
        "hits": sum(one.hits for one in told),
        "history_min": HISTORY_MIN,
        "coverage": Decimal(COVERAGE_PERCENT).scaleb(-2),
        "may_export": may_export(request),
        "may_forecast": user_of(request).has_role(*BOOKKEEPERS),
    }
    return render(request, "books/console/forecast.html", context)


def newest(organisation: Organisation) -> list[Forecast]:
    """Those of the last day on which any was made, by programme and unit."""
    every = Forecast.objects.filter(organisation=organisation)
    last = every.order_by("-on").values("on")[:1]
    found = every.filter(on__in=last).select_related("programme").prefetch_related("programme__versions")
    return list(found.order_by("programme__key", "unit"))


def totals(forecasts: Sequence[Forecast]) -> list[Total]:
    """The sums for each unit, in the order of the units."""
    found = []
    for unit in sorted({one.unit for one in forecasts}):
        mine = [one for one in forecasts if one.unit == unit]
        found.append(
            Total(
                unit,
                sum(one.reached_minor for one in mine),
                sum(one.low_minor or 0 for one in mine),
                sum(one.expected_minor or 0 for one in mine),
                sum(one.high_minor or 0 for one in mine),
            )
        )
    return found


def _ratio(part: int, whole: int) -> Decimal:
    """A share to be shown, to the per cent."""
    return Decimal(part * 100 // whole).scaleb(-2)


def _chart(told: Sequence[Forecast]) -> SafeString:
    if not told:
        return SafeString("")
    stacks = [
        charts.Stack(
            f"{one.programme.title}, {formats.period(one.period_from, one.period_to)}",
            "",
            (one.reached_minor, (one.expected_minor or 0) - one.reached_minor),
            one.high_minor or 0,
        )
        for one in told
    ]
    return charts.stacked_bars(
        title=_("Earned so far and expected"),
        headings=(_("So far"), _("Still expected")),
        mark_heading=_("Upper end"),
        stacks=stacks,
        write=lambda place, minor: formats.money(int(minor), told[place].unit),
    )


@require_POST
@for_roles(Role.FINANCE, Role.CHANNEL_MANAGER)
def forecast_now(request: HttpRequest) -> HttpResponse:
    """Asks a worker for a forecast of today: it calculates each past period anew, which takes a while."""
    user = user_of(request)
    jobs.ask_for(organisation=user.organisation, kind=FORECAST, key="now", payload={}, user=user)
    messages.success(request, _("The forecast is being made. It is here in a few minutes."))
    return redirect("console:forecast")
