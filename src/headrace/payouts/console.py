"""Statements as the brand sees them."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from headrace.base.access import for_brand
from headrace.partners.access import get_partner
from headrace.payouts import queries, screens
from headrace.payouts.access import get_statement


@for_brand
def statements(request: HttpRequest, code: str) -> HttpResponse:
    """The statements of one partner and its people."""
    partner = get_partner(request, code)
    found = queries.statements_of_partner(partner)
    page = Paginator(found, screens.STATEMENTS_A_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "payouts/console/statements.html",
        {"partner": partner, "page": page},
    )


@for_brand
def statement(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_statement(request, pk)
    return render(
        request,
        "payouts/console/statement.html",
        {"statement": found, "movements": queries.movements(found)},
    )


@for_brand
def statement_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    return screens.pdf_response(get_statement(request, pk))
