"""The components in a real browser: both directions, both appearances, a small phone and a desk."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from headrace.base.models import Organisation, Role, RoleGrant, User
from tests.browser.chromium import (
    DESKTOP,
    PHONE,
    SMALL_PHONE,
    expect_accessible,
    expect_no_sideways_scroll,
    expect_touchable,
)

Visit = Callable[..., Page]
PASSWORD = "water over the wheel"

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def giulia(transactional_db: None) -> User:
    brand = Organisation.objects.create(code="millwright", name="Millwright", currency="EUR")
    user = User.objects.create_user(
        "giulia@millwright.example", PASSWORD, name="Giulia Rossi", organisation=brand
    )
    RoleGrant.objects.create(organisation=brand, user=user, role=Role.CHANNEL_MANAGER)
    return user


@pytest.mark.parametrize("door", ["console", "portal"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("width", [SMALL_PHONE, DESKTOP])
def test_components_are_accessible_and_fit(
    visit: Visit, giulia: User, door: str, scheme: str, language: str, width: int
) -> None:
    giulia.language = language
    giulia.save()
    page = visit(f"/design/?door={door}", as_person=giulia, width=width, scheme=scheme)
    expect_accessible(page)
    expect_no_sideways_scroll(page)
    if width < DESKTOP:
        expect_touchable(page)


def test_the_menu_of_the_console_opens_on_a_phone_without_script(visit: Visit, giulia: User) -> None:
    page = visit("/design/", as_person=giulia, width=PHONE)
    menu = page.get_by_role("navigation", name="Main menu")
    expect(menu).to_be_hidden()
    page.get_by_role("button", name="Menu", exact=True).click()
    expect(menu.get_by_role("link", name="Overview")).to_be_visible()
    page.keyboard.press("Escape")
    expect(menu).to_be_hidden()


def test_the_tab_more_of_the_portal_opens_the_rest(visit: Visit, giulia: User) -> None:
    page = visit("/design/?door=portal", as_person=giulia, width=PHONE)
    rest = page.get_by_role("navigation", name="More")
    expect(rest).to_be_hidden()
    page.get_by_role("navigation", name="Tabs").get_by_role("button", name="More").click()
    expect(rest.get_by_role("link", name="Partners")).to_be_visible()


@pytest.mark.parametrize("door", ["console", "portal"])
def test_a_desk_shows_the_sidebar_and_neither_tabs_nor_a_menu_button(
    visit: Visit, giulia: User, door: str
) -> None:
    page = visit(f"/design/?door={door}", as_person=giulia, width=DESKTOP)
    expect(page.get_by_role("navigation", name="Main menu")).to_be_visible()
    expect(page.locator(".tabbar, .menu-button")).to_be_hidden()


def test_a_phone_shows_rows_as_cards_with_their_labels(visit: Visit, giulia: User) -> None:
    page = visit("/design/", as_person=giulia, width=PHONE)
    label = page.evaluate("getComputedStyle(document.querySelector('td[data-label]'), '::before').content")
    assert label == '"Partner"'


def test_a_person_signs_in_changes_language_and_appearance_and_signs_out(visit: Visit, giulia: User) -> None:
    page = visit("/sign-in/?next=/design/")
    page.get_by_label("E-mail address").fill(giulia.email)
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("belong together")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(re.compile("/design/$"))
    page.get_by_role("button", name="Account").click()
    page.get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.get_by_role("button", name="Language: English").click()
    page.get_by_role("button", name="Deutsch").click()
    expect(page.locator("html")).to_have_attribute("lang", "de")
    page.get_by_role("button", name="Konto").click()
    page.get_by_role("button", name="Abmelden").click()
    expect(page.get_by_label("E-Mail-Adresse")).to_be_visible()


@pytest.mark.parametrize("width", [SMALL_PHONE, DESKTOP])
@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_gate_is_accessible(visit: Visit, transactional_db: None, language: str, width: int) -> None:
    page = visit("/sign-in/", language=language, width=width)
    expect_accessible(page)
    expect_no_sideways_scroll(page)
    if width < DESKTOP:
        expect_touchable(page)
