"""What the views of imports share."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _

from headrace.sales.actions import Outcome, Result
from headrace.sales.models import Import


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
