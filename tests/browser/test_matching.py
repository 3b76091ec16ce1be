"""Names that files write otherwise: uploaded, matched, undone, as a channel manager does it."""

import csv
import io
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from headrace.base.models import User
from headrace.sales.models import Alias, SalesLine, UnknownText
from tests.browser.chromium import DESKTOP, SMALL_PHONE
from tests.browser.market import Market
from tests.browser.test_doors import LOOKS, look_at
from tests.browser.test_tour import send as upload
from tests.market import COLUMNS, sale, send

Visit = Callable[..., Page]

pytestmark = pytest.mark.django_db(transaction=True)


def sales_file(*rows: dict[str, str]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS["sales"], restval="")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


@pytest.fixture
def waiting(market: Market) -> Market:
    """A partner written otherwise, one misspelt, a product and a partner that nobody knows."""
    on = market.today.isoformat()
    send(
        market.organisation,
        sale("w-1", "NORTH CYCLES", on, "100"),
        sale("w-2", "Nroth Cycles", on, "200"),
        sale("w-3", "Nroth Cycles", on, "-50"),
        sale("w-4", "South Cycle Ltd", on, "300"),
        sale("w-5", "Ware House", on, "400", product="byke"),
    )
    return market


@pytest.mark.parametrize(("language", "scheme", "width"), LOOKS)
def test_the_pages(
    visit: Visit, waiting: Market, channel_manager: User, language: str, scheme: str, width: int
) -> None:
    text = UnknownText.objects.get(text="Nroth Cycles").pk
    addresses = [
        "/console/sales/matching/",
        "/console/sales/matching/?kind=person",
        "/console/sales/matching/confirm/?score=80",
        "/console/sales/matching/confirm/?score=100",
        f"/console/sales/matching/{text}/",
        f"/console/sales/matching/{text}/?q=cycles",
        f"/console/sales/matching/{text}/new/",
        "/console/sales/names/",
        f"/console/sales/names/{Alias.objects.get().pk}/",
    ]
    look_at(visit, channel_manager, addresses, language, scheme, width)


@pytest.mark.parametrize("width", [DESKTOP, SMALL_PHONE])
def test_from_the_upload_to_the_lines_and_back(
    visit: Visit, market: Market, channel_manager: User, width: int
) -> None:
    on = market.today.isoformat()
    page = visit("/console/sales/upload/", as_person=channel_manager, width=width)
    upload(
        page,
        "sales-names.csv",
        sales_file(sale("w-1", "Nroth Cycles", on, "200"), sale("w-2", "NORTH", on, "10")),
    )
    expect(page.get_by_text("1 name or code in it is not known.")).to_be_visible()
    page.get_by_role("link", name="Match them").click()
    expect(page.get_by_text("1 letter differs.")).to_be_visible()
    page.get_by_role("button", name="Confirm that Nroth Cycles is North Cycles").click()
    expect(page.get_by_text("1 row was taken in.")).to_be_visible()
    expect(page.get_by_text("No name waits", exact=True)).to_be_visible()
    assert SalesLine.objects.get(external_id="w-1").partner.code == "north"

    page.get_by_role("link", name="Other names").click()
    page.get_by_role("link", name="Nroth Cycles").click()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("1 line was withdrawn; its row waits again.")).to_be_visible()
    page.get_by_role("link", name="Matching").click()
    expect(page.get_by_role("link", name="Nroth Cycles")).to_be_visible()


def test_many_are_confirmed_but_those_that_were_left_out(
    visit: Visit, waiting: Market, channel_manager: User
) -> None:
    page = visit("/console/sales/matching/", as_person=channel_manager)
    page.get_by_role("link", name="Confirm many at once").click()
    expect(page.locator("tbody tr")).to_have_count(2)
    page.get_by_role("checkbox", name="South Cycle Ltd").uncheck()
    page.get_by_role("button", name="Confirm these 2 texts").click()
    expect(page.get_by_text("1 text is decided.")).to_be_visible()
    expect(page.get_by_text("2 rows were taken in.")).to_be_visible()
    assert set(
        SalesLine.objects.filter(external_id__in=["w-2", "w-3", "w-4"]).values_list("external_id", flat=True)
    ) == {
        "w-2",
        "w-3",
    }
