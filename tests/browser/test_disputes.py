"""An earning questioned on a phone, answered at a desk, and put right; own sales laid beside those that are known."""

from collections.abc import Callable
from threading import Event

import pytest
from django.utils import timezone
from playwright.sync_api import FilePayload, Page, expect

from headrace.base import jobs
from headrace.base.models import User
from headrace.config.wiring import JOB_HANDLERS
from headrace.disputes.models import Comparison, Dispute
from tests.browser.chromium import DESKTOP, PHONE
from tests.browser.market import Market
from tests.browser.test_doors import LOOKS, look_at

Visit = Callable[..., Page]

pytestmark = pytest.mark.django_db(transaction=True)


def own_sales(market: Market) -> FilePayload:
    """L-1 as it is known, L-2 with another amount, and one that nobody knows."""
    day = market.last_quarter.starts.isoformat()
    text = f"Invoice,Date,Article,Pieces,Net\nL-1,{day},Bike,1,5000\nL-2,{day},Bike,1,4000\nR-9,{day},Bike,1,500\n"
    return {"name": "own.csv", "mimeType": "text/csv", "buffer": text.encode()}


def work() -> None:
    jobs.work(JOB_HANDLERS, stop=Event(), until_empty=True)


def test_questioned_on_a_phone_and_put_right(
    visit: Visit, market: Market, partner_owner: User, approver: User
) -> None:
    earning = market.earning("north", market.last_quarter)
    phone = visit(f"/portal/earnings/{earning.pk}/", as_person=partner_owner, width=PHONE)
    phone.get_by_role("link", name="Question this").click()
    phone.locator("tr", has_text="L-2").get_by_role("checkbox").check()
    phone.get_by_label("What is wrong?").select_option(label="It is not our sale")
    phone.get_by_label("In your words").fill("This one is not ours.")
    phone.get_by_label("What waits for the answer?").select_option(label="What the chosen lines brought")
    phone.get_by_role("button", name="Send the dispute").click()
    expect(phone.get_by_role("status")).to_contain_text("Your dispute is on its way.")
    # 3,000 at 2%, and half as much again for the gold tier.
    expect(phone.get_by_text("€90.00").first).to_be_visible()
    desk = visit("/console/disputes/", as_person=approver, width=DESKTOP)
    desk.get_by_role("link", name="It is not our sale").click()
    desk.get_by_label("Accept: Bike").check()
    desk.get_by_label("Answer").select_option(label="You are right; it is put right.")
    desk.get_by_role("button", name="Answer the dispute").click()
    expect(desk.get_by_role("status")).to_contain_text("The dispute is answered.")
    work()
    phone.reload()
    expect(phone.get_by_text("You are right; it is put right.").first).to_be_visible()
    assert market.earning("north", market.last_quarter).amount_minor == 150_00


def compared(visit: Visit, market: Market, partner_owner: User) -> Page:
    phone = visit("/portal/disputes/compare/", as_person=partner_owner, width=PHONE)
    phone.locator("input[type=file]").set_input_files(own_sales(market))
    phone.get_by_label("First day").fill(market.last_quarter.starts.isoformat())
    phone.get_by_label("Last day").fill(market.last_quarter.ends.isoformat())
    phone.get_by_role("button", name="Compare").click()
    expect(phone.get_by_role("heading", name="Your sales and ours")).to_be_visible()
    return phone


def test_own_sales_are_compared_and_questioned(visit: Visit, market: Market, partner_owner: User) -> None:
    phone = compared(visit, market, partner_owner)
    # 1,500 more at 3%.
    expect(phone.get_by_text("€45.00").first).to_be_visible()
    phone.get_by_role("checkbox").check()
    phone.get_by_role("button", name="Question the chosen rows").click()
    expect(phone.get_by_role("status")).to_contain_text("Your dispute is on its way.")
    assert Dispute.objects.get().items.get().net_amount_e4 == 4000_0000


@pytest.mark.parametrize(("language", "scheme", "width"), LOOKS)
def test_the_pages(
    visit: Visit,
    market: Market,
    partner_owner: User,
    approver: User,
    language: str,
    scheme: str,
    width: int,
) -> None:
    phone = compared(visit, market, partner_owner)
    phone.get_by_role("checkbox").check()
    phone.get_by_role("button", name="Question the chosen rows").click()
    expect(phone.get_by_role("status")).to_be_visible()
    dispute, comparison = Dispute.objects.get(), Comparison.objects.get()
    Dispute.objects.update(due_on=timezone.localdate().replace(year=2020))
    earning = market.earning("north", market.last_quarter).pk
    portal = [
        "/portal/disputes/",
        f"/portal/disputes/{dispute.pk}/",
        "/portal/disputes/missing/",
        "/portal/disputes/compare/",
        *(f"/portal/disputes/compare/{comparison.pk}/?kind={kind}" for kind in ("differs", "both", "ours")),
        f"/portal/disputes/compare/{comparison.pk}/columns/",
        f"/portal/earnings/{earning}/question/",
    ]
    look_at(visit, partner_owner, portal, language, scheme, width)
    console = ["/console/disputes/", f"/console/disputes/{dispute.pk}/"]
    look_at(visit, approver, console, language, scheme, width)
