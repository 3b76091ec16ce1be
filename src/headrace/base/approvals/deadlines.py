"""Deadlines: a step that is overdue goes on to the next role, a request that is too old lapses."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from headrace.base.approvals import notices
from headrace.base.approvals.actions import close, locked, record_of, standing_of
from headrace.base.approvals.kinds import kind_of
from headrace.base.models import ApprovalRequest, Job

LOOK_AFTER_ALL = "approvals.look_after_all"


def look_after(job: Job) -> None:
    """Keeps the deadlines of the request that the job names; whatever was kept before stays as it is."""
    keep_deadlines(request=ApprovalRequest.objects.get(pk=job.payload["request"]))


def look_after_all(job: Job) -> None:
    """The same for all of an organisation, once a day: where a deadline was missed because a job was set aside."""
    waiting = ApprovalRequest.objects.filter(
        organisation=job.organisation, state=ApprovalRequest.State.WAITING
    )
    for request in waiting.order_by("pk"):
        keep_deadlines(request=request)


@transaction.atomic
def keep_deadlines(*, request: ApprovalRequest) -> None:
    """Lapses a request that is too old; else lets the next role decide a step that is overdue."""
    request = locked(request)
    if not request.is_waiting:
        return
    if request.lapses_at <= timezone.now():
        close(request, ApprovalRequest.State.LAPSED)
        notices.tell_asker(request)
        kind_of(request.kind).lapsed(request)
        return
    _escalate(request)


def _escalate(request: ApprovalRequest) -> None:
    now = timezone.now()
    overdue = request.steps.filter(done_at=None, due_at__lte=now, escalated_at=None).exclude(escalates_to="")
    step = overdue.select_related("person").order_by("position").first()
    if step is None:
        return
    step.escalated_at = now
    step.save(update_fields=["escalated_at"])
    record_of(request, "approval.escalate", None, step=step.position, to=step.escalates_to)
    notices.tell_deciders(standing_of(request, step))
