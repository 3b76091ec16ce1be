"""Approvals at the brand: what waits for me, one request with the decision, and being away."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from headrace.base.access import for_brand, user_of
from headrace.base.approvals import delegating, queries, screens
from headrace.base.approvals.access import get_own_delegation, get_request
from headrace.base.approvals.actions import decide
from headrace.base.approvals.forms import AwayForm, DecisionForm
from headrace.base.models import ApprovalDecision, ApprovalRequest, Delegation

ROWS_A_PAGE = 50


@for_brand
def approvals(request: HttpRequest) -> HttpResponse:
    """What waits for the person, what they asked for, or what was decided at all."""
    user, show = user_of(request), request.GET.get("show", "waiting")
    if show == "asked":
        found: Any = queries.asked_by(user)
    elif show == "closed":
        found = queries.closed(user.organisation_id)
    else:
        show, found = "waiting", queries.waiting_for(user)
    page = Paginator(found, ROWS_A_PAGE).get_page(request.GET.get("page"))
    context = {"rows": screens.rows(page.object_list), "page": page, "show": show}
    return render(request, "base/approvals/approvals.html", context)


@for_brand
def approval(request: HttpRequest, pk: int) -> HttpResponse:
    """One request with all that is needed to decide, and the decision."""
    found, user = get_request(request, pk), user_of(request)
    form = DecisionForm(request.POST or None, initial={"seen_hash": found.seen_hash})
    if request.method == "POST" and form.is_valid():
        try:
            decide(
                request=found,
                user=user,
                decision=form.cleaned_data["decision"],
                comment=form.cleaned_data["comment"],
                seen_hash=form.cleaned_data["seen_hash"],
            )
            _tell(request, found, form.cleaned_data["decision"])
            return redirect("console:approvals")
        except ValidationError as error:
            form.add_error(None, error)
            found = get_request(request, pk)
    context = {**screens.context_of(found, user), "form": form}
    return render(request, "base/approvals/approval.html", context)


def _tell(request: HttpRequest, found: ApprovalRequest, decision: str) -> None:
    text = (
        _("You refused “%(title)s”. Whoever asked is told why.")
        if decision == ApprovalDecision.Choice.REFUSE
        else _("You approved “%(title)s”.")
    )
    messages.success(request, text % {"title": found.title})


@for_brand
def away(request: HttpRequest) -> HttpResponse:
    """Who decides for the person while they are away, and for whom the person does."""
    user = user_of(request)
    form = AwayForm(user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            delegating.delegate(delegator=user, **form.cleaned_data)
            messages.success(request, _("While you are away, others decide for you."))
            return redirect("console:approvals_away")
        except ValidationError as error:
            form.add_error(None, error)
    today = user.organisation.today
    standing = Delegation.objects.filter(revoked_at=None, ends_on__gte=today).order_by("starts_on", "pk")
    context = {
        "form": form,
        "given": standing.filter(delegator=user).select_related("delegate"),
        "held": standing.filter(delegate=user).select_related("delegator"),
    }
    return render(request, "base/approvals/away.html", context)


@require_POST
@for_brand
def revoke_delegation(request: HttpRequest, pk: int) -> HttpResponse:
    """From now on the person decides themself again."""
    delegation = get_own_delegation(request, pk)
    delegating.revoke_delegation(delegation=delegation)
    messages.success(request, _("%(name)s decides for you no more.") % {"name": delegation.delegate.name})
    return redirect("console:approvals_away")
