"""Settlements as the brand prepares them, sends them for approval and looks into them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Min
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from headrace.base.access import for_brand, user_of
from headrace.base.models import Organisation
from headrace.earnings.actions import closed_through
from headrace.earnings.models import Earning
from headrace.earnings.queries import quarter_of
from headrace.kernel.currency import is_currency
from headrace.kernel.period import Period
from headrace.payouts import actions, queries, told
from headrace.payouts.access import for_preparers, get_payee, get_settlement, may_prepare
from headrace.payouts.figures import title_of, totals_of
from headrace.payouts.forms import PrepareForm, TermsForm
from headrace.payouts.models import Settlement, SettlementPayee

ROWS_A_PAGE = 50


@for_brand
def settlements(request: HttpRequest) -> HttpResponse:
    """All settlements, the newest first, with what each pays."""
    organisation = user_of(request).organisation
    page = Paginator(queries.settlements_of(organisation), ROWS_A_PAGE).get_page(request.GET.get("page"))
    totals = queries.totals_of_settlements(page.object_list)
    context = {
        "page": page,
        "rows": [(each, totals.get(each.pk, [])) for each in page.object_list],
        "may_prepare": may_prepare(request),
        "is_open": actions.open_settlement(organisation) is not None,
    }
    return render(request, "payouts/console/settlements.html", context)


@for_preparers
def prepare(request: HttpRequest) -> HttpResponse:
    """Prepares a settlement; suggests the quarter after the last closed period."""
    user = user_of(request)
    form = PrepareForm(request.POST or None, initial=_suggested(user.organisation))
    if request.method == "POST" and form.is_valid():
        try:
            settlement = actions.prepare_settlement(
                organisation=user.organisation,
                period=form.cleaned_data["period"],
                kind=form.cleaned_data["kind"],
                share_e4=form.share_e4,
                user=user,
            )
            return redirect("console:settlement", settlement.pk)
        except ValidationError as error:
            form.add_error(None, error)
    return render(request, "payouts/console/prepare.html", {"form": form})


def _suggested(organisation: Organisation) -> dict[str, Any]:
    closed = closed_through(organisation)
    if closed is not None:
        starts: date | None = closed + timedelta(days=1)
    else:
        earned = Earning.objects.filter(organisation=organisation)
        starts = earned.aggregate(first=Min("period_from"))["first"]
    if starts is None:
        return {}
    quarter: Period = quarter_of(starts)
    return {
        "kind": Settlement.Kind.FINAL,
        "starts": starts if closed else quarter.starts,
        "ends": quarter.ends,
    }


@for_brand
def settlement(request: HttpRequest, pk: int) -> HttpResponse:
    """A settlement with its totals and everyone in it; an open one can be sent on, brought up to date or dropped."""
    found = get_settlement(request, pk)
    if request.method == "POST":
        if not may_prepare(request):
            raise Http404
        return _go_on(request, found)
    outcome, text = request.GET.get("outcome", ""), request.GET.get("q", "").strip()
    payees = queries.payees_of(found, outcome, text)
    page = Paginator(payees, ROWS_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "settlement": found,
        "title": title_of(found),
        "totals": totals_of(found),
        "page": page,
        "outcome": outcome,
        "text": text,
        "outcomes": SettlementPayee.Outcome.choices,
        "may_prepare": may_prepare(request),
    }
    return render(request, "payouts/console/settlement.html", context)


def _go_on(request: HttpRequest, found: Settlement) -> HttpResponse:
    user = user_of(request)
    try:
        if "request" in request.POST:
            actions.request_settlement(settlement=found, user=user)
            messages.success(request, _("The settlement waits for approval by another person."))
        elif "again" in request.POST:
            period = Period(found.period_from, found.period_to)
            actions.prepare_settlement(
                organisation=found.organisation,
                period=period,
                kind=found.kind,
                share_e4=found.share_e4,
                user=user,
            )
            messages.success(request, _("The draft is up to date."))
        elif "drop" in request.POST:
            actions.drop_settlement(settlement=found, user=user)
            messages.info(request, _("The settlement is dropped; nothing was posted."))
            return redirect("console:settlements")
    except ValidationError as error:
        for message in error.messages:
            messages.error(request, message)
    return redirect("console:settlement", found.pk)


@for_brand
def payee(request: HttpRequest, pk: int) -> HttpResponse:
    """What one recipient gets by a settlement, programme by programme, and why."""
    found = get_payee(request, pk)
    titles = queries.programme_titles(found.organisation)
    lines = [(titles.get(line.programme, line.programme), line) for line in found.lines.order_by("pk")]
    context = {
        "payee": found,
        "settlement": found.settlement,
        "title": title_of(found.settlement),
        "lines": lines,
        "minimum": found.settlement.minimums.get(found.unit, 0),
        "tax_note": told.tax_note(found.tax),
        "credit_note": getattr(found, "credit_note", None),
    }
    return render(request, "payouts/console/payee.html", context)


@for_preparers
def terms(request: HttpRequest) -> HttpResponse:
    """Grace days and least payouts."""
    user = user_of(request)
    organisation = user.organisation
    earned = Earning.objects.filter(organisation=organisation).values_list("unit", flat=True).distinct()
    currencies = sorted({organisation.currency, *filter(is_currency, earned)})
    form = TermsForm(actions.terms_of(organisation), currencies, request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.set_settlement_terms(
            organisation=organisation,
            grace_days=form.cleaned_data["grace_days"],
            minimums=form.minimums,
            user=user,
        )
        messages.success(request, _("Kept. It holds from the next settlement that is prepared."))
        return redirect("console:settlements")
    return render(request, "payouts/console/terms.html", {"form": form})
