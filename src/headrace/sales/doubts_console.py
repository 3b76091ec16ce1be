"""Doubts in the console: pairs of lines side by side, and a person says what they are."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from headrace.base.access import user_of
from headrace.sales import doubt_queries
from headrace.sales import doubts as actions
from headrace.sales.access import for_channel_managers, get_doubt
from headrace.sales.models import Doubt

ROWS_A_PAGE = 20
VERBS = {
    "confirm": actions.confirm_doubt,
    "dismiss": actions.dismiss_doubt,
    "reopen": actions.reopen_doubt,
}


@for_channel_managers
def doubts(request: HttpRequest) -> HttpResponse:
    """What waits for a person, or what was settled."""
    organisation = user_of(request).organisation
    kind = request.GET.get("kind", "")
    kind = kind if kind in Doubt.Kind.values else ""
    settled = request.GET.get("state") == "settled"
    found = doubt_queries.doubts(organisation, kind=kind, settled=settled)
    page = Paginator(found, ROWS_A_PAGE).get_page(request.GET.get("page"))
    counts = doubt_queries.waiting_by_kind(organisation)
    return render(
        request,
        "sales/console/doubts.html",
        {
            "page": page,
            "doubts": doubt_queries.told_doubts(page.object_list),
            "kinds": [(value, label, counts.get(value, 0)) for value, label in Doubt.Kind.choices],
            "kind": kind,
            "settled": settled,
        },
    )


@require_POST
@for_channel_managers
def settle_doubt(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirms, dismisses or reopens a doubt."""
    doubt = get_doubt(request, pk)
    verb = VERBS.get(request.POST.get("decision", ""))
    try:
        if verb is None:
            raise ValidationError(_("Choose what the two lines are."))
        verb(doubt=doubt, user=user_of(request))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _told(request.POST["decision"]))
    back = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    return redirect(back if is_ours else "console:doubts")


def _told(decision: str) -> str:
    if decision == "confirm":
        return _("Settled. What changes by it counts from the next calculation on.")
    if decision == "dismiss":
        return _("Both lines stay as they are; the pair is not asked about again.")
    return _("Undone. The pair waits again.")
