"""Claims as the brand decides them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from headrace.base.access import user_of
from headrace.base.approvals import queries
from headrace.claims import actions, screens, seen
from headrace.claims.access import WITH_ALL, for_deciders, get_claim, get_proof
from headrace.claims.forms import ApproveForm, RefuseForm
from headrace.claims.models import Refusal, SaleClaim, State

ROWS_A_PAGE = 50


@for_deciders
def claims(request: HttpRequest) -> HttpResponse:
    """The inbox: what waits, the longest waiting first; and what was decided, the newest first."""
    state = request.GET.get("state", State.SUBMITTED)
    found = SaleClaim.objects.filter(organisation=user_of(request).organisation).select_related(*WITH_ALL)
    waiting = found.filter(state=State.SUBMITTED).count()
    if state == State.SUBMITTED:
        found = found.filter(state=state).order_by("submitted_at", "pk")
    else:
        found = found.exclude(state=State.SUBMITTED).order_by("-decided_at", "-pk")
    page = Paginator(found, ROWS_A_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "waiting": waiting, "is_inbox": state == State.SUBMITTED}
    return render(request, "claims/console/claims.html", context)


@for_deciders
def claim(request: HttpRequest, pk: int) -> HttpResponse:
    """One claim with all that is needed to decide, and the decision."""
    found = get_claim(request, pk)
    posted = request.POST if request.method == "POST" else None
    is_refusal = posted is not None and "refuse" in posted
    approve = ApproveForm(found, posted if posted is not None and not is_refusal else None)
    refuse = RefuseForm(posted if is_refusal else None)
    form = refuse if is_refusal else approve
    if posted is not None and form.is_valid():
        try:
            _decide(request, found, form.cleaned_data, is_refusal)
            return redirect("console:claims")
        except ValidationError as error:
            form.add_error(None, error)
    context = {
        **screens.claim_context(found),
        "approve": approve,
        "refuse": refuse,
        "asked": queries.waiting_on(found.organisation_id, seen.CLAIM, seen.subject_of(found)),
    }
    return render(
        request,
        "claims/console/claim.html",
        {**context, "products": screens.product_names(found.organisation_id)},
    )


def _decide(request: HttpRequest, found: SaleClaim, given: dict[str, Any], is_refusal: bool) -> None:
    user = user_of(request)
    if is_refusal:
        refusal = Refusal(given["refusal"])
        actions.refuse_claim(claim=found, user=user, refusal=refusal, comment=given["comment"])
        messages.info(request, _("The claim is refused."))
    else:
        decided = actions.approve_claim(claim=found, user=user, product=given.get("product"))
        if decided.is_waiting:
            messages.info(
                request, _("By a rule of approvals others have to approve the claim too. They are asked.")
            )
        else:
            messages.success(request, _("The claim is approved. What it earns is worked out now."))


@for_deciders
def proof(request: HttpRequest, pk: int) -> HttpResponse:
    return screens.proof_response(get_proof(request, pk))
