"""Goodwill is posted once somebody else has approved it, and never twice."""

import pytest
from django.core.exceptions import ValidationError

from headrace.base.approvals.actions import decide
from headrace.base.models import ApprovalRequest, Mail, User
from headrace.disputes.actions import withdraw_dispute
from headrace.disputes.goodwill import ask_for_goodwill
from headrace.disputes.models import Dispute, Goodwill
from headrace.disputes.tests.conftest import missing, question, stands
from headrace.ledger.models import Stage, Transfer
from headrace.partners.models import Person


def asked(olga: Person, user: User, amount_minor: int = 25_00, explanation: str = "Our delay.") -> Goodwill:
    dispute = Dispute.objects.first() or question(olga, missing(), earning=None)
    return ask_for_goodwill(
        dispute=dispute, user=user, amount_minor=amount_minor, unit="EUR", explanation=explanation
    )


def settle(user: User, choice: str, comment: str = "") -> None:
    request = ApprovalRequest.objects.get()
    decide(request=request, user=user, decision=choice, comment=comment, seen_hash=request.seen_hash)


def test_it_is_posted_when_somebody_else_approves(
    olga: Person, channel_manager: User, approver: User
) -> None:
    goodwill = asked(olga, channel_manager)
    assert stands(Stage.ACCRUED) == 80_00
    settle(approver, "approve")
    assert stands(Stage.ACCRUED) == 105_00
    posted = Transfer.objects.get(kind="dispute_goodwill")
    assert posted.details["explanation"] == "Our delay."
    goodwill.refresh_from_db()
    assert goodwill.state == Goodwill.State.POSTED
    assert "€25.00" in Mail.objects.get(to="owner@north.example").body.replace("\u2068", "").replace(
        "\u2069", ""
    )


def test_who_asks_does_not_approve(olga: Person, approver: User) -> None:
    asked(olga, approver)
    with pytest.raises(ValidationError):
        settle(approver, "approve")
    assert stands(Stage.ACCRUED) == 80_00


def test_what_is_refused_is_not_posted(olga: Person, channel_manager: User, approver: User) -> None:
    goodwill = asked(olga, channel_manager)
    settle(approver, "refuse", "No.")
    goodwill.refresh_from_db()
    assert (goodwill.state, stands(Stage.ACCRUED)) == (Goodwill.State.REFUSED, 80_00)
    entry = goodwill.dispute.entries.latest("pk")
    assert (entry.kind, entry.is_internal) == ("goodwill_refused", True)


@pytest.mark.parametrize(("amount", "words"), [(0, "x"), (-5, "x"), (5, " ")])
def test_it_is_an_amount_with_an_explanation(
    olga: Person, channel_manager: User, amount: int, words: str
) -> None:
    with pytest.raises(ValidationError, match="above nought"):
        asked(olga, channel_manager, amount, words)


def test_one_at_a_time(olga: Person, channel_manager: User) -> None:
    asked(olga, channel_manager)
    with pytest.raises(ValidationError, match="waits for approval already"):
        asked(olga, channel_manager, 30_00)


def test_none_for_what_was_withdrawn(olga: Person, channel_manager: User, approver: User) -> None:
    asked(olga, channel_manager)
    dispute = Dispute.objects.get()
    withdraw_dispute(dispute=dispute, user=approver)
    with pytest.raises(ValidationError, match="changed since"):
        settle(approver, "approve")
    assert stands(Stage.ACCRUED) == 80_00
