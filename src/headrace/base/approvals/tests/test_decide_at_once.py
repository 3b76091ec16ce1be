"""Two who decide at the same moment: one comes second, and nothing is approved twice."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, connections, transaction

from headrace.base.approvals.rule_changes import Scope, Step
from headrace.base.approvals.tests.conftest import Ask, Cast, Purchases, agree, rule_in_force
from headrace.base.models import ApprovalDecision, ApprovalRequest, Organisation, Role, User


def at_once(request: ApprovalRequest, users: list[User]) -> list[str]:
    """All decide at one moment; gives what each was told."""
    start, told = threading.Barrier(len(users)), []

    def vote(user: User) -> None:
        try:
            start.wait(timeout=10)
            agree(request, user)
            told.append("agreed")
        except ValidationError as error:
            told.append(error.code or "")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=vote, args=(user,)) for user in users]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return sorted(told)


@pytest.mark.usefixtures("own_database")
class TestAtOnce:
    def test_one_person_with_two_windows_decides_once(
        self, ask: Ask, approver: User, purchases: Purchases
    ) -> None:
        request = ask()
        assert at_once(request, [approver] * 4) == ["agreed", "closed", "closed", "closed"]
        assert purchases.told == ["approved purchase:1"]

    def test_one_voice_counts_once_where_two_are_needed(
        self, organisation: Organisation, ask: Ask, approver: User, cast: Cast, purchases: Purchases
    ) -> None:
        rule_in_force(organisation, Scope("purchase"), Step(Role.APPROVER, needed=2))
        request = ask()
        assert at_once(request, [approver] * 3) == ["agreed", "twice", "twice"]
        assert purchases.told == []

    def test_of_many_so_many_decide_as_are_needed(
        self, organisation: Organisation, ask: Ask, cast: Cast, purchases: Purchases
    ) -> None:
        rule_in_force(organisation, Scope("purchase"), Step(Role.APPROVER, needed=2))
        users = [cast(name, Role.APPROVER) for name in ("Ada", "Ben", "Cleo", "Dan")]
        assert at_once(ask(), users) == ["agreed", "agreed", "closed", "closed"]
        assert purchases.told == ["approved purchase:1"]
        assert ApprovalDecision.objects.count() == 2

    def test_a_role_that_is_being_revoked_decides_only_before(self, ask: Ask, approver: User) -> None:
        """Whoever decides holds the row that gave the role: revoking it waits, or comes first."""
        if connection.vendor != "postgresql":
            pytest.skip("SQLite has one writer at a time")
        request = ask()
        told: list[Any] = []

        def vote() -> None:
            try:
                agree(request, approver)
                told.append("agreed")
            except ValidationError as error:
                told.append(error.code)
            finally:
                connections.close_all()

        thread = threading.Thread(target=vote)
        with transaction.atomic():
            approver.role_grants.update(revoked_at=request.requested_at)
            thread.start()
            thread.join(timeout=1)
            assert told == []  # it waits for what becomes of the role
        thread.join(timeout=10)
        assert told == ["not_entitled"]
