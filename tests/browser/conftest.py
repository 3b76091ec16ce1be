"""A real browser on a real server: Debian's Chromium, driven by Playwright, on Django's live server.

def test_the_home_page(visit):
    page = visit("/portal/", as_person=owner, language="ar", width=PHONE)
    expect_accessible(page)
"""

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright
from pytest_django.live_server_helper import LiveServer

from headrace.base.models import Organisation, User
from tests.browser.chromium import launched, signed_in_context
from tests.browser.market import Market, opened

# A busy machine is slow, not wrong.
expect.set_options(timeout=30_000)

PASSWORD = "correct horse battery"  # of the whole cast
# Playwright runs an event loop in this thread; the tests' own queries are not asynchronous all the same.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser/" in item.path.as_posix():
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = launched(playwright)
        yield browser
        browser.close()


@pytest.fixture
def visit(browser: Browser, live_server: LiveServer) -> Iterator[Callable[..., Page]]:
    """Opens an address in a fresh browser window, signed in as `as_person` where given.

    A script error or a breach of the content security policy on any page fails the test.
    """
    contexts: list[Any] = []
    complaints: list[str] = []

    def open_page(address: str, *, as_person: User | None = None, **look: Any) -> Page:
        context = signed_in_context(browser, live_server.url, _session_of(as_person), **look)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: said.type == "error" and complaints.append(said.text))
        page.goto(live_server.url + address)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def seller(organisation: Organisation) -> User:
    """Sells at the partner of `partner_owner`."""
    return User.objects.create_user(
        "seller@north.example", PASSWORD, name="Sven Seller", organisation=organisation
    )


@pytest.fixture
def market(
    organisation: Organisation,
    channel_manager: User,
    approver: User,
    partner_owner: User,
    seller: User,
    rival: User,
) -> Market:
    return opened(organisation, channel_manager, approver, partner_owner, seller, rival)


def _session_of(person: User | None) -> str | None:
    """A session as signing in makes it, without the slow check of a password."""
    if person is None:
        return None
    from django.test import Client

    client = Client()
    client.force_login(person)
    return client.cookies["sessionid"].value
