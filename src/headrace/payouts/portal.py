"""Statements as a person of a partner sees them."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from headrace.partners.access import for_partner_people
from headrace.partners.models import Person
from headrace.payouts import queries, screens
from headrace.payouts.access import get_own_credit_note, get_own_statement


@for_partner_people
def statements(request: HttpRequest, person: Person) -> HttpResponse:
    found = queries.statements_of_person(person).select_related("partner", "person")
    page = Paginator(found, screens.STATEMENTS_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "payouts/portal/statements.html", {"page": page, "person": person})


@for_partner_people
def statement(request: HttpRequest, person: Person, pk: int) -> HttpResponse:
    found = get_own_statement(person, pk)
    return render(
        request,
        "payouts/portal/statement.html",
        screens.statement_context(found),
    )


@for_partner_people
def statement_pdf(request: HttpRequest, person: Person, pk: int) -> HttpResponse:
    return screens.pdf_response(get_own_statement(person, pk))


@for_partner_people
def credit_note(request: HttpRequest, person: Person, pk: int) -> HttpResponse:
    return screens.credit_note_response(get_own_credit_note(person, pk))
