"""Budgets as the brand sees them: allocated, committed and paid, and changing them."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from headrace.base import charts, formats
from headrace.base.access import for_brand, for_roles, user_of
from headrace.base.models import ApprovalRequest, Role
from headrace.kernel.period import Period
from headrace.programmes.access import get_budget
from headrace.programmes.budgets import queries
from headrace.programmes.budgets.forms import PlanForm, ShareFormSet, plan_initial, rows_initial, shares_of
from headrace.programmes.budgets.guarding import place_name
from headrace.programmes.budgets.plans import BUDGET, propose_budget, version_in_force
from headrace.programmes.budgets.spending import Line, lines
from headrace.programmes.models import Allocation, Budget, BudgetVersion

PLANNERS = (Role.CHANNEL_MANAGER, Role.FINANCE)
BUDGETS_A_PAGE, ALERTS_SHOWN = 10, 10


@for_brand
def budgets(request: HttpRequest) -> HttpResponse:
    """A bar for each budget: those that run today, or all."""
    user, today = user_of(request), timezone.localdate()
    show_all = request.GET.get("show") == "all"
    found = queries.budgets_of(user.organisation, None if show_all else today)
    page = Paginator(found, BUDGETS_A_PAGE).get_page(request.GET.get("page"))
    shown = queries.summaries(page.object_list)
    charted = {summary.budget for summary in shown}
    context = {
        "page": page,
        "chart": _chart(shown),
        "others": [one for one in page.object_list if one not in charted],
        "show_all": show_all,
        "refusals": queries.open_refusals(user.organisation),
        "may_plan": user.has_role(*PLANNERS),
    }
    return render(request, "programmes/console/budgets.html", context)


def _chart(shown: list[queries.Summary]) -> SafeString:
    if not shown:
        return SafeString("")
    stacks = [
        charts.Stack(
            f"{one.budget.programme.title}, {formats.period(one.budget.starts, one.budget.ends)}",
            one.url,
            (one.spent.paid_minor, one.spent.committed_minor),
            one.limit_minor,
            one.spent.charged_minor > one.limit_minor,
        )
        for one in shown
    ]
    return charts.stacked_bars(
        title=_("Budget, committed and paid"),
        headings=(_("Paid"), _("Committed")),
        mark_heading=_("Budget"),
        stacks=stacks,
        write=lambda place, minor: formats.money(int(minor), shown[place].budget.unit),
    )


@for_brand
def budget(request: HttpRequest, pk: int) -> HttpResponse:
    """One budget: each allocation with what was spent of it, alerts, and the versions."""
    found = get_budget(request, pk)
    version = version_in_force(found)
    waiting = queries.waiting_of(found)
    context = {
        "budget": found,
        "version": version,
        "lines": [(line, place_name(line.allocation)) for line in _lines(found, version)],
        "waiting": waiting,
        "request_of": _request_of(waiting),
        "alerts": [(one, place_name(one.allocation)) for one in queries.alerts_of(found)[:ALERTS_SHOWN]],
        "refusals": queries.open_refusals(found.organisation).filter(budget=found),
        "versions": found.versions.select_related("proposed_by").order_by("-number"),
        "may_plan": user_of(request).has_role(*PLANNERS),
    }
    return render(request, "programmes/console/budget.html", context)


def _lines(found: Budget, version: BudgetVersion | None) -> list[Line]:
    return lines(found, _allocations(version), timezone.localdate()) if version else []


def _allocations(version: BudgetVersion | None) -> list[Allocation]:
    if version is None:
        return []
    return list(version.allocations.select_related("partner", "above", "version").order_by("pk"))


def _request_of(waiting: BudgetVersion | None) -> ApprovalRequest | None:
    if waiting is None:
        return None
    subject = f"budget_version:{waiting.pk}"
    return ApprovalRequest.objects.filter(
        organisation=waiting.organisation, kind=BUDGET, subject=subject
    ).last()


@for_roles(*PLANNERS)
def new_budget(request: HttpRequest) -> HttpResponse:
    return _edit(request, None)


@for_roles(*PLANNERS)
def change_budget(request: HttpRequest, pk: int) -> HttpResponse:
    return _edit(request, get_budget(request, pk))


def _edit(request: HttpRequest, found: Budget | None) -> HttpResponse:
    """Asks for the plan; what is proposed waits for an approval."""
    user = user_of(request)
    version = version_in_force(found) if found else None
    allocations = _allocations(version)
    unit = found.unit if found else ""
    form = PlanForm(
        user.organisation,
        found,
        request.POST or None,
        initial=plan_initial(version, allocations, unit),
    )
    rows = ShareFormSet(request.POST or None, initial=rows_initial(allocations, unit))
    if request.method == "POST" and form.is_valid() and rows.is_valid():
        programme = found.programme if found else form.programmes[form.cleaned_data["programme"]]
        unit = unit or programme.current.parsed.currency
        try:
            proposed = propose_budget(
                programme=programme,
                unit=unit,
                period=Period(found.starts, found.ends) if found else form.period,
                shares=shares_of(form, rows, user.organisation, unit),
                replaces=version,
                alert_at=form.cleaned_data["alert_at"],
                reason=form.cleaned_data["reason"],
                user=user,
            )
            messages.success(
                request, _("The budget is proposed. It is in force once somebody else has approved it.")
            )
            return redirect("console:budget", proposed.budget_id)
        except ValidationError as error:
            form.add_error(None, error)
    context = {"form": form, "rows": rows, "budget": found}
    return render(request, "programmes/console/edit_budget.html", context)
