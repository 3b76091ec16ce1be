"""Approvals as people at the brand see them: rules proposed, decided in the inbox and from a phone, being away."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from headrace.base.actions import grant_role
from headrace.base.approvals.delegating import delegate
from headrace.base.approvals.rule_changes import Scope, Step, propose_rule
from headrace.base.models import ApprovalRule, Mail, Organisation, Role, User
from tests.browser.chromium import DESKTOP, PHONE, SMALL_PHONE, expect_accessible
from tests.browser.test_doors import LOOKS, look_at

Visit = Callable[..., Page]

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def proposed(organisation: Organisation, channel_manager: User, approver: User) -> ApprovalRule:
    """The channel manager proposes that claims from 1,000 euros need finance and senior management."""
    stand_in = User.objects.create_user("stella@acme.example", organisation=organisation, name="Stella")
    grant_role(user=stand_in, role=Role.FINANCE)
    today = organisation.today
    delegate(delegator=approver, delegate=stand_in, starts_on=today, ends_on=today)
    return propose_rule(
        organisation=organisation,
        user=channel_manager,
        scope=Scope("claim", unit="EUR", amount_from_minor=1000_00),
        steps=[
            Step(role=Role.FINANCE, needed=2, deadline_days=3, escalates_to=Role.SENIOR_MANAGEMENT),
            Step(role=Role.SENIOR_MANAGEMENT),
        ],
    )


def link_in(mail: Mail) -> str:
    found = re.search(r"/approve/\S+", mail.body)
    assert found
    return found[0]


@pytest.mark.parametrize(("language", "scheme", "width"), LOOKS)
def test_the_pages(
    visit: Visit, proposed: ApprovalRule, approver: User, language: str, scheme: str, width: int
) -> None:
    request = Mail.objects.get(to=approver.email).subject_ref.partition(":")[2]
    addresses = [
        "/console/approvals/",
        "/console/approvals/?show=closed",
        f"/console/approvals/{request}/",
        "/console/approvals/away/",
        "/console/settings/approvals/",
        "/console/settings/approvals/new/",
        f"/console/settings/approvals/{proposed.pk}/",
        link_in(Mail.objects.get(to=approver.email)),
    ]
    look_at(visit, approver, addresses, language, scheme, width)


@pytest.mark.parametrize("width", [DESKTOP, SMALL_PHONE])
def test_from_the_inbox_to_the_rule_in_force(
    visit: Visit, proposed: ApprovalRule, approver: User, width: int
) -> None:
    page = visit("/console/approvals/", as_person=approver, width=width)
    page.get_by_role("link", name="New rule: Claim").click()
    expect(page.get_by_text("€1,000.00")).to_be_visible()
    page.get_by_role("button", name="Refuse").click()
    expect(page.get_by_text("Say why: whoever asked reads the reason.")).to_be_visible()
    page.get_by_label("Comment").fill("Two from finance: good.")
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_text("You approved “New rule: Claim”.")).to_be_visible()
    expect(page.get_by_text("Nothing waits for you")).to_be_visible()
    proposed.refresh_from_db()
    assert proposed.in_force_at is not None


def test_nobody_decides_on_their_own(visit: Visit, proposed: ApprovalRule, channel_manager: User) -> None:
    page = visit("/console/approvals/?show=asked", as_person=channel_manager)
    page.get_by_role("link", name="New rule: Claim").click()
    expect(page.get_by_text("You asked for this yourself; somebody else has to decide.")).to_be_visible()
    expect(page.get_by_role("button", name="Approve")).to_have_count(0)


def test_from_the_mail_on_a_phone(visit: Visit, proposed: ApprovalRule, approver: User) -> None:
    page = visit(link_in(Mail.objects.get(to=approver.email)), width=PHONE)
    expect_accessible(page)
    expect(page.get_by_text("You decide as Anton Approver.")).to_be_visible()
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_text("Thank you. Your decision is kept.")).to_be_visible()
    proposed.refresh_from_db()
    assert proposed.in_force_at is not None


def test_a_rule_is_proposed_on_its_screen(visit: Visit, organisation: Organisation, approver: User) -> None:
    page = visit("/console/settings/approvals/", as_person=approver)
    page.get_by_role("link", name="New rule").click()
    page.get_by_label("What it is for").select_option(label="Claim")
    page.get_by_label("Unit of the amounts").fill("EUR")
    page.get_by_label("Amount from").fill("1000.50")
    page.get_by_label("Who agrees").first.select_option(label="Senior management")
    page.get_by_role("button", name="Propose").click()
    expect(page.get_by_text("This change waits for approval.")).to_be_visible()
    assert ApprovalRule.objects.get().amount_from_minor == 1000_50
