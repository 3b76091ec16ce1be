"""Disputes as the brand answers them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from headrace.base import proofs
from headrace.base.access import user_of
from headrace.base.models import User
from headrace.disputes import actions, screens
from headrace.disputes.access import SETTLERS, VERSIONS, WITH_ALL, for_settlers, get_dispute, get_evidence
from headrace.disputes.forms import AssignForm, DecideForm, GoodwillForm, NoteForm
from headrace.disputes.goodwill import ask_for_goodwill
from headrace.disputes.models import Answer, Dispute, State
from headrace.sales.products import product_names


@for_settlers
def disputes(request: HttpRequest) -> HttpResponse:
    """What waits for an answer, the most urgent first; and what was answered, the newest first."""
    is_open = request.GET.get("state", State.OPEN) == State.OPEN
    found = Dispute.objects.filter(organisation=user_of(request).organisation).select_related(*WITH_ALL)
    found = found.prefetch_related(VERSIONS)
    waiting = found.filter(state=State.OPEN)
    ended = found.exclude(state=State.OPEN).order_by("-decided_at", "-pk")
    page = Paginator(waiting.order_by("due_on", "pk") if is_open else ended, screens.ROWS_A_PAGE)
    context = {
        "page": page.get_page(request.GET.get("page")),
        "waiting": waiting.count(),
        "is_inbox": is_open,
    }
    return render(request, "disputes/console/disputes.html", context)


@for_settlers
def dispute(request: HttpRequest, pk: int) -> HttpResponse:
    """One dispute with all that is needed to answer; each form of the page posts here under its own name."""
    found = get_dispute(request, pk)
    posted = request.POST if request.method == "POST" else None
    made = {
        name: make(found, posted if posted is not None and name in posted else None)
        for name, make in FORMS.items()
    }
    name = next((name for name in FORMS if posted is not None and name in posted), None)
    if name is not None and made[name].is_valid():
        try:
            DONE[name](request, found, made[name])
            return redirect("console:dispute", pk)
        except ValidationError as error:
            made[name].add_error(None, error)
    context = {**screens.dispute_context(found, for_brand=True), **made}
    is_own = user_of(request).pk in actions.first_deciders(found)
    products = product_names(found.organisation_id)
    return render(
        request, "disputes/console/dispute.html", {**context, "is_own": is_own, "products": products}
    )


def settlers(organisation_id: int) -> QuerySet[User]:
    """Who may answer a dispute."""
    return (
        User.objects.filter(
            organisation=organisation_id,
            is_active=True,
            role_grants__role__in=SETTLERS,
            role_grants__revoked_at=None,
        )
        .distinct()
        .order_by("name", "pk")
    )


def _assign_form(found: Dispute, data: Any) -> forms.Form:
    initial = {"to": found.assigned_to_id}
    return AssignForm(list(settlers(found.organisation_id)), data, initial=initial)


FORMS: dict[str, Callable[[Dispute, Any], forms.Form]] = {
    "decide": lambda found, data: DecideForm(found, data),
    "say": lambda _found, data: NoteForm(data),
    "assign": _assign_form,
    "goodwill": lambda found, data: GoodwillForm(screens.unit_of(found), data),
}


def _decide(request: HttpRequest, found: Dispute, form: Any) -> None:
    actions.decide_dispute(
        dispute=found,
        user=user_of(request),
        accepted=form.accepted(request.POST.getlist("item")),
        answer=Answer(form.cleaned_data["answer"]),
        words=form.cleaned_data["words"],
        products=form.products,
    )
    messages.success(request, _("The dispute is answered. What follows from it is worked out now."))


def _say(request: HttpRequest, found: Dispute, form: Any) -> None:
    given = form.cleaned_data
    actions.say(dispute=found, user=user_of(request), text=given["text"], is_internal=given["is_internal"])
    messages.success(
        request, _("The note is kept.") if given["is_internal"] else _("The message is on its way.")
    )


def _assign(request: HttpRequest, found: Dispute, form: Any) -> None:
    to = form.users[form.cleaned_data["to"]]
    actions.assign_dispute(dispute=found, to=to, user=user_of(request))
    messages.success(request, _("The dispute is assigned to %(name)s.") % {"name": to.name})


def _goodwill(request: HttpRequest, found: Dispute, form: Any) -> None:
    ask_for_goodwill(
        dispute=found,
        user=user_of(request),
        amount_minor=form.amount_minor,
        unit=form.unit,
        explanation=form.cleaned_data["explanation"],
    )
    messages.success(request, _("The goodwill waits for approval by someone else."))


DONE: dict[str, Callable[[HttpRequest, Dispute, Any], None]] = {
    "decide": _decide,
    "say": _say,
    "assign": _assign,
    "goodwill": _goodwill,
}


@for_settlers
def evidence(request: HttpRequest, pk: int) -> HttpResponse:
    return proofs.response(get_evidence(request, pk))
