"""Programmes, partners and earnings as the brand sees them."""

from datetime import date

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from headrace.base.access import for_brand, for_roles, user_of
from headrace.base.models import Role
from headrace.earnings import queries, screens, share_of_sales
from headrace.earnings.access import get_earning
from headrace.earnings.actions import refresh_programmes
from headrace.earnings.forms import EarningFilter
from headrace.earnings.models import Earning
from headrace.earnings.withdrawing import brought_by
from headrace.partners.access import get_partner
from headrace.partners.models import Partner
from headrace.programmes.access import get_programme
from headrace.sales import import_withdrawal
from headrace.sales.access import get_import
from headrace.sales.forms import WithdrawForm

ROWS_A_PAGE, RUNS_SHOWN = 50, 5


@for_brand
def programmes(request: HttpRequest) -> HttpResponse:
    lines = queries.programme_lines(user_of(request).organisation)
    today = timezone.localdate()
    return render(
        request,
        "earnings/console/programmes.html",
        {
            "lines": [(line, line.programme.is_running(today)) for line in lines],
            "may_calculate": user_of(request).has_role(Role.CHANNEL_MANAGER),
        },
    )


@require_POST
@for_roles(Role.CHANNEL_MANAGER)
def calculate(request: HttpRequest) -> HttpResponse:
    """Brings every programme up to what is known now."""
    user = user_of(request)
    back = _back(request)
    try:
        changed = len(refresh_programmes(organisation=user.organisation, user=user))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return back
    if not changed:
        messages.info(request, _("Calculated. Nothing changed since the last calculation."))
        return back
    messages.success(
        request,
        ngettext(
            "Calculated. %(changed)s earning changed.", "Calculated. %(changed)s earnings changed.", changed
        )
        % {"changed": changed},
    )
    return back


def _back(request: HttpRequest) -> HttpResponseRedirect:
    """To the page of the console that asked, else to the programmes."""
    target = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return redirect(target if is_ours else "console:programmes")


@for_brand
def programme(request: HttpRequest, key: str) -> HttpResponse:
    """One programme: its cost, month by month, and the partners that earn most by it."""
    found = get_programme(request, key)
    earnings = Earning.objects.filter(programme=found)
    totals = queries.totals(earnings)
    unit = screens.main_unit(totals, found.current.parsed.currency)
    today = timezone.localdate()
    return render(
        request,
        "earnings/console/programme.html",
        {
            "programme": found,
            "is_running": found.is_running(today),
            "totals": totals,
            "unit": unit,
            "partners": earnings.values("partner_id").distinct().count(),
            "this_month": queries.cost_by_month(earnings, unit, queries.months_until(today, 1))[0],
            "chart": screens.month_chart(_("Cost by month"), earnings, unit, today),
            "top": queries.top_partners(earnings, unit),
            "share": share_of_sales.of_programme(found),
            "sections": found.current.terms(get_language() or "en"),
            "runs": found.runs.select_related("snapshot", "calculated_by").order_by("-pk")[:RUNS_SHOWN],
            "may_calculate": user_of(request).has_role(Role.CHANNEL_MANAGER),
        },
    )


@for_brand
def partners(request: HttpRequest) -> HttpResponse:
    """Partners by name, searched by name or number."""
    words = request.GET.get("q", "").strip()
    found = Partner.objects.filter(organisation=user_of(request).organisation).order_by("name", "pk")
    if words:
        found = found.filter(name__icontains=words) | found.filter(code__iexact=words)
    page = Paginator(found, ROWS_A_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "earnings/console/partners.html",
        {
            "lines": queries.totals_by_partner(page.object_list, timezone.localdate()),
            "page": page,
            "words": words,
        },
    )


@for_brand
def partner(request: HttpRequest, code: str) -> HttpResponse:
    """One partner with what it earned."""
    found = get_partner(request, code)
    earnings = queries.earnings_of_partner(found)
    totals = queries.totals(earnings)
    unit = screens.main_unit(totals, found.organisation.currency)
    today = timezone.localdate()
    filters = EarningFilter(earnings, today, request.GET)
    page = Paginator(queries.standing(filters.found()), ROWS_A_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "earnings/console/partner.html",
        {
            "partner": found,
            "attributes": queries.attributes_on([found], today).get(found.pk),
            "people": found.people.filter(left_on=None).order_by("role", "name"),
            "totals": totals,
            "this_year": queries.earned_between(earnings, date(today.year, 1, 1), date(today.year, 12, 31)),
            "unit": unit,
            "page": page,
            "filters": filters,
            "chart": screens.month_chart(_("Earned by month"), earnings, unit, today),
        },
    )


@for_brand
def earning(request: HttpRequest, pk: int) -> HttpResponse:
    """One earning with its calculation."""
    return render(request, "earnings/console/earning.html", screens.receipt_context(get_earning(request, pk)))


@for_brand
def lines(request: HttpRequest, pk: int) -> HttpResponse:
    """The sales lines behind an earning, as a page."""
    found = get_earning(request, pk)
    page = Paginator(screens.line_shares(found), screens.LINES_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "earnings/console/lines.html", {"earning": found, "page": page})


@for_roles(Role.CHANNEL_MANAGER)
def withdraw_import(request: HttpRequest, pk: int) -> HttpResponse:
    """What withdrawing an import would take back; asked for a reason, then once more, then done."""
    run = get_import(request, pk)
    form = WithdrawForm(request.POST or None)
    try:
        import_withdrawal.check_withdrawable(run)
        if request.method == "POST" and form.is_valid() and form.cleaned_data["is_sure"]:
            count = import_withdrawal.withdraw_import(
                run=run, reason=form.cleaned_data["reason"], user=user_of(request)
            )
            messages.success(request, _tell_withdrawn(count))
            return redirect("console:import", run.pk)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("console:import", run.pk)
    ids = import_withdrawal.standing_lines_of(run).values_list("external_id", flat=True)
    context = {
        "run": run,
        "form": form,
        "is_asked": request.method == "POST" and form.is_valid(),
        "standing": len(ids),
        "brought": brought_by(run.organisation, ids),
    }
    return render(request, "earnings/console/withdraw_import.html", context)


def _tell_withdrawn(count: int) -> str:
    return ngettext(
        "%(count)s line withdrawn. What it earned is taken back by the next calculation.",
        "%(count)s lines withdrawn. What they earned is taken back by the next calculation.",
        count,
    ) % {"count": count}


@for_brand
def lines_csv(request: HttpRequest, pk: int) -> HttpResponse:
    return screens.lines_csv(get_earning(request, pk))
