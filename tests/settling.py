"""Settling a period by two people, as every test does that needs one settled."""

from typing import Any

from headrace.base.approvals.actions import decide
from headrace.base.models import ApprovalDecision, ApprovalRequest, Organisation, User
from headrace.kernel.period import Period
from headrace.partners.models import Partner
from headrace.payouts.actions import prepare_settlement, request_settlement
from headrace.payouts.models import Settlement
from headrace.payouts.profiles import note_tax_profile

BRAND: dict[str, Any] = {
    "legal_name": "Acme GmbH",
    "country": "DE",
    "street": "Hauptstraße 1",
    "postcode": "10115",
    "city": "Berlin",
    "vat_id": "DE136695976",
    "vat_status": "standard",
}
NORTH = {**BRAND, "legal_name": "North Cycles GmbH", "vat_id": "DE129273398", "city": "Hamburg"}


def settled(
    organisation: Organisation, period: Period, preparer: User, approver: User, **more: Any
) -> Settlement:
    """Prepares the settlement in the name of the one, and approves it in that of the other."""
    settlement = prepare_settlement(organisation=organisation, period=period, user=preparer, **more)
    approve(request_settlement(settlement=settlement, user=preparer), approver)
    settlement.refresh_from_db()
    return settlement


def approve(request: ApprovalRequest, user: User) -> None:
    decide(
        request=request,
        user=user,
        decision=ApprovalDecision.Choice.APPROVE,
        seen_hash=request.seen_hash,
    )


def describe_for_tax(organisation: Organisation) -> None:
    """Tax profiles of the brand and of North, by which a credit note is written for it."""
    note_tax_profile(organisation=organisation, **BRAND)
    north = Partner.objects.get(organisation=organisation, code="north")
    note_tax_profile(organisation=organisation, partner=north, **NORTH)
