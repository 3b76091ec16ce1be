"""Earnings as a person of a partner sees them."""

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone

from headrace.earnings import queries, screens
from headrace.earnings.access import get_own_earning
from headrace.earnings.forms import EarningFilter
from headrace.ledger.blocks import block_of, proof_of
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
    context = {
        **screens.receipt_context(found),
        "has_proof": block_of(queries.transfer_of(found)) is not None,
    }
    return render(request, "earnings/portal/earning.html", context)


@for_partner_people
def proof(request: HttpRequest, person: Person, pk: int) -> HttpResponse:
    """What proves, without Headrace, that the earning stands in the ledger as it was posted."""
    found = get_own_earning(person, pk)
    document = proof_of(queries.transfer_of(found))
    if document is None:
        raise Http404
    response = JsonResponse(document, json_dumps_params={"ensure_ascii": False, "indent": 1})
    response["Content-Disposition"] = f'attachment; filename="earning-{found.pk}-proof.json"'
    return response


@for_partner_people
def lines(request: HttpRequest, person: Person, pk: int) -> HttpResponse:
    """The sales lines behind an earning, as a page."""
    found = get_own_earning(person, pk)
    page = Paginator(screens.line_shares(found), screens.LINES_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "earnings/portal/lines.html", {"earning": found, "page": page})


@for_partner_people
def lines_csv(request: HttpRequest, person: Person, pk: int) -> HttpResponse:
    return screens.lines_csv(get_own_earning(person, pk))
