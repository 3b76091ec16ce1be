"""A sale claimed on a phone with a photo of its invoice, decided at a desk, and paid for."""

from collections.abc import Callable
from threading import Event

import pytest
from playwright.sync_api import FilePayload, Page, expect

from headrace.base import jobs
from headrace.base.models import User
from headrace.claims.models import SaleClaim
from headrace.claims.tests.conftest import PNG
from headrace.config.wiring import JOB_HANDLERS
from tests.browser.chromium import DESKTOP, PHONE
from tests.browser.market import Market
from tests.browser.test_doors import LOOKS, look_at

Visit = Callable[..., Page]

pytestmark = pytest.mark.django_db(transaction=True)


def photo() -> FilePayload:
    return {"name": "invoice.png", "mimeType": "image/png", "buffer": PNG}


def claim_three_bells(visit: Visit, market: Market, seller: User) -> Page:
    page = visit("/portal/claims/new/", as_person=seller, width=PHONE)
    page.locator("input[type=file]").set_input_files(photo())
    page.get_by_label("Product").fill("Bell")
    page.get_by_label("Day of the sale").fill(market.today.isoformat())
    page.get_by_label("Quantity").fill("3")
    page.get_by_label("Net amount").fill("75.00")
    page.get_by_label("Invoice number").fill("2026/0815")
    page.get_by_role("button", name="Send the claim").click()
    expect(page.get_by_role("status")).to_contain_text("Your claim is on its way.")
    return page


def work() -> None:
    jobs.work(JOB_HANDLERS, stop=Event(), until_empty=True)


def test_claimed_approved_and_earned(
    visit: Visit, market: Market, seller: User, channel_manager: User
) -> None:
    phone = claim_three_bells(visit, market, seller)
    work()
    desk = visit("/console/claims/", as_person=channel_manager, width=DESKTOP)
    desk.get_by_role("link", name="Bell").click()
    # Three bells bring the seller 36.00, and the partner 1.5 per cent of 75.00.
    expect(desk.get_by_text("€37.13")).to_be_visible()
    desk.get_by_role("button", name="Approve").click()
    expect(desk.get_by_role("status")).to_contain_text("The claim is approved.")
    work()
    phone.reload()
    expect(phone.get_by_text("Approved").first).to_be_visible()
    phone.goto(phone.url.split("/portal/")[0] + "/portal/earnings/")
    # Four bells before and three now, twelve euros each.
    expect(phone.get_by_text("€84.00").first).to_be_visible()


def test_refused_with_a_reason(visit: Visit, market: Market, seller: User, channel_manager: User) -> None:
    phone = claim_three_bells(visit, market, seller)
    desk = visit("/console/claims/", as_person=channel_manager, width=DESKTOP)
    desk.get_by_role("link", name="Bell").click()
    desk.locator("summary", has_text="Refuse").click()
    desk.get_by_label("Reason").select_option(index=1)
    desk.get_by_label("What the claimant should know").fill("The photo shows another invoice.")
    desk.get_by_role("button", name="Refuse the claim").click()
    expect(desk.get_by_role("status")).to_contain_text("The claim is refused.")
    phone.reload()
    expect(phone.get_by_text("The photo shows another invoice.")).to_be_visible()


@pytest.mark.parametrize(("language", "scheme", "width"), LOOKS)
def test_the_pages(
    visit: Visit, market: Market, seller: User, channel_manager: User, language: str, scheme: str, width: int
) -> None:
    claim_three_bells(visit, market, seller)
    claim = SaleClaim.objects.get().pk
    portal = ["/portal/claims/", "/portal/claims/new/", f"/portal/claims/{claim}/"]
    look_at(visit, seller, portal, language, scheme, width)
    console = ["/console/claims/", "/console/claims/?state=decided", f"/console/claims/{claim}/"]
    look_at(visit, channel_manager, console, language, scheme, width)
