"""Every page of both doors: accessible, and no wider than its window, in both directions and appearances."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from headrace.base.models import User
from headrace.sales.models import Import
from tests.browser.chromium import (
    DESKTOP,
    SMALL_PHONE,
    expect_accessible,
    expect_no_sideways_scroll,
    expect_touchable,
)
from tests.browser.market import Market

Visit = Callable[..., Page]

pytestmark = pytest.mark.django_db(transaction=True)

LOOKS = [
    pytest.param("en", "light", DESKTOP, id="english, light, desk"),
    pytest.param("en", "dark", SMALL_PHONE, id="english, dark, phone"),
    pytest.param("ar", "light", SMALL_PHONE, id="arabic, light, phone"),
    pytest.param("ar", "dark", DESKTOP, id="arabic, dark, desk"),
]


def pages_of_the_portal(market: Market) -> list[str]:
    earning = market.earning("north", market.last_quarter).pk
    return [
        "/portal/",
        "/portal/earnings/",
        "/portal/earnings/?programme=rebate&quarter=none",
        f"/portal/earnings/{earning}/",
        f"/portal/earnings/{earning}/lines/",
        "/portal/statements/",
        f"/portal/statements/{market.statement.pk}/",
        "/portal/programmes/",
        "/portal/programmes/rebate/",
    ]


def pages_of_the_console(market: Market) -> list[str]:
    earning = market.earning("north", market.last_quarter).pk
    return [
        "/console/",
        "/console/programmes/",
        "/console/programmes/rebate/",
        "/console/programmes/rebate/terms/",
        "/console/partners/",
        "/console/partners/?q=nobody",
        "/console/partners/north/",
        "/console/partners/north/statements/",
        f"/console/earnings/{earning}/",
        f"/console/earnings/{earning}/lines/",
        f"/console/statements/{market.statement.pk}/",
        "/console/sales/",
        "/console/sales/upload/",
        f"/console/sales/imports/{Import.objects.latest('pk').pk}/",
    ]


@pytest.mark.parametrize(("language", "scheme", "width"), LOOKS)
def test_the_portal(
    visit: Visit, market: Market, partner_owner: User, language: str, scheme: str, width: int
) -> None:
    look_at(visit, partner_owner, pages_of_the_portal(market), language, scheme, width)


@pytest.mark.parametrize(("language", "scheme", "width"), LOOKS)
def test_the_console(
    visit: Visit, market: Market, channel_manager: User, language: str, scheme: str, width: int
) -> None:
    look_at(visit, channel_manager, pages_of_the_console(market), language, scheme, width)


def test_a_salesperson_sees_its_own_only(visit: Visit, market: Market, seller: User) -> None:
    page = visit("/portal/earnings/", as_person=seller)
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("tbody tr")).to_contain_text("€48.00")
    page.locator("tbody").get_by_role("link").click()
    expect(page.get_by_text("Met: The quantity is at least 2")).to_be_visible()


def test_the_tabs_of_the_portal_are_for_phones_only(visit: Visit, market: Market, seller: User) -> None:
    expect(visit("/portal/", as_person=seller, width=DESKTOP).locator(".tabbar")).to_be_hidden()
    expect(visit("/portal/", as_person=seller, width=SMALL_PHONE).locator(".tabbar")).to_be_visible()


def look_at(visit: Visit, person: User, addresses: list[str], language: str, scheme: str, width: int) -> None:
    person.language = language
    person.save()
    page = visit(addresses[0], as_person=person, width=width, scheme=scheme)
    origin = page.url.removesuffix(addresses[0])
    for address in addresses:
        response = page.goto(origin + address)
        assert response is not None
        assert response.status == 200, address
        expect_accessible(page)
        expect_no_sideways_scroll(page)
        if width < DESKTOP:
            expect_touchable(page)
