"""What the views of imports share."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from headrace.sales.actions import Outcome
from headrace.sales.deliveries import outcomes
from headrace.sales.models import Delivery, Draft, Import, Result


def after_delivery(request: HttpRequest, *delivered: Delivery) -> HttpResponse:
    """To what became of deliveries, with a message about each file; to the page of one that is under way."""
    for delivery in delivered:
        if delivery.finished_at is None:
            return redirect("console:delivery", delivery.pk)
    told = [outcome for delivery in delivered for outcome in outcomes(delivery)]
    for outcome in told:
        tell_outcome(request, outcome)
    draft = delivered[0].draft if delivered else None
    if draft and draft.state == Draft.State.OPEN:
        # A file that was refused keeps its draft, to be read otherwise.
        return redirect("console:draft", draft.pk)
    runs = [outcome.run for outcome in told if outcome.run]
    return (
        redirect("console:import", runs[0].pk) if len(told) == len(runs) == 1 else redirect("console:imports")
    )


def tell_outcome(request: HttpRequest, outcome: Outcome) -> None:
    """A message about each file."""
    run = outcome.run
    if outcome.result is Result.IMPORTED and run:
        _tell_counts(request, run)
        return
    level = messages.error if outcome.result is Result.REFUSED else messages.info
    level(request, _("%(name)s: %(message)s") % {"name": outcome.name, "message": outcome.message})


def _tell_counts(request: HttpRequest, run: Import) -> None:
    told = {
        "name": run.file_name,
        "accepted": run.accepted,
        "rejected": run.rejected,
        "duplicates": run.duplicates,
    }
    if run.rejected and run.duplicates:
        text = _("%(name)s: accepted %(accepted)s, rejected %(rejected)s, duplicates %(duplicates)s.")
    elif run.rejected:
        text = _("%(name)s: accepted %(accepted)s, rejected %(rejected)s.")
    elif run.duplicates:
        text = _("%(name)s: accepted %(accepted)s, none rejected, duplicates %(duplicates)s.")
    else:
        text = _("%(name)s: accepted %(accepted)s, none rejected.")
    level = messages.warning if run.rejected else messages.success
    level(request, text % told)
