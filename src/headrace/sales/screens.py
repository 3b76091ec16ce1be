"""What the views of imports share."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _

from headrace.sales.actions import Outcome, Result


def tell_outcome(request: HttpRequest, outcome: Outcome) -> None:
    """A message about each file."""
    run = outcome.run
    if outcome.result is Result.IMPORTED and run:
        told = {"name": outcome.name, "accepted": run.accepted, "rejected": run.rejected}
        if run.rejected:
            messages.warning(request, _("%(name)s: accepted %(accepted)s, rejected %(rejected)s.") % told)
        else:
            messages.success(request, _("%(name)s: accepted %(accepted)s, none rejected.") % told)
        return
    level = messages.error if outcome.result is Result.REFUSED else messages.info
    level(request, _("%(name)s: %(message)s") % {"name": outcome.name, "message": outcome.message})
