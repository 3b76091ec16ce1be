"""Deciding: what each decision brings about, and every way in which somebody may not."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction

from headrace.base.approvals.tests.conftest import Ask, Cast, Purchases, agree, refused_with
from headrace.base.models import ApprovalDecision, ApprovalRequest, Role, RoleGrant, User


def test_it_is_approved_when_the_last_one_agrees(ask: Ask, approver: User, purchases: Purchases) -> None:
    request = ask()
    decision = agree(request, approver, comment="Fine.")
    request.refresh_from_db()
    assert (request.state, purchases.told) == ("approved", ["approved purchase:1"])
    assert (decision.role, decision.seen["seen"], decision.seen["amount_minor"]) == (
        Role.APPROVER,
        purchases.seen,
        500_00,
    )


def test_it_is_refused_with_the_reason(ask: Ask, approver: User, purchases: Purchases) -> None:
    request = ask()
    agree(request, approver, decision="refuse", comment="Too red.")
    request.refresh_from_db()
    assert (request.state, purchases.told) == ("refused", ["refused purchase:1: Too red."])


def test_a_refusal_needs_a_reason(ask: Ask, approver: User) -> None:
    refused_with("reason", ask(), approver, decision="refuse", comment="  ")


def test_nobody_approves_what_they_asked_for(ask: Ask, approver: User) -> None:
    refused_with("own", ask(requested_by=approver), approver)


def test_two_accounts_of_one_mailbox_are_one_person(ask: Ask, approver: User, cast: Cast) -> None:
    other = cast("Anton", Role.APPROVER, email="approver+2@acme.example")
    refused_with("own", ask(requested_by=approver), other)


def test_a_role_that_the_asker_gave_counts_for_nothing(ask: Ask, cast: Cast, channel_manager: User) -> None:
    refused_with("role", ask(), cast("Bea", Role.APPROVER, by=channel_manager))


def test_a_role_that_one_gave_oneself_counts_for_nothing(ask: Ask, cast: Cast) -> None:
    user = cast("Bea")
    RoleGrant.objects.create(organisation=user.organisation, user=user, role=Role.APPROVER, granted_by=user)
    refused_with("role", ask(), user)


def test_a_role_given_by_nobody_known_after_the_asking_counts_for_nothing(ask: Ask, cast: Cast) -> None:
    request = ask()
    refused_with("role", request, cast("Bea", Role.APPROVER))


def test_a_role_given_by_a_third_person_after_the_asking_counts(ask: Ask, cast: Cast) -> None:
    request = ask()
    agree(request, cast("Bea", Role.APPROVER, by=cast("Chief", Role.SENIOR_MANAGEMENT)))


def test_a_revoked_role_decides_nothing(ask: Ask, approver: User) -> None:
    request = ask()
    approver.role_grants.update(revoked_at=request.requested_at)
    refused_with("not_entitled", request, approver)


def test_somebody_who_is_switched_off_decides_nothing(ask: Ask, approver: User) -> None:
    request = ask()
    User.objects.filter(pk=approver.pk).update(is_active=False)  # after they signed in
    refused_with("account", request, approver)


def test_another_organisation_decides_nothing(ask: Ask, outsider: User) -> None:
    RoleGrant.objects.create(organisation=outsider.organisation, user=outsider, role=Role.APPROVER)
    refused_with("account", ask(), outsider)


def test_what_was_seen_before_it_changed_decides_nothing(ask: Ask, approver: User) -> None:
    seen_hash = ask().seen_hash
    refused_with("changed", ask(amount_minor=900_00), approver, seen_hash=seen_hash)


def test_what_is_stale_waits_for_nobody(ask: Ask, approver: User) -> None:
    first = ask()
    ask(amount_minor=900_00)
    refused_with("closed", first, approver)


def test_what_changed_meanwhile_becomes_stale(ask: Ask, approver: User, purchases: Purchases) -> None:
    request = ask()
    purchases.seen = {"figures": [{"label": "price", "text": "dearer"}]}
    refused_with("stale", request, approver)
    request.refresh_from_db()
    assert (request.state, purchases.told) == ("stale", ["lapsed purchase:1"])


def test_it_is_decided_once(ask: Ask, approver: User, cast: Cast) -> None:
    request = ask()
    agree(request, approver)
    refused_with("closed", request, approver)
    refused_with("closed", request, cast("Bea", Role.APPROVER))


def test_what_lapsed_is_decided_by_nobody(ask: Ask, approver: User) -> None:
    request = ask()
    ApprovalRequest.objects.filter(pk=request.pk).update(lapses_at=request.requested_at)
    refused_with("lapsed", request, approver)


def test_a_decision_that_the_room_can_not_follow_is_not_kept(
    ask: Ask, approver: User, purchases: Purchases, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = ask()

    class Full(list[str]):
        def append(self, told: str) -> None:
            raise ValidationError("No money is left.")

    purchases.told = Full()
    with pytest.raises(ValidationError, match="No money is left"):
        agree(request, approver)
    request.refresh_from_db()
    assert request.state == "waiting"
    assert not request.decisions.exists()


def test_decisions_are_never_changed(ask: Ask, approver: User) -> None:
    decision = agree(ask(), approver)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        ApprovalDecision.objects.filter(pk=decision.pk).update(comment="I never said so.")
