"""Repair, withdrawal and doubts, as a channel manager meets them."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from headrace.base.models import User
from headrace.sales.models import Doubt, Import
from headrace.sales.queries import standing_lines
from tests.browser.chromium import DESKTOP
from tests.browser.market import Market
from tests.browser.test_doors import LOOKS, look_at
from tests.market import sale, send

Visit = Callable[..., Page]

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def doubtful(market: Market) -> Market:
    """The same invoice by two files, and two rows with one mistake."""
    on = market.today.isoformat()
    send(market.organisation, sale("d-1", "north", on, "100", order_id="INV-0042"))
    send(
        market.organisation,
        sale("d-2", "north", on, "100", order_id="42"),
        sale("d-3", "north", on, "12.x"),
        sale("d-4", "north", on, "12.x"),
    )
    return market


def last_import() -> int:
    return Import.objects.latest("pk").pk


@pytest.mark.parametrize(("language", "scheme", "width"), LOOKS)
def test_the_pages(
    visit: Visit, doubtful: Market, channel_manager: User, language: str, scheme: str, width: int
) -> None:
    run = last_import()
    addresses = [
        "/console/sales/doubts/",
        "/console/sales/doubts/?state=settled",
        "/console/sales/lines/",
        "/console/sales/lines/?partner=nobody",
        f"/console/sales/imports/{run}/",
        f"/console/sales/imports/{run}/rows/3/",
        f"/console/sales/imports/{run}/repair/",
        f"/console/sales/imports/{run}/withdraw/",
    ]
    look_at(visit, channel_manager, addresses, language, scheme, width)


def test_repaired_settled_and_withdrawn(visit: Visit, doubtful: Market, channel_manager: User) -> None:
    run = last_import()
    page = visit(f"/console/sales/imports/{run}/repair/", as_person=channel_manager, width=DESKTOP)
    page.get_by_label("New value for “12.x”").fill("12.50")
    page.get_by_role("button", name="Replace in 2 rows").click()
    expect(page.get_by_role("status")).to_contain_text("2 rows were taken in.")

    page.goto(page.url.split("/console/")[0] + "/console/sales/doubts/")
    page.get_by_role("button", name="The same sale").click()
    expect(page.get_by_text("No doubt waits")).to_be_visible()
    assert Doubt.objects.get().state == Doubt.State.CONFIRMED

    page.goto(page.url.split("/console/")[0] + f"/console/sales/imports/{run}/")
    page.get_by_role("link", name="Withdraw").click()
    page.get_by_label("Reason").fill("Sent for the wrong month.")
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Withdraw these lines").click()
    expect(page.get_by_text("Sent for the wrong month.")).to_be_visible()
    names = standing_lines(doubtful.organisation).filter(external_id__startswith="d-")
    assert [line.external_id for line in names] == ["d-1"]
