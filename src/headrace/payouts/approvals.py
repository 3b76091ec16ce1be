"""What approvals do to settlements. `config.wiring` lists this kind."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from headrace.base.approvals.kinds import ApprovalKind
from headrace.base.models import ApprovalRequest
from headrace.ledger.queries import current_position
from headrace.payouts.actions import APPROVAL_KIND, scope_of, settle
from headrace.payouts.drafting import drafted, fingerprint
from headrace.payouts.figures import LABELS, what_is_seen
from headrace.payouts.models import Settlement


def _settlement(request: ApprovalRequest) -> Settlement:
    key = int(request.subject.partition(":")[2])
    return Settlement.objects.select_related("organisation").get(
        pk=key, organisation_id=request.organisation_id
    )


def approved(request: ApprovalRequest) -> None:
    last = request.decisions.order_by("-pk").select_related("user").first()
    settle(settlement=_settlement(request), user=last.user if last else None)


def refused(request: ApprovalRequest, reason: str) -> None:
    """Back to a draft: what was refused can be prepared again or dropped."""
    _back_to_draft(request, reason)


def lapsed(request: ApprovalRequest) -> None:
    _back_to_draft(request, "")


def _back_to_draft(request: ApprovalRequest, reason: str) -> None:
    Settlement.objects.filter(pk=_settlement(request).pk, state=Settlement.State.WAITING).update(
        state=Settlement.State.DRAFT, refusal=reason
    )


def current(request: ApprovalRequest) -> dict[str, Any] | None:
    """What would be settled now; other than what was asked for once a rerun changed an earning."""
    settlement = _settlement(request)
    if settlement.state != Settlement.State.WAITING:
        return None
    settlement.position = current_position(settlement.organisation)
    return what_is_seen(settlement, fingerprint(drafted(scope_of(settlement))))


def address(request: ApprovalRequest) -> str:
    return reverse("console:settlement", kwargs={"pk": _settlement(request).pk})


KIND = ApprovalKind(
    code=APPROVAL_KIND,
    label=_("Settlement"),
    approved=approved,
    refused=refused,
    current=current,
    lapsed=lapsed,
    labels=LABELS,
    address=address,
)
