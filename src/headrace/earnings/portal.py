"""Earnings as a person of a partner sees them."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from headrace.earnings import queries, screens
from headrace.earnings.access import get_own_earning
from headrace.earnings.forms import EarningFilter
from headrace.partners.access import for_partner_people
from headrace.partners.models import Person

ROWS_A_PAGE = 50


@for_partner_people
def earnings(request: HttpRequest, person: Person) -> HttpResponse:
    filters = EarningFilter(queries.earnings_of_person(person), timezone.localdate(), request.GET)
    found = filters.found()
    page = Paginator(queries.standing(found), ROWS_A_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "earnings/portal/earnings.html",
        {"page": page, "person": person, "filters": filters, "totals": queries.totals(found)},
    )


@for_partner_people
def earning(request: HttpRequest, person: Person, pk: int) -> HttpResponse:
    found = get_own_earning(person, pk)
    return render(request, "earnings/portal/earning.html", screens.receipt_context(found))


@for_partner_people
def lines(request: HttpRequest, person: Person, pk: int) -> HttpResponse:
    """The sales lines behind an earning, as a page."""
    found = get_own_earning(person, pk)
    page = Paginator(screens.line_shares(found), screens.LINES_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "earnings/portal/lines.html", {"earning": found, "page": page})


@for_partner_people
def lines_csv(request: HttpRequest, person: Person, pk: int) -> HttpResponse:
    return screens.lines_csv(get_own_earning(person, pk))
