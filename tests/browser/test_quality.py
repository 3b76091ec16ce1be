"""Quality, reporting and sell-through, as a channel manager meets them."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from headrace.base.models import User
from headrace.partners.models import Partner
from headrace.sales.models import Product, ReportingCalendar, Source
from headrace.sales.reporting_actions import remind_reporters, set_calendar
from tests.browser.chromium import DESKTOP
from tests.browser.market import Market
from tests.browser.test_doors import LOOKS, look_at
from tests.market import sale, send

Visit = Callable[..., Page]

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def reported(market: Market) -> Market:
    """Rows of which some are wrong, late or come twice; bikes that stay in stock; and a source that says nothing."""
    on = market.today.isoformat()
    long_ago = (market.today - timedelta(days=70)).isoformat()
    send(
        market.organisation,
        sale("q-1", "north", on, "100", flow="sell_in", quantity="9"),
        sale("q-2", "north", on, "100", flow="sell_out", quantity="4"),
        sale("q-3", "north", long_ago, "100"),
        sale("q-4", "Nroth Cycles", on, "100"),
        sale("q-5", "north", on, "12.x"),
    )
    send(market.organisation, sale("q-1", "north", on, "100", flow="sell_in", quantity="9"))
    silent = Source.objects.create(organisation=market.organisation, code="silent", name="Silent Wholesale")
    for source in (Source.objects.get(code="market"), silent):
        set_calendar(
            calendar=ReportingCalendar(
                organisation=market.organisation,
                source=source,
                starts_on=market.today - timedelta(days=70),
                grace_days=0,
                every="week",
                contact_email=f"reports@{source.code}.example",
                remind_every_days=7,
            )
        )
    remind_reporters(organisation=market.organisation)
    return market


@pytest.mark.parametrize(("language", "scheme", "width"), LOOKS)
def test_the_pages(
    visit: Visit, reported: Market, channel_manager: User, language: str, scheme: str, width: int
) -> None:
    source, silent = Source.objects.get(code="market").pk, Source.objects.get(code="silent").pk
    north, bike = Partner.objects.get(code="north").pk, Product.objects.get(code="bike").pk
    rows = f"/console/sales/quality/{source}/rows/"
    addresses = [
        "/console/sales/quality/",
        f"/console/sales/quality/{source}/",
        f"/console/sales/quality/{silent}/",
        rows,
        f"{rows}?of=matches",
        f"{rows}?of=timeliness",
        f"{rows}?of=completeness",
        "/console/sales/reporting/",
        f"/console/sales/reporting/{silent}/",
        f"/console/sales/reporting/{silent}/calendar/",
        "/console/sales/sell-through/",
        "/console/sales/sell-through/?partner=nobody",
        f"/console/sales/sell-through/{north}/{bike}/",
    ]
    look_at(visit, channel_manager, addresses, language, scheme, width)


def test_from_a_score_to_its_rows(visit: Visit, reported: Market, channel_manager: User) -> None:
    page = visit("/console/sales/quality/", as_person=channel_manager, width=DESKTOP)
    page.locator("tbody a").first.click()
    page.get_by_role("link", name=re.compile("Show rows.*Names known")).click()
    page.get_by_role("link", name="Nroth Cycles").click()
    expect(page.get_by_role("heading", name="Nroth Cycles")).to_be_visible()


def test_a_calendar_is_set_and_a_late_report_waived(
    visit: Visit, reported: Market, channel_manager: User
) -> None:
    page = visit("/console/sales/reporting/", as_person=channel_manager, width=DESKTOP)
    page.get_by_role("link", name="Silent Wholesale").click()
    expect(page.get_by_text("reports@silent.example").first).to_be_visible()
    page.get_by_role("link", name="Change the calendar").click()
    page.get_by_label("Days of grace").fill("1000")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("less than or equal to 90")).to_be_visible()
    page.get_by_label("Days of grace").fill("1")
    page.get_by_role("button", name="Save").click()
    page.locator("summary", has_text="Not expected").last.click()
    page.get_by_label("Why no report is expected").last.fill("On holiday")
    page.get_by_role("button", name="Expect no report").last.click()
    expect(page.get_by_text("On holiday")).to_be_visible()


def test_a_gap_leads_to_its_lines(visit: Visit, reported: Market, channel_manager: User) -> None:
    page = visit("/console/sales/sell-through/", as_person=channel_manager, width=DESKTOP)
    page.get_by_role("link", name=re.compile("5.*lines of North Cycles")).click()
    expect(page.get_by_text("q-1")).to_be_visible()
    expect(page.get_by_text("q-2")).to_be_visible()
