"""Claims above a rule's threshold: who approves in the inbox asks others, and they decide."""

from __future__ import annotations

import pytest

from headrace.base.approvals.rule_changes import Scope, Step
from headrace.base.approvals.tests.conftest import agree, refused_with, rule_in_force
from headrace.base.models import ApprovalRequest, Organisation, Role, User
from headrace.claims import actions
from headrace.claims.models import Refusal
from headrace.claims.tests.conftest import claim_of
from headrace.partners.models import Person
from headrace.sales.models import SalesLine


@pytest.fixture
def above_900(market: Organisation) -> None:
    rule_in_force(market, Scope("claim", unit="EUR", amount_from_minor=900_00), Step(Role.APPROVER))


@pytest.mark.usefixtures("above_900")
class TestByRule:
    def test_a_small_claim_is_decided_in_its_inbox(self, sven: Person, channel_manager: User) -> None:
        claim = claim_of(sven, net_amount_e4=899_9999)
        assert actions.approve_claim(claim=claim, user=channel_manager).state == "submitted"
        less = claim_of(sven, net_amount_e4=899_9900, invoice_number="2")
        assert actions.approve_claim(claim=less, user=channel_manager).state == "approved"

    def test_a_large_one_waits_for_another(self, sven: Person, channel_manager: User, approver: User) -> None:
        claim = actions.approve_claim(claim=claim_of(sven), user=channel_manager)
        assert (claim.state, SalesLine.objects.count()) == ("submitted", 0)
        request = ApprovalRequest.objects.get(kind="claim")
        refused_with("own", request, channel_manager)
        agree(request, approver)
        claim.refresh_from_db()
        assert (claim.state, claim.decided_by, SalesLine.objects.count()) == ("approved", approver, 1)

    def test_a_refusal_refuses_the_claim_with_its_reason(
        self, sven: Person, channel_manager: User, approver: User
    ) -> None:
        claim = actions.approve_claim(claim=claim_of(sven), user=channel_manager)
        request = ApprovalRequest.objects.get(kind="claim")
        agree(request, approver, decision="refuse", comment="Not on sale here.")
        claim.refresh_from_db()
        request.refresh_from_db()
        assert (claim.state, claim.comment, request.state) == ("refused", "Not on sale here.", "refused")

    def test_what_comes_to_light_meanwhile_makes_it_stale(
        self, sven: Person, channel_manager: User, approver: User
    ) -> None:
        claim = actions.approve_claim(claim=claim_of(sven), user=channel_manager)
        claim_of(sven)  # the same invoice again
        request = ApprovalRequest.objects.get(subject=f"claim:{claim.pk}")
        refused_with("stale", request, approver)
        claim.refresh_from_db()
        assert claim.state == "submitted"

    def test_a_claim_that_is_taken_back_waits_for_nobody(
        self, sven: Person, channel_manager: User, approver: User
    ) -> None:
        claim = actions.approve_claim(claim=claim_of(sven), user=channel_manager)
        actions.withdraw_claim(claim=claim, user=sven.user)
        refused_with("closed", ApprovalRequest.objects.get(kind="claim"), approver)

    def test_who_refuses_in_the_inbox_ends_the_request(
        self, sven: Person, channel_manager: User, approver: User
    ) -> None:
        claim = actions.approve_claim(claim=claim_of(sven), user=channel_manager)
        actions.refuse_claim(claim=claim, user=approver, refusal=Refusal.UNREADABLE)
        assert ApprovalRequest.objects.get(kind="claim").state == "withdrawn"
