"""Tax profiles and credit notes as the brand keeps them."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from headrace.base.access import for_brand, user_of
from headrace.partners.access import get_partner
from headrace.partners.models import Partner, Person
from headrace.payouts import screens
from headrace.payouts.access import for_preparers, get_credit_note
from headrace.payouts.forms import TaxProfileForm
from headrace.payouts.profiles import note_tax_profile, profile_of
from headrace.payouts.tax.tables import rules_of


@for_preparers
def own_tax_profile(request: HttpRequest) -> HttpResponse:
    """How the brand itself is taxed: by its country the tables of withholding are chosen."""
    return _profile(request, None, None)


@for_preparers
def tax_profile(request: HttpRequest, code: str) -> HttpResponse:
    """How a partner is taxed, or (`?person=CODE`) one of its people who earns in person."""
    partner = get_partner(request, code)
    person = None
    if person_code := request.GET.get("person"):
        person = partner.people.filter(code=person_code).first()
        if person is None:
            raise Http404
    return _profile(request, partner, person)


def _profile(request: HttpRequest, partner: Partner | None, person: Person | None) -> HttpResponse:
    user = user_of(request)
    standing = profile_of(user.organisation, None if person else partner, person)
    form = TaxProfileForm(request.POST or None, instance=standing)
    if request.method == "POST" and form.is_valid():
        try:
            note_tax_profile(
                organisation=user.organisation,
                partner=partner,
                person=person,
                user=user,
                **form.cleaned_data,
            )
            messages.success(request, _("The tax profile is noted. It holds from the next settlement on."))
            return (
                redirect("console:statements", partner.code) if partner else redirect("console:settlements")
            )
        except ValidationError as error:
            form.add_error(None, error)
    context = {
        "form": form,
        "partner": partner,
        "person": person,
        "people": partner.people.order_by("name") if partner else (),
        "rules": rules_of(standing.country) if standing and partner is None else None,
    }
    return render(request, "payouts/console/tax_profile.html", context)


@for_brand
def credit_note(request: HttpRequest, pk: int) -> HttpResponse:
    return screens.credit_note_response(get_credit_note(request, pk))
