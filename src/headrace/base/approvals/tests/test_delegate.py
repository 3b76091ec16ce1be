"""Being away: who may stand in for whom, and what they still may not decide."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError

from headrace.base.approvals.delegating import delegate, revoke_delegation
from headrace.base.approvals.rule_changes import Scope, Step
from headrace.base.approvals.tests.conftest import Ask, Cast, agree, refused_with, rule_in_force
from headrace.base.models import AuditEvent, Delegation, Organisation, Role, User


def away(who: User, stand_in: User, days: int = 3) -> Delegation:
    today = who.organisation.today
    return delegate(delegator=who, delegate=stand_in, starts_on=today, ends_on=today + timedelta(days=days))


@pytest.fixture
def bea(cast: Cast) -> User:
    """Holds a role, but none that approves."""
    return cast("Bea", Role.FINANCE)


def test_somebody_decides_for_who_is_away(ask: Ask, approver: User, bea: User) -> None:
    request = ask()
    refused_with("not_entitled", request, bea)
    delegation = away(approver, bea)
    decision = agree(request, bea)
    assert (decision.user, decision.on_behalf_of, decision.delegation) == (bea, approver, delegation)
    assert AuditEvent.objects.get(action="delegation.give").user == approver


def test_nobody_stands_in_for_themself(approver: User, cast: Cast) -> None:
    with pytest.raises(ValidationError, match="nobody stands in for themself"):
        away(approver, approver)
    other = cast("Anton", Role.FINANCE, email="approver+me@acme.example")
    with pytest.raises(ValidationError, match="nobody stands in for themself"):
        away(approver, other)


@pytest.mark.parametrize("who", ["partner_owner", "outsider"])
def test_only_colleagues_stand_in(approver: User, who: str, request: pytest.FixtureRequest) -> None:
    with pytest.raises(ValidationError, match="of your organisation"):
        away(approver, request.getfixturevalue(who))


@pytest.mark.parametrize(
    ("starts_in", "ends_in", "problem"),
    [(2, 1, "before the first"), (-3, -1, "are over"), (0, 400, "At most")],
)
def test_days_that_can_not_be(approver: User, bea: User, starts_in: int, ends_in: int, problem: str) -> None:
    today = approver.organisation.today
    with pytest.raises(ValidationError, match=problem):
        delegate(
            delegator=approver,
            delegate=bea,
            starts_on=today + timedelta(days=starts_in),
            ends_on=today + timedelta(days=ends_in),
        )


def test_a_delegate_does_not_decide_on_what_they_asked_for(ask: Ask, approver: User, bea: User) -> None:
    away(approver, bea)
    refused_with("own", ask(requested_by=bea), bea)


def test_a_delegate_does_not_decide_on_what_the_delegator_asked_for(
    ask: Ask, approver: User, bea: User
) -> None:
    away(approver, bea)
    refused_with("not_entitled", ask(requested_by=approver), bea)


def test_what_was_lent_can_not_be_lent_on(ask: Ask, approver: User, bea: User, cast: Cast) -> None:
    carl = cast("Carl", Role.FINANCE)
    away(approver, bea)
    away(bea, carl)
    refused_with("not_entitled", ask(), carl)


def test_a_delegate_has_no_second_voice(
    organisation: Organisation, ask: Ask, approver: User, bea: User, cast: Cast
) -> None:
    rule_in_force(organisation, Scope("purchase"), Step(Role.APPROVER), Step(Role.FINANCE))
    request = ask()
    away(approver, bea)
    agree(request, bea)
    refused_with("twice", request, bea)  # by their own role in the second step
    refused_with("twice", request, approver)  # in whose name it was decided


def test_who_has_decided_lends_no_second_voice(
    organisation: Organisation, ask: Ask, approver: User, bea: User
) -> None:
    rule_in_force(organisation, Scope("purchase"), Step(Role.APPROVER, needed=2))
    request = ask()
    agree(request, approver)
    away(approver, bea)
    refused_with("not_entitled", request, bea)


def test_it_ends_when_it_is_revoked_or_over(ask: Ask, approver: User, bea: User) -> None:
    delegation, request = away(approver, bea), ask()
    revoke_delegation(delegation=delegation)
    refused_with("not_entitled", request, bea)
    Delegation.objects.update(revoked_at=None, starts_on=date(2026, 1, 1), ends_on=date(2026, 1, 2))
    refused_with("not_entitled", request, bea)


def test_who_lost_the_role_or_left_has_none_to_lend(ask: Ask, approver: User, bea: User) -> None:
    request = ask()
    away(approver, bea)
    User.objects.filter(pk=approver.pk).update(is_active=False)
    refused_with("not_entitled", request, bea)
    User.objects.filter(pk=approver.pk).update(is_active=True)
    approver.role_grants.update(revoked_at=request.requested_at)
    refused_with("not_entitled", request, bea)


def test_a_delegate_who_left_the_brand_decides_nothing(ask: Ask, approver: User, bea: User) -> None:
    request = ask()
    away(approver, bea)
    bea.role_grants.update(revoked_at=request.requested_at)
    refused_with("not_entitled", request, bea)
