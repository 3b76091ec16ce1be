"""Payouts as a person of a partner sees them: what was paid, what comes next, and the bank account."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from headrace.base.access import user_of
from headrace.partners.access import for_partner_people
from headrace.partners.models import Person
from headrace.payouts import bank_accounts, payable
from headrace.payouts.bank import reasons
from headrace.payouts.payable import Payable
from headrace.payouts.payout_access import payouts_of_person
from headrace.payouts.payout_forms import NumbersForm

ROWS_A_PAGE = 50


@dataclass(frozen=True, slots=True)
class Part:
    """Of the partner, or of the person: what comes next and where it goes."""

    name: str
    is_person: bool
    standing: bank_accounts.Standing
    next: list[Payable]


@for_partner_people
@never_cache
def payouts(request: HttpRequest, person: Person) -> HttpResponse:
    """An owner sees the partner's and their own, anyone else their own."""
    found = payouts_of_person(person).select_related("account", "person", "partner").order_by("-pk")
    page = Paginator(found, ROWS_A_PAGE).get_page(request.GET.get("page"))
    rows = [(payout, reasons.reason(payout.reason_code, payout.reason_text)) for payout in page.object_list]
    context = {"page": page, "rows": rows, "parts": _parts(person)}
    return render(request, "payouts/portal/payouts.html", context)


def _parts(person: Person) -> list[Part]:
    owners = [(f"person:{person.pk}", person.name, True)]
    if person.is_owner and person.partner:
        owners.insert(0, (f"partner:{person.partner_id}", person.partner.name, False))
    found = bank_accounts.standings(person.organisation, [owner for owner, _name, _is in owners])
    return [
        Part(
            name,
            is_person,
            found.get(owner, bank_accounts.NOTHING),
            payable.payables(person.organisation, owner),
        )
        for owner, name, is_person in owners
    ]


@for_partner_people
def partner_bank_account(request: HttpRequest, person: Person) -> HttpResponse:
    """The partner's, for its owner."""
    if not person.is_owner:
        raise Http404
    return _enter(request, person, is_person=False)


@for_partner_people
def own_bank_account(request: HttpRequest, person: Person) -> HttpResponse:
    return _enter(request, person, is_person=True)


def _enter(request: HttpRequest, person: Person, *, is_person: bool) -> HttpResponse:
    form = NumbersForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            bank_accounts.enter_bank_account(
                organisation=person.organisation,
                partner=None if is_person else person.partner,
                person=person if is_person else None,
                kind=form.cleaned_data["kind"],
                holder=form.cleaned_data["holder"],
                user=user_of(request),
                **form.numbers,
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(
                request, _("Your bank account is entered. You will be told when it is approved.")
            )
            return redirect("portal:payouts")
    days = bank_accounts.terms_of(person.organisation).waiting_days
    whose = person.name if is_person else person.partner
    context = {"form": form, "waiting_days": days, "whose": whose}
    return render(request, "payouts/portal/bank_account.html", context)
