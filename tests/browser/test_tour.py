"""The five minutes of the README, as two people walk them: the channel manager, then a partner's owner."""

import csv
import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Download, Page, expect

from headrace.base.models import User
from tests.browser.chromium import DESKTOP, PHONE, expect_accessible, expect_no_sideways_scroll
from tests.browser.conftest import PASSWORD
from tests.browser.market import Market
from tests.market import COLUMNS

Visit = Callable[..., Page]

pytestmark = pytest.mark.django_db(transaction=True)


def sign_in(page: Page, user: User) -> None:
    page.get_by_label("E-mail address").fill(user.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def sign_out(page: Page) -> None:
    page.get_by_role("button", name="Account").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_label("E-mail address")).to_be_visible()


def send(page: Page, name: str, text: str) -> None:
    """A file through the upload page."""
    page.get_by_label("Drop files here, or choose them").set_input_files(
        {"name": name, "mimeType": "text/csv", "buffer": text.encode("utf-8")}
    )
    page.get_by_label(re.compile("^Mapping")).select_option("market")
    page.get_by_role("button", name="Import").click()


def sales_file(market: Market) -> str:
    """Three good rows of North, which lift it into the next band, and two bad ones."""
    on = market.today.isoformat()
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS["sales"])
    for number, day, amount in (
        ("N-1", on, "500"),
        ("N-2", on, "300"),
        ("N-3", on, "100"),
        ("N-4", "2026-02-31", "50"),
        ("N-5", on, "12,x"),
    ):
        writer.writerow((number, number, "north", "", "bike", day, "1", amount, "", ""))
    return text.getvalue()


def repaired(download: Download, market: Market) -> str:
    """The rejects as a person repairs them in a spreadsheet; the columns with the reasons stay."""
    text = Path(download.path()).read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert {row["id"] for row in rows} == {"N-4", "N-5"}
    for row in rows:
        row["on"] = market.today.isoformat()
        row["net_amount"] = "100"
    fixed = io.StringIO()
    writer = csv.DictWriter(fixed, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return fixed.getvalue()


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
def test_the_channel_manager_sees_what_it_costs_and_brings_sales_in(
    visit: Visit, market: Market, channel_manager: User, width: int
) -> None:
    page = visit("/", width=width)
    sign_in(page, channel_manager)
    expect(page.get_by_role("heading", name="Overview", level=1)).to_be_visible()
    expect(page.get_by_role("group", name="Cost by month")).to_be_visible()

    page.get_by_role("link", name="Quarterly rebate").first.click()
    # North: 1.5 × (2% of 8,000 + 1% of 4,000) and 4 bells at 12; South: 1% of 2,000 twice.
    expect(page.locator(".stat", has_text="Cost so far")).to_contain_text("€388.00")
    expect(page.get_by_text("The highest band reached pays alone")).to_be_visible()
    page.get_by_role("link", name="North Cycles").click()
    expect(page.get_by_role("heading", name="North Cycles", level=1)).to_be_visible()
    page.get_by_label("Quarter").select_option(index=2)
    page.get_by_role("button", name="Filter").click()
    page.locator("table").get_by_role("link", name="Quarterly rebate").click()
    expect(page.locator(".steps")).to_contain_text("2% of €8,000.00")
    expect(page.locator(".steps")).to_contain_text("Because the partner’s tier is “gold”.")
    expect(page.locator(".steps .total")).to_contain_text("€240.00")
    expect_no_sideways_scroll(page)

    bring_sales_in(page, market)
    page.get_by_role("button", name="Calculate now").first.click()
    expect(page.get_by_role("status")).to_contain_text("1 earning changed.")
    page.get_by_role("link", name="Quarterly rebate").first.click()
    # This quarter's 4,000 became 5,100: the second band, on everything from the start.
    expect(page.locator(".stat", has_text="Cost so far")).to_contain_text("€481.00")
    sign_out(page)


def bring_sales_in(page: Page, market: Market) -> None:
    """A file with two bad rows: read why, download, repair, send again."""
    page.goto(re.sub(r"/console/.*", "/console/sales/upload/", page.url))
    send(page, "sales-new.csv", sales_file(market))
    expect(page.get_by_role("status")).to_contain_text("accepted 3, rejected 2")
    expect(page.get_by_text("“2026-02-31” is no date.")).to_be_visible()
    expect(page.get_by_text("“12,x” is no number.")).to_be_visible()
    expect_accessible(page)
    expect_no_sideways_scroll(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="Download rejects").click()
    fixed = repaired(download.value, market)
    page.get_by_role("link", name="Import files").click()
    send(page, download.value.suggested_filename, fixed)
    expect(page.get_by_role("status")).to_contain_text("accepted 2, none rejected")


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
def test_the_owner_sees_what_was_earned_and_why(
    visit: Visit, market: Market, partner_owner: User, rival: User, width: int
) -> None:
    page = visit("/", width=width)
    sign_in(page, partner_owner)
    expect(page.get_by_role("heading", name="Hello, Olga Owner")).to_be_visible()
    expect(page.get_by_text(re.compile(r"Sell €1,000\.00 more by .* to earn €.* more\."))).to_be_visible()

    main = page.get_by_role("navigation", name="Tabs" if width == PHONE else "Main menu")
    main.get_by_role("link", name="Earnings").click()
    page.locator("tr", has_text="€240.00").get_by_role("link", name="Quarterly rebate").click()
    expect(page.get_by_text("North Cycles⁩ earned €240.00 in")).to_be_visible()
    expect(page.locator(".steps")).to_contain_text("2% of €8,000.00")
    expect(page.locator("tr", has_text="L-1")).to_contain_text("€150.00")
    receipt = page.url

    main.get_by_role("link", name="Statements").click()
    page.locator("table").get_by_role("link", name=re.compile("Q[1-4] ")).first.click()
    expect(page.locator(".stat", has_text="Closing balance")).to_contain_text("€240.00")
    statement = page.url
    with page.expect_download() as download:
        page.get_by_role("link", name="Download PDF").click()
    assert Path(download.value.path()).read_bytes().startswith(b"%PDF-")
    sign_out(page)

    sign_in(page, rival)
    for address in (receipt, statement, f"{receipt}lines/", f"{statement[:-1]}.pdf"):
        assert page.request.get(address).status == 404, address


def test_a_journey_by_keyboard_alone(visit: Visit, market: Market, partner_owner: User) -> None:
    page = visit("/")
    expect(page.get_by_role("textbox", name="E-mail address")).to_be_focused()
    page.keyboard.type(partner_owner.email)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Hello, Olga Owner")).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    reach(page, "Earnings")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Earnings", level=1)).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # past the menu
    reach(page, "Quarterly rebate")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="How it was calculated")).to_be_visible()


def reach(page: Page, link: str) -> None:
    """Tabs on until a link has the focus."""
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent").strip() == link:
            return
    raise AssertionError(f"no way to {link} by the keyboard")
