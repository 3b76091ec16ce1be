"""Claims as a person of a partner sees them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from headrace.base import proofs
from headrace.base.access import user_of
from headrace.claims import actions, screens
from headrace.claims.access import claims_of_person, get_own_claim, get_own_proof, get_withdrawable_claim
from headrace.claims.forms import ClaimForm
from headrace.partners.access import for_partner_people
from headrace.partners.models import Person
from headrace.sales.products import product_names

ROWS_A_PAGE = 50


@for_partner_people
def claims(request: HttpRequest, person: Person) -> HttpResponse:
    """Own claims, of an owner those of the whole partner; the newest first."""
    found = claims_of_person(person).order_by("-submitted_at", "-pk")
    page = Paginator(found, ROWS_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "claims/portal/claims.html", {"page": page, "person": person})


@for_partner_people
def new_claim(request: HttpRequest, person: Person) -> HttpResponse:
    """Takes a claim in; what is wrong stands beside its field."""
    form = ClaimForm(
        person.organisation,
        timezone.localdate(),
        request.POST or None,
        request.FILES or None,
        initial=_of_refused(person, request.GET.get("again", "")),
    )
    if request.method == "POST" and form.is_valid():
        try:
            claim = actions.submit_claim(person=person, sold=form.sold, uploads=form.cleaned_data["proofs"])
        except ValidationError as error:
            form.add_error("proofs", error)
        else:
            messages.success(request, _("Your claim is on its way. You will see here what becomes of it."))
            return redirect("portal:claim", claim.pk)
    products = product_names(person.organisation_id)
    return render(request, "claims/portal/new.html", {"form": form, "products": products})


@for_partner_people
def claim(request: HttpRequest, person: Person, pk: int) -> HttpResponse:
    found = get_own_claim(person, pk)
    context = {**screens.claim_context(found), "is_own": found.person_id == person.pk}
    return render(request, "claims/portal/claim.html", context)


@for_partner_people
@require_POST
def withdraw(request: HttpRequest, person: Person, pk: int) -> HttpResponse:
    found = get_withdrawable_claim(person, pk)
    try:
        actions.withdraw_claim(claim=found, user=user_of(request))
        messages.success(request, _("The claim is withdrawn."))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("portal:claim", pk)


@for_partner_people
def proof(request: HttpRequest, person: Person, pk: int) -> HttpResponse:
    return proofs.response(get_own_proof(person, pk))


def _of_refused(person: Person, number: str) -> dict[str, Any]:
    """What stood in a claim of one's own that is to be claimed again."""
    found = claims_of_person(person).filter(pk=int(number)).first() if number.isdecimal() else None
    if found is None:
        return {}
    return {
        "product": found.product_text,
        "serial": found.serial,
        "sold_on": found.sold_on,
        "quantity": int(found.quantity),
        "net_amount": found.net_amount.normalize(),
        "invoice_number": found.invoice_number,
        "customer": found.customer,
    }
