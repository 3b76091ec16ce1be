"""Jobs of disputes: escalate what is overdue; give back what was held once the difference is posted."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from headrace.base import jobs
from headrace.base.models import Job
from headrace.disputes import actions, holding
from headrace.disputes.models import Dispute
from headrace.earnings.jobs import PROGRAMME_IS_LATE
from headrace.sales.arrivals import LINES_ARRIVED

LOOK_AFTER = "disputes.look_after"
AGAIN_AFTER = timedelta(seconds=15)


def look_after(job: Job) -> None:
    """Once a day: whose answer is overdue is told to those who may decide."""
    actions.escalate_overdue(organisation=job.organisation, today=timezone.localdate())


def release_when_calculated(job: Job) -> None:
    """Waits for the calculation that a decision asked for; then what was held goes its way again."""
    dispute = Dispute.objects.select_related("organisation", "earning").get(pk=job.payload["dispute"])
    if dispute.is_open:
        return  # reopened meanwhile: it is held for that
    waited_for = {
        (LINES_ARRIVED, f"partner:{dispute.partner_id}"),
        (LINES_ARRIVED, "everyone"),
        (PROGRAMME_IS_LATE, f"programme:{dispute.programme_id}"),
    }
    waiting = Job.objects.filter(organisation=job.organisation, done_at=None, set_aside_at=None)
    if waited_for & set(waiting.values_list("kind", "key")):
        jobs.ask_for(
            organisation=job.organisation,
            kind=actions.RELEASE_WHEN_CALCULATED,
            key=dispute.subject,
            payload=job.payload,
            wanted_at=timezone.now() + AGAIN_AFTER,
        )
        return
    holding.release(dispute)
