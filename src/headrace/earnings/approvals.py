"""Publishing a run where a rule wants others to approve it: what follows from their decision."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from headrace.base import jobs
from headrace.base.approvals.kinds import ApprovalKind
from headrace.base.models import ApprovalRequest, Job
from headrace.earnings import actions, seen
from headrace.programmes.budgets.alerts import note_refusal
from headrace.programmes.budgets.guarding import OverBudgetError

PUBLISH = "earnings.publish_approved"


def publish(job: Job) -> None:
    """Publishes what was approved; a large run takes longer than a page may."""
    request = ApprovalRequest.objects.select_related("organisation", "requested_by").get(
        pk=job.payload["request"]
    )
    try:
        actions.publish_approved_run(request=request, user=job.asked_by)
    except OverBudgetError as error:  # trying again would not help: people are told, and raise the limit
        note_refusal(error)


def _approved(request: ApprovalRequest) -> None:
    jobs.ask_for(
        organisation=request.organisation,
        kind=PUBLISH,
        key=f"approval:{request.pk}",
        payload={"request": request.pk},
        user=request.decisions.select_related("user").latest("pk").user,
    )


def _refused(request: ApprovalRequest, reason: str) -> None:
    """The run stays unpublished; the next one asks anew."""


def _lapsed(request: ApprovalRequest) -> None:
    """Asks anew with what would change now, unless a later run has taken its place."""
    run = seen.run_of(request)
    if run.published_at is None and not actions.is_overtaken(run):
        with suppress(OverBudgetError):
            actions.publish_run(run=run, user=request.requested_by)


def _current(request: ApprovalRequest) -> dict[str, Any] | None:
    """A run never changes: what it would change does, with what was published or closed since."""
    run = seen.run_of(request)
    if run.published_at is not None or actions.is_overtaken(run):
        return None
    return {**request.seen, "results": run.results, "standing": seen.standing_now(run)}


def _address(request: ApprovalRequest) -> str:
    return reverse("console:programme", args=[seen.run_of(request).programme.key])


KIND = ApprovalKind(
    code=seen.RUN,
    label=_("Calculation to be published"),
    approved=_approved,
    refused=_refused,
    lapsed=_lapsed,
    current=_current,
    address=_address,
    labels={
        "programme": _("Programme"),
        "as_of": _("Sales as known on"),
        "recipients": _("Recipients"),
        "earnings": _("Earnings that change"),
        "difference": _("Difference"),
    },
    only_by_rule=True,
)
