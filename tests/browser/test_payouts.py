"""A bank account entered on a phone, approved by finance, paid by a batch that another approved, and booked."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import FilePayload, Page, expect

from headrace.base.actions import grant_role
from headrace.base.models import Role, User
from headrace.payouts.answers import receive_answer
from headrace.payouts.bank_accounts import set_waiting_days
from headrace.payouts.models import BankAccount, PayoutBatch
from headrace.payouts.tests import desk
from tests.browser.chromium import DESKTOP, PHONE
from tests.browser.market import Market
from tests.browser.test_doors import LOOKS, look_at

Visit = Callable[..., Page]

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def finance(market: Market) -> User:
    user = User.objects.create_user(
        "finance@acme.example", name="Fatma Finance", organisation=market.organisation
    )
    grant_role(user=user, role=Role.FINANCE)
    desk.pay_from(market.organisation)
    return user


def agree(visit: Visit, person: User, name: str) -> None:
    """Approves what waits under this title."""
    page = visit("/console/approvals/", as_person=person, width=DESKTOP)
    page.get_by_role("link", name=name).click()
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_role("status")).to_be_visible()


def test_from_the_account_to_the_booking(
    visit: Visit, market: Market, partner_owner: User, finance: User, approver: User
) -> None:
    set_waiting_days(organisation=market.organisation, days=0)
    phone = visit("/portal/payouts/", as_person=partner_owner, width=PHONE)
    phone.get_by_role("link", name="Enter the company's bank account").click()
    phone.get_by_label("Account holder").fill("North Cycles GmbH")
    phone.get_by_label("IBAN", exact=False).last.fill(desk.IBANS[0])
    phone.get_by_role("button", name="Enter the account").click()
    expect(phone.get_by_text("Waits for approval", exact=True)).to_be_visible()
    agree(visit, finance, "New bank account of North Cycles")

    page = visit("/console/payouts/", as_person=finance, width=DESKTOP)
    page.get_by_role("button", name="Prepare the batch").click()
    agree(visit, approver, "Payouts of")
    page.reload()
    page.get_by_role("button", name="Hand over").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the bank file").click()
    assert b"pain.001.001.09" in Path(download.value.path()).read_bytes()

    payout = PayoutBatch.objects.get().payouts.get()
    page.get_by_role("link", name="Batches").click()
    page.get_by_role("link", name="Answers of the bank").click()
    answer: FilePayload = {
        "name": "camt.053.xml",
        "mimeType": "application/xml",
        "buffer": desk.camt(desk.booking(payout)),
    }
    page.locator("input[type=file]").set_input_files(answer)
    page.get_by_role("button", name="Read it").click()
    expect(page.get_by_text("Posted")).to_be_visible()
    phone.reload()
    expect(phone.get_by_text("Paid on")).to_be_visible()


@pytest.fixture
def pages(market: Market, finance: User, approver: User) -> list[str]:
    """All pages of the console with something on them."""
    organisation = market.organisation
    north = organisation.partners.get(code="north")
    desk.account(organisation, north, finance)
    batch = desk.send(organisation, finance, approver)
    unknown = desk.booking(batch.payouts.get()).replace("HR-P", "RENT-")
    returned = desk.booking(batch.payouts.get(), "CRDT", reason="AC04")
    answer, _new = receive_answer(
        organisation=organisation, name="camt.053.xml", content=desk.camt(unknown, returned)
    )
    account = BankAccount.objects.get().pk
    return [
        "/console/payouts/",
        "/console/payouts/batches/",
        f"/console/payouts/batches/{batch.pk}/",
        "/console/payouts/answers/",
        f"/console/payouts/answers/{answer.pk}/",
        f"/console/payouts/accounts/{account}/",
        "/console/payouts/settings/",
        "/console/partners/north/bank-account/",
    ]


@pytest.mark.parametrize(("language", "scheme", "width"), LOOKS)
def test_the_console(
    visit: Visit, pages: list[str], finance: User, language: str, scheme: str, width: int
) -> None:
    look_at(visit, finance, pages, language, scheme, width)


@pytest.mark.parametrize(("language", "scheme", "width"), LOOKS)
def test_the_portal(
    visit: Visit, pages: list[str], partner_owner: User, language: str, scheme: str, width: int
) -> None:
    addresses = ["/portal/payouts/", "/portal/payouts/bank-account/", "/portal/payouts/my-bank-account/"]
    look_at(visit, partner_owner, addresses, language, scheme, width)
