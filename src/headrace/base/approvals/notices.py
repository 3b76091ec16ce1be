"""Who is told what, and when a request is looked at again."""

from __future__ import annotations

from datetime import datetime

from headrace.base import jobs
from headrace.base.approvals.rights import Standing
from headrace.base.models import ApprovalRequest

LOOK_AFTER = "approvals.look_after"


def look_after(request: ApprovalRequest, at: datetime) -> None:
    """Asks that a deadline of the request is kept: at its hour it is escalated, or it lapses."""
    jobs.ask_for(
        organisation=request.organisation,
        kind=LOOK_AFTER,
        key=f"{request.pk}:{at.isoformat()}",
        payload={"request": request.pk},
        wanted_at=at,
    )


def tell_deciders(standing: Standing) -> None:
    """Sends those who may decide the open step a link by which they can."""


def tell_asker(request: ApprovalRequest) -> None:
    """Sends who asked what became of it."""
