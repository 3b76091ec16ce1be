"""The inbox, one request, absence and the rules, as people at the brand use them."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from headrace.base.approvals.queries import waiting_for
from headrace.base.approvals.rule_changes import Scope, Step
from headrace.base.approvals.tests.conftest import Ask, Cast, Purchases, agree, rule_in_force
from headrace.base.models import (
    ApprovalDecision,
    ApprovalRequest,
    ApprovalRule,
    Delegation,
    Organisation,
    Role,
    User,
)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def page_of(request: ApprovalRequest) -> str:
    return reverse("console:approval", args=[request.pk])


def test_the_inbox_has_what_one_may_decide_and_the_menu_its_number(
    ask: Ask, approver: User, channel_manager: User
) -> None:
    ask()
    ask(subject="purchase:2", requested_by=approver)
    page = signed_in(approver).get("/console/approvals/").content.decode()
    assert page.count("A red bicycle") == 1
    assert '<span class="count">1</span>' in page
    assert "Nothing waits for you" in signed_in(channel_manager).get("/console/approvals/").content.decode()


def test_what_one_asked_for_has_its_state(ask: Ask, approver: User, channel_manager: User) -> None:
    agree(ask(), approver)
    page = signed_in(channel_manager).get("/console/approvals/?show=asked").content.decode()
    assert "A red bicycle" in page
    assert "Approved" in page


def test_the_second_step_waits_for_nobody_before_the_first_is_done(
    organisation: Organisation, ask: Ask, approver: User, cast: Cast
) -> None:
    rule_in_force(organisation, Scope("purchase"), Step(Role.APPROVER), Step(Role.FINANCE))
    fiona, request = cast("Fiona", Role.FINANCE), ask()
    assert (waiting_for(approver), waiting_for(fiona)) == ([request], [])
    agree(request, approver)
    assert (waiting_for(approver), waiting_for(fiona)) == ([], [request])


def test_the_page_has_what_is_needed_to_decide(
    organisation: Organisation, ask: Ask, approver: User, cast: Cast
) -> None:
    rule_in_force(organisation, Scope("purchase"), Step(Role.APPROVER), Step(Role.FINANCE))
    fiona = cast("Fiona", Role.FINANCE)
    ask(amount_minor=400_00)
    request = ask()
    agree(request, approver, comment="It is a fair price.")
    page = signed_in(fiona).get(page_of(request)).content.decode()
    for shown in (
        "€500.00",
        "Price",
        "red",
        "Anton Approver",
        "It is a fair price.",
        "Asked before",
        "€400.00",
    ):
        assert shown in page


def test_a_decision_is_made_on_the_page(ask: Ask, approver: User, purchases: Purchases) -> None:
    request = ask()
    response = signed_in(approver).post(
        page_of(request), {"decision": "approve", "comment": "Fine.", "seen_hash": request.seen_hash}
    )
    assert response.status_code == 302
    assert ApprovalDecision.objects.get().comment == "Fine."


def test_a_page_that_is_out_of_date_decides_nothing(ask: Ask, approver: User) -> None:
    old = ask().seen_hash
    request = ask(amount_minor=900_00)
    response = signed_in(approver).post(page_of(request), {"decision": "approve", "seen_hash": old})
    assert "has changed since you saw it" in response.content.decode()
    assert not ApprovalDecision.objects.exists()


def test_without_the_hash_of_what_was_seen_nothing_is_decided(ask: Ask, approver: User) -> None:
    signed_in(approver).post(page_of(ask()), {"decision": "approve"})
    assert not ApprovalDecision.objects.exists()


@pytest.mark.parametrize("who", ["outsider", "partner_owner"])
def test_for_others_there_is_no_such_page(ask: Ask, who: str, request: pytest.FixtureRequest) -> None:
    asked, client = ask(), signed_in(request.getfixturevalue(who))
    assert client.get(page_of(asked)).status_code == 404
    given = {"decision": "approve", "seen_hash": asked.seen_hash}
    assert client.post(page_of(asked), given).status_code == 404
    assert not ApprovalDecision.objects.exists()


def test_it_says_where_nobody_may_decide(ask: Ask, channel_manager: User) -> None:
    page = signed_in(channel_manager).get(page_of(ask())).content.decode()
    assert "Nobody may decide this now" in page


def test_one_lets_somebody_decide_and_ends_it(approver: User, cast: Cast, channel_manager: User) -> None:
    bea, client = cast("Bea", Role.FINANCE), signed_in(approver)
    today = approver.organisation.today.isoformat()
    client.post("/console/approvals/away/", {"delegate": bea.pk, "starts_on": today, "ends_on": today})
    given = Delegation.objects.get(delegator=approver)
    url = reverse("console:revoke_delegation", args=[given.pk])
    assert signed_in(channel_manager).post(url).status_code == 404
    assert client.get(url).status_code == 405
    client.post(url)
    given.refresh_from_db()
    assert given.revoked_at is not None


def test_a_rule_is_proposed_with_its_steps(
    organisation: Organisation, approver: User, cast: Cast, purchases: Purchases
) -> None:
    boss = cast("Boss", Role.SENIOR_MANAGEMENT)
    given = {
        "kind": "purchase",
        "unit": "EUR",
        "amount_from": "1000.50",
        "lapses_after_days": "30",
        "step-1-who": "role:finance",
        "step-1-needed": "2",
        "step-1-deadline_days": "3",
        "step-1-escalates_to": "senior_management",
        "step-2-who": f"person:{boss.pk}",
    }
    response = signed_in(approver).post("/console/settings/approvals/new/", given)
    rule = ApprovalRule.objects.get()
    assert response["Location"] == reverse("console:approval_rule", args=[rule.pk])
    assert (rule.amount_from_minor, rule.lapses_after_days, rule.in_force_at) == (1000_50, 30, None)
    steps = rule.steps.values_list("role", "person", "needed", "deadline_days", "escalates_to")
    assert list(steps) == [("finance", None, 2, 3, "senior_management"), ("", boss.pk, 1, None, "")]


def test_an_amount_has_no_more_decimals_than_its_unit(approver: User, purchases: Purchases) -> None:
    given = {"kind": "purchase", "unit": "JPY", "amount_from": "10.5", "lapses_after_days": "30"}
    page = signed_in(approver).post("/console/settings/approvals/new/", given).content.decode()
    assert "JPY has 0 decimals; write no more." in page
    assert not ApprovalRule.objects.exists()


def test_a_rule_is_changed_and_ended_by_proposals(
    organisation: Organisation, approver: User, cast: Cast, purchases: Purchases
) -> None:
    rule = rule_in_force(organisation, Scope("purchase"), Step(Role.APPROVER))
    client = signed_in(approver)
    form = client.get(reverse("console:change_approval_rule", args=[rule.pk])).content.decode()
    assert 'value="role:approver" selected' in form
    client.post(
        reverse("console:change_approval_rule", args=[rule.pk]),
        {"kind": "purchase", "lapses_after_days": "60", "step-1-who": "role:finance"},
    )
    client.post(reverse("console:end_approval_rule", args=[rule.pk]))
    changed, end = ApprovalRule.objects.filter(replaces=rule).order_by("pk")
    assert (changed.is_end, end.is_end) == (False, True)
    rule.refresh_from_db()
    assert rule.ended_at is None
    page = client.get(reverse("console:approval_rule", args=[rule.pk])).content.decode()
    assert page.count("Proposed") >= 3  # the head of the table, and two versions
