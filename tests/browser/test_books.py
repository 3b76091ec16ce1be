"""A budget proposed at a desk, approved by another, and what it holds back; the books beside it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from headrace.base.models import ApprovalRequest, Organisation, User
from headrace.books.actions import export_journal
from headrace.earnings.actions import refresh_programmes
from headrace.earnings.forecasting.actions import forecast
from headrace.programmes.budgets.guarding import OverBudgetError
from headrace.programmes.models import Budget
from tests.browser.chromium import DESKTOP
from tests.browser.market import Market
from tests.browser.test_doors import LOOKS, look_at
from tests.market import deliver, sale

Visit = Callable[..., Page]

pytestmark = pytest.mark.django_db(transaction=True)


def propose(visit: Visit, market: Market, manager: User, limit: str) -> Page:
    page = visit("/console/budgets/new/", as_person=manager, width=DESKTOP)
    page.get_by_label("First day").fill(market.quarter.starts.isoformat())
    page.get_by_label("Last day").fill(market.quarter.ends.isoformat())
    page.get_by_label("Limit of the whole programme").fill(limit)
    page.get_by_label("Hard limit: what goes beyond it").check()
    first = page.get_by_role("group", name="Allocation 1")
    first.get_by_label("For").select_option("partner")
    first.get_by_label("Which").fill("north")
    first.get_by_label("Limit", exact=False).first.fill("1")
    page.get_by_role("button", name="Propose").click()
    expect(page.get_by_role("status").first).to_contain_text("The budget is proposed")
    return page


def approve(visit: Visit, approver: User) -> None:
    request = ApprovalRequest.objects.get(state="waiting")
    page = visit(f"/console/approvals/{request.pk}/", as_person=approver, width=DESKTOP)
    expect(page.get_by_text("The whole programme, hard limit")).to_be_visible()
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_role("status")).to_contain_text("You approved")


def sell_much(organisation: Organisation, market: Market) -> None:
    deliver(organisation, "sales", sale("much", "north", market.today.isoformat(), "900000"))


def test_proposed_approved_and_held_back(
    visit: Visit, market: Market, channel_manager: User, approver: User
) -> None:
    page = propose(visit, market, channel_manager, "2000")
    expect(page.get_by_text("Version 1 waits for approval.")).to_be_visible()
    approve(visit, approver)
    page.reload()
    expect(page.get_by_text("In force")).to_be_visible()
    sell_much(market.organisation, market)
    page.goto(page.url.split("/console/")[0] + "/console/programmes/")
    page.get_by_role("button", name="Calculate now").click()
    expect(page.get_by_role("status").first).to_contain_text("its hard limit is €2,000.00")
    page.goto(page.url.split("/console/")[0] + "/console/budgets/")
    expect(page.get_by_role("alert")).to_contain_text("has not been published since")


@pytest.mark.parametrize(("language", "scheme", "width"), LOOKS)
def test_the_pages(
    visit: Visit,
    market: Market,
    channel_manager: User,
    approver: User,
    language: str,
    scheme: str,
    width: int,
) -> None:
    propose(visit, market, channel_manager, "2000")
    approve(visit, approver)
    sell_much(market.organisation, market)
    with pytest.raises(OverBudgetError):
        refresh_programmes(organisation=market.organisation)
    export_journal(organisation=market.organisation, starts=None, through=market.last_quarter.ends)
    forecast(organisation=market.organisation, on=market.today)
    budget = Budget.objects.get()
    addresses = [
        "/console/budgets/",
        f"/console/budgets/{budget.pk}/",
        f"/console/budgets/{budget.pk}/change/",
        "/console/budgets/new/",
        "/console/books/",
        "/console/books/?programme=rebate",
        "/console/books/?partner=north",
        "/console/books/forecast/",
        "/console/books/journal/",
        "/console/books/journal/accounts/",
    ]
    look_at(visit, channel_manager, addresses, language, scheme, width)
