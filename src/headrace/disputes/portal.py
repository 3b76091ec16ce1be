"""Disputes as a person of a partner sees them."""

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
from headrace.disputes import actions, screens
from headrace.disputes.access import disputes_of_person, get_own_dispute, get_own_evidence
from headrace.disputes.forms import MessageForm, MissingForm, QuestionForm, ReopenForm
from headrace.earnings.access import get_own_earning
from headrace.earnings.models import Earning
from headrace.earnings.screens import LineShare, line_shares, receipt_context
from headrace.partners.access import for_partner_people
from headrace.partners.models import Person
from headrace.sales.products import product_names

LINES_SHOWN_MAX = 100


@for_partner_people
def disputes(request: HttpRequest, person: Person) -> HttpResponse:
    """Own disputes, of an owner those of the whole partner; the newest first."""
    found = disputes_of_person(person).order_by("-opened_at", "-pk")
    page = Paginator(found, screens.ROWS_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "disputes/portal/disputes.html", {"page": page, "person": person})


@for_partner_people
def question_earning(request: HttpRequest, person: Person, pk: int) -> HttpResponse:
    """Questions an earning: the lines behind it and the steps of its calculation are there to choose from."""
    earning = get_own_earning(person, pk)
    shares, find = _shares(earning, request.GET.get("find", ""))
    told = receipt_context(earning)["explanations"]
    steps = [" · ".join(filter(None, (line.label, line.amount))) for one in told for line in one.lines]
    lines = {str(share.line.pk): (share.line, share.share_minor) for share in shares}
    form = QuestionForm(earning, lines, steps, request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        given = {"programme": earning.programme, "earning": earning, "asked": form.asked}
        if answer := _opened(request, person, form, given):
            return answer
    context = {
        "form": form,
        "earning": earning,
        "shares": shares[:LINES_SHOWN_MAX],
        "shares_count": len(shares),
        "steps": list(enumerate(steps)),
        "find": find,
        "chosen": {line.pk for line, _share in form.chosen_lines},
        "products": product_names(person.organisation_id),
    }
    return render(request, "disputes/portal/question.html", context)


def _shares(earning: Earning, find: str) -> tuple[list[LineShare], str]:
    """The lines behind an earning; where something is sought, those whose id, order or product has it."""
    shares, sought = line_shares(earning), find.strip().casefold()
    if sought:
        shares = [share for share in shares if sought in _text(share)]
    return shares, find.strip()


def _text(share: LineShare) -> str:
    line = share.line
    return " ".join((line.external_id, line.order_id, line.product.name if line.product else "")).casefold()


@for_partner_people
def missing_sale(request: HttpRequest, person: Person) -> HttpResponse:
    """Tells of a sale that is nowhere."""
    form = MissingForm(person.organisation, timezone.localdate(), request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        given = {"programme": form.programme_chosen, "asked": [form.asked]}
        if answer := _opened(request, person, form, given):
            return answer
    products = product_names(person.organisation_id)
    return render(request, "disputes/portal/missing.html", {"form": form, "products": products})


def _opened(request: HttpRequest, person: Person, form: Any, given: dict[str, Any]) -> HttpResponse | None:
    """Opens the dispute; None where it can't be, with the reason at the form."""
    told = {"words": form.cleaned_data["words"], "uploads": form.cleaned_data["evidence"]}
    try:
        dispute = actions.open_dispute(person=person, **given, **told)
    except ValidationError as error:
        form.add_error(None, error)
        return None
    messages.success(request, _("Your dispute is on its way. You will see here what is said about it."))
    return redirect("portal:dispute", dispute.pk)


@for_partner_people
def dispute(request: HttpRequest, person: Person, pk: int) -> HttpResponse:
    """One dispute with all that was said, and what can be done about it."""
    found = get_own_dispute(person, pk)
    form = MessageForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            actions.say(dispute=found, user=user_of(request), text=given["text"], uploads=given["evidence"])
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Your message is on its way."))
            return redirect("portal:dispute", pk)
    context = screens.dispute_context(found, for_brand=False)
    return render(request, "disputes/portal/dispute.html", {**context, "form": form, "reopen": ReopenForm()})


@for_partner_people
@require_POST
def withdraw(request: HttpRequest, person: Person, pk: int) -> HttpResponse:
    found = get_own_dispute(person, pk)
    try:
        actions.withdraw_dispute(dispute=found, user=user_of(request))
        messages.success(request, _("The dispute is withdrawn."))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("portal:dispute", pk)


@for_partner_people
@require_POST
def reopen(request: HttpRequest, person: Person, pk: int) -> HttpResponse:
    found = get_own_dispute(person, pk)
    try:
        words = request.POST.get("words", "")
        actions.reopen_dispute(dispute=found, user=user_of(request), words=words)
        messages.success(request, _("The dispute is open again. Someone else will look at it."))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("portal:dispute", pk)


@for_partner_people
def evidence(request: HttpRequest, person: Person, pk: int) -> HttpResponse:
    return proofs.response(get_own_evidence(person, pk))
