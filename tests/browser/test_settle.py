"""A quarter settled by two people, and the statement that the partner finds in the portal."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from headrace.base.models import User
from headrace.earnings.actions import refresh_programmes
from headrace.payouts.actions import prepare_settlement
from headrace.payouts.models import CreditNote, Settlement, Statement
from tests.browser.chromium import expect_accessible
from tests.browser.market import Market
from tests.browser.test_doors import LOOKS, look_at
from tests.market import deliver, sale
from tests.settling import describe_for_tax

Visit = Callable[..., Page]

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def unsettled(market: Market) -> Market:
    """What was settled of the last quarter, and a share of this one that may be paid."""
    describe_for_tax(market.organisation)
    deliver(market.organisation, "sales", sale("S-1", "north", market.quarter.starts.isoformat(), "10000"))
    refresh_programmes(organisation=market.organisation)
    return market


@pytest.mark.parametrize(("language", "scheme", "width"), LOOKS)
def test_the_pages(
    visit: Visit, unsettled: Market, channel_manager: User, language: str, scheme: str, width: int
) -> None:
    settled = Settlement.objects.get()
    draft = prepare_settlement(
        organisation=unsettled.organisation,
        period=unsettled.quarter,
        kind=Settlement.Kind.INTERIM,
        share_e4=5000,
        user=channel_manager,
    )
    addresses = [
        "/console/settlements/",
        "/console/settlements/prepare/",
        "/console/settlements/terms/",
        "/console/settlements/tax/",
        f"/console/settlements/{settled.pk}/",
        f"/console/settlements/{draft.pk}/",
        f"/console/settlements/{draft.pk}/?outcome=debt",
        f"/console/settlements/recipients/{draft.payees.filter(partner__code='north').first().pk}/",
        "/console/partners/north/tax/",
        "/console/partners/north/tax/?person=olga",
    ]
    look_at(visit, channel_manager, addresses, language, scheme, width)


def test_the_journey(
    visit: Visit, unsettled: Market, channel_manager: User, approver: User, partner_owner: User
) -> None:
    page = visit("/console/settlements/", as_person=channel_manager)
    page.get_by_role("link", name="Prepare a settlement").click()
    page.get_by_label("Settlement").select_option("interim")
    page.get_by_role("button", name="Work out the draft").click()
    expect(page.get_by_text("Say how much of what was earned is paid now")).to_be_visible()
    page.get_by_label("Share, in per cent").fill("50")
    page.get_by_role("button", name="Work out the draft").click()
    # Half of 1.5 × 2% of 14,000, of which 19% VAT is added.
    page.get_by_role("link", name="North Cycles").click()
    expect(page.get_by_role("row", name="To be paid")).to_contain_text("€249.90")
    page.go_back()
    page.get_by_role("button", name="Send for approval").click()
    expect(page.get_by_role("status")).to_contain_text("waits for approval by another person")

    page = visit("/console/approvals/", as_person=approver)
    page.get_by_role("link", name=re.compile("Interim settlement")).click()
    expect_accessible(page)
    expect(page.get_by_text("€283.90").first).to_be_visible()  # South and the salesperson get theirs too
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_text("You approved “Interim settlement of")).to_be_visible()
    assert Settlement.objects.filter(state=Settlement.State.SETTLED).count() == 2

    page = visit("/portal/statements/", as_person=partner_owner)
    statement = Statement.objects.get(partner__code="north")
    page.locator("table").get_by_role("link", name=re.compile("Q[1-4] ")).first.click()
    expect(page.get_by_text("€240.00 will be paid out.")).to_be_visible()
    expect(page.get_by_text("of it: To be paid")).to_be_visible()
    assert statement.closing_minor == 24000
    note = CreditNote.objects.get()
    answer = page.request.get(re.sub(r"/portal/.*", f"/portal/credit-notes/{note.pk}.xml", page.url))
    assert answer.text() == note.document
