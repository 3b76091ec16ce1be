"""Rules: which one is for what, its steps in order, and that a request keeps the one it began with."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from headrace.base.approvals.rule_changes import Scope, Step, propose_end, propose_rule
from headrace.base.approvals.rules import needs_approval, rule_for
from headrace.base.approvals.tests.conftest import (
    Ask,
    Cast,
    Purchases,
    agree,
    refused_with,
    rule_in_force,
)
from headrace.base.models import ApprovalRequest, ApprovalRule, Organisation, Role, User

APPROVER, FINANCE, SENIOR = Step(Role.APPROVER), Step(Role.FINANCE), Step(Role.SENIOR_MANAGEMENT)


def from_amount(amount_minor: int | None, unit: str = "EUR", **more: str) -> Scope:
    return Scope("purchase", unit=unit, amount_from_minor=amount_minor, **more)


@pytest.mark.parametrize(
    ("amount_minor", "unit", "found"),
    [
        (99_99, "EUR", None),
        (100_00, "EUR", "small"),
        (999_99, "EUR", "small"),
        (1000_00, "EUR", "large"),
        (-5000_00, "EUR", "large"),  # what is taken back
        (1, "USD", "large"),  # not to be compared with amounts in euros
        (None, "", "large"),
        (None, "EUR", "large"),
    ],
)
def test_thresholds(
    organisation: Organisation, purchases: Purchases, amount_minor: int | None, unit: str, found: str | None
) -> None:
    rules = {
        "small": rule_in_force(
            organisation,
            Scope("purchase", unit="EUR", amount_from_minor=100_00, amount_to_minor=999_99),
            APPROVER,
        ),
        "large": rule_in_force(organisation, from_amount(1000_00), SENIOR),
        None: None,
    }
    assert rule_for(organisation, "purchase", amount_minor, unit, "", ()) == rules[found]


def test_what_is_risky_or_of_a_segment_follows_its_own_rule(
    organisation: Organisation, purchases: Purchases
) -> None:
    anything = rule_in_force(organisation, Scope("purchase"), APPROVER)
    risky = rule_in_force(organisation, Scope("purchase", risk="high"), SENIOR)
    gold = rule_in_force(organisation, Scope("purchase", segment="gold"), FINANCE)
    asked = [("", ()), ("high", ()), ("", ("gold",)), ("high", ("gold",))]
    assert [rule_for(organisation, "purchase", 1, "EUR", *one) for one in asked] == [
        anything,
        risky,
        gold,
        risky,
    ]


def test_the_rules_of_another_organisation_are_not_followed(
    organisation: Organisation, other_organisation: Organisation, purchases: Purchases
) -> None:
    rule_in_force(other_organisation, Scope("purchase"), SENIOR)
    assert rule_for(organisation, "purchase", 1, "EUR", "", ()) is None


def test_a_kind_that_is_only_by_rule_needs_no_approval_without_one(organisation: Organisation) -> None:
    from headrace.base.approvals import kinds
    from headrace.base.approvals.kinds import ApprovalKind

    before = kinds.all_kinds()
    free = ApprovalKind("free", "Free", print, print, lambda _: {}, only_by_rule=True)
    kinds.use([*before, free])
    try:
        assert not needs_approval(organisation=organisation, kind="free")
        rule_in_force(organisation, Scope("free"), APPROVER)
        assert needs_approval(organisation=organisation, kind="free")
    finally:
        kinds.use(before)


def test_the_steps_follow_one_another(
    organisation: Organisation, ask: Ask, approver: User, cast: Cast, purchases: Purchases
) -> None:
    rule_in_force(organisation, Scope("purchase"), APPROVER, SENIOR)
    chief, request = cast("Chief", Role.SENIOR_MANAGEMENT), ask()
    refused_with("not_entitled", request, chief)
    agree(request, approver)
    assert purchases.told == []
    agree(request, chief)
    assert purchases.told == ["approved purchase:1"]


def test_nobody_decides_two_steps(organisation: Organisation, ask: Ask, cast: Cast) -> None:
    rule_in_force(organisation, Scope("purchase"), APPROVER, SENIOR)
    both = cast("Both", Role.APPROVER, Role.SENIOR_MANAGEMENT)
    request = ask()
    agree(request, both)
    refused_with("twice", request, both)


def test_as_many_agree_as_are_needed(
    organisation: Organisation, ask: Ask, approver: User, cast: Cast, purchases: Purchases
) -> None:
    rule_in_force(organisation, Scope("purchase"), Step(Role.APPROVER, needed=2))
    bea = cast("Bea", Role.APPROVER)
    request = ask()
    agree(request, approver)
    refused_with("twice", request, approver)
    assert purchases.told == []
    agree(request, bea)
    assert purchases.told == ["approved purchase:1"]


def test_a_step_may_wait_for_one_person(
    organisation: Organisation, ask: Ask, approver: User, cast: Cast
) -> None:
    boss = cast("Boss")
    rule_in_force(organisation, Scope("purchase"), Step(person=boss))
    request = ask()
    refused_with("not_entitled", request, approver)
    agree(request, boss)


def test_who_decided_can_not_appoint_who_decides_next(
    organisation: Organisation, ask: Ask, approver: User, cast: Cast
) -> None:
    rule_in_force(organisation, Scope("purchase"), APPROVER, SENIOR)
    request = ask()
    agree(request, approver)
    refused_with("role", request, cast("Crony", Role.SENIOR_MANAGEMENT, by=approver))


def test_a_change_of_rules_is_in_force_once_another_has_approved_it(
    organisation: Organisation, approver: User, cast: Cast, purchases: Purchases
) -> None:
    bea = cast("Bea", Role.APPROVER)
    rule = propose_rule(organisation=organisation, user=approver, scope=from_amount(100_00), steps=[FINANCE])
    request = ApprovalRequest.objects.get(kind="approval_rule")
    assert rule_for(organisation, "purchase", 100_00, "EUR", "", ()) is None
    refused_with("own", request, approver)
    agree(request, bea)
    assert rule_for(organisation, "purchase", 100_00, "EUR", "", ()) == rule


def test_a_request_keeps_the_rule_it_began_with(
    organisation: Organisation, ask: Ask, approver: User, cast: Cast, purchases: Purchases
) -> None:
    before = rule_in_force(organisation, Scope("purchase"), APPROVER)
    bea, request = cast("Bea", Role.APPROVER), ask()
    after = propose_rule(
        organisation=organisation, user=bea, scope=Scope("purchase"), steps=[SENIOR], replaces=before
    )
    agree(ApprovalRequest.objects.get(subject=f"approval_rule:{after.pk}"), approver)
    before.refresh_from_db()
    assert before.ended_at is not None
    assert (after.key, after.replaces) == (before.key, before)
    agree(request, approver)
    assert purchases.told == ["approved purchase:1"]
    assert ask(subject="purchase:2").rule == after


def test_of_two_changes_of_one_rule_the_second_is_stale(
    organisation: Organisation, approver: User, cast: Cast, purchases: Purchases
) -> None:
    rule = rule_in_force(organisation, Scope("purchase"), APPROVER)
    bea = cast("Bea", Role.APPROVER)
    end = propose_end(rule=rule, user=bea)
    change = propose_rule(
        organisation=organisation, user=bea, scope=Scope("purchase"), steps=[SENIOR], replaces=rule
    )
    agree(ApprovalRequest.objects.get(subject=f"approval_rule:{end.pk}"), approver)
    refused_with("stale", ApprovalRequest.objects.get(subject=f"approval_rule:{change.pk}"), approver)
    assert rule_for(organisation, "purchase", 1, "EUR", "", ()) is None
    assert not ApprovalRule.objects.filter(ended_at=None, refused_at=None).exists()


@pytest.mark.parametrize(
    ("scope", "steps", "problem"),
    [
        (Scope("purchase", amount_from_minor=1), [APPROVER], "Name the unit"),
        (
            Scope("purchase", unit="EUR", amount_from_minor=2, amount_to_minor=1),
            [APPROVER],
            "above the one up to",
        ),
        (Scope("purchase"), [], "one to 5 steps"),
        (Scope("purchase"), [Step()], "either a role or a person"),
        (Scope("purchase"), [Step(Role.APPROVER, needed=0)], "At least one"),
        (Scope("purchase"), [Step(Role.APPROVER, deadline_days=3)], "belong together"),
        (Scope("purchase"), [Step(Role.APPROVER, escalates_to=Role.FINANCE)], "belong together"),
    ],
)
def test_a_rule_that_can_not_be_is_not_proposed(
    organisation: Organisation,
    approver: User,
    purchases: Purchases,
    scope: Scope,
    steps: list[Step],
    problem: str,
) -> None:
    with pytest.raises(ValidationError, match=problem):
        propose_rule(organisation=organisation, user=approver, scope=scope, steps=steps)
    assert not ApprovalRule.objects.exists()


def test_a_step_of_somebody_elsewhere_is_not_proposed(
    organisation: Organisation, approver: User, outsider: User, purchases: Purchases
) -> None:
    with pytest.raises(ValidationError, match="of your organisation"):
        propose_rule(
            organisation=organisation,
            user=approver,
            scope=Scope("purchase"),
            steps=[Step(person=outsider)],
        )
