"""How Chromium is started and dressed, for the tests and for the pictures."""

import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, Playwright

EXECUTABLE = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PHONE, SMALL_PHONE, DESKTOP = 390, 360, 1360
HEIGHTS = {PHONE: 844, SMALL_PHONE: 780, DESKTOP: 900}
TOUCH_TARGET_PIXELS_MIN = 44


def launched(playwright: Playwright) -> Browser:
    if not EXECUTABLE.exists():
        raise RuntimeError(f"{EXECUTABLE} is missing. On Debian: apt-get install chromium")
    return playwright.chromium.launch(executable_path=EXECUTABLE, args=ARGUMENTS)


def signed_in_context(
    browser: Browser,
    base: str,
    session: str | None = None,
    *,
    width: int = DESKTOP,
    language: str = "en",
    scheme: str = "light",
) -> BrowserContext:
    """A window of that width. `language` counts before sign-in; afterwards the person's own does."""
    context = browser.new_context(
        viewport={"width": width, "height": HEIGHTS.get(width, 900)},
        color_scheme=scheme,  # type: ignore[arg-type]
        has_touch=width < 600,
        reduced_motion="reduce",
    )
    address = f"{urlsplit(base).scheme}://{urlsplit(base).netloc}"
    context.add_cookies([{"name": "django_language", "value": language, "url": address}])
    if session:
        context.add_cookies([{"name": "sessionid", "value": session, "url": address}])
    return context


def expect_accessible(page: Page) -> None:
    """No violation that axe can find (WCAG 2.2 A and AA, best practice)."""
    found: list[dict[str, Any]] = Axe().run(page).response["violations"]
    said = [
        f"{one['id']}: {node['target']} {node['failureSummary']}" for one in found for node in one["nodes"]
    ]
    assert not said, "\n".join(said)


def expect_no_sideways_scroll(page: Page) -> None:
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{page.url} is {wide} px too wide"


def expect_touchable(page: Page) -> None:
    """Everything to touch is at least 44 px high; links within a sentence or a table are text."""
    small = page.evaluate(
        """least => [...document.querySelectorAll('button, .button, nav a, input:not([type=hidden]), select, summary')]
            .filter(one => one.checkVisibility({visibilityProperty: true}) && !one.closest('.visually-hidden'))
            .map(one => [one, (one.closest('.choice, .drop') ?? one).getBoundingClientRect()])
            .filter(([_, box]) => box.height < least - 0.5)
            .map(([one, box]) => `${one.outerHTML.slice(0, 90)} ${box.height}`)""",
        TOUCH_TARGET_PIXELS_MIN,
    )
    assert small == []
