"""Claims that a rule wants to be approved by others too: what follows from their decision."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from headrace.base.approvals.kinds import ApprovalKind
from headrace.base.models import ApprovalRequest, User
from headrace.claims import actions, checks, seen
from headrace.claims.models import Refusal, SaleClaim


def claim_of(request: ApprovalRequest) -> SaleClaim:
    claims = SaleClaim.objects.select_related("organisation", "partner", "person", "product")
    return claims.get(organisation=request.organisation_id, pk=int(request.subject.partition(":")[2]))


def _approved(request: ApprovalRequest) -> None:
    actions.accept_approved_claim(claim=claim_of(request), user=_last_decider(request))


def _refused(request: ApprovalRequest, reason: str) -> None:
    actions.refuse_claim(
        claim=claim_of(request), user=_last_decider(request), refusal=Refusal.OTHER, comment=reason[:500]
    )


def _last_decider(request: ApprovalRequest) -> User:
    return request.decisions.select_related("user").latest("pk").user


def _current(request: ApprovalRequest) -> dict[str, Any] | None:
    """Checked anew: what came in meanwhile may speak against the claim."""
    claim = claim_of(request)
    if not claim.is_waiting:
        return None
    claim.checks = [one.as_json() for one in checks.check(claim)]
    return seen.seen_of(claim)


def _address(request: ApprovalRequest) -> str:
    return reverse("console:claim", args=[claim_of(request).pk])


KIND = ApprovalKind(
    code=seen.CLAIM,
    label=_("Claim"),
    approved=_approved,
    refused=_refused,
    current=_current,
    address=_address,
    labels={
        "product": _("Product"),
        "partner": _("Partner"),
        "person": _("Claimed by"),
        "sold_on": _("Day of the sale"),
        "quantity": _("Quantity"),
        "net_amount": _("Net amount"),
        "invoice_number": _("Invoice number"),
        "doubts": _("Doubts"),
    },
    only_by_rule=True,
)
