"""The channel manager's home: programmes, what they cost, and what came in last."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from headrace.base.access import for_brand, user_of
from headrace.base.models import Role
from headrace.earnings import queries, screens
from headrace.earnings.models import Earning
from headrace.sales.models import Import
from headrace.sales.queries import last_change

RECENT = 5


@for_brand
def home(request: HttpRequest) -> HttpResponse:
    organisation = user_of(request).organisation
    today = timezone.localdate()
    earnings = Earning.objects.filter(organisation=organisation)
    totals = queries.totals(earnings)
    unit = screens.main_unit(totals, organisation.currency)
    calculated_at = queries.calculated_at(organisation)
    changed_at = last_change(organisation)
    imports = Import.objects.filter(organisation=organisation).order_by("-started_at", "-pk")
    last_two = queries.cost_by_month(earnings, unit, queries.months_until(today, 2))
    lines = queries.programme_lines(organisation)
    return render(
        request,
        "console/home.html",
        {
            "unit": unit,
            "last_month": last_two[0],
            "this_month": last_two[1],
            "partners": earnings.filter(period_to__gte=queries.months_until(today)[0])
            .values("partner_id")
            .distinct()
            .count(),
            "running": sum(line.programme.is_running(today) for line in lines),
            "lines": [(line, line.programme.is_running(today)) for line in lines],
            "chart": screens.month_chart(_("Cost by month"), earnings, unit, today),
            "top": queries.top_partners(earnings, unit, RECENT),
            "imports": imports[:RECENT],
            "changes": queries.latest_changes(organisation, RECENT),
            "calculated_at": calculated_at,
            "has_newer_imports": bool(calculated_at and changed_at and changed_at > calculated_at),
            "may_calculate": user_of(request).has_role(Role.CHANNEL_MANAGER),
        },
    )
