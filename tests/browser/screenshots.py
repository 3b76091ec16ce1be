"""Pictures of pages, to look at: signs in, then shoots each address in light and dark, in two languages, on two widths.

./dev run python -m tests.browser.screenshots --out /tmp/pictures --email giulia@... --password ... /portal/ /console/
"""

import argparse
import itertools
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.browser.chromium import DESKTOP, PHONE, launched, signed_in_context


def main() -> None:
    options = _options()
    options.out.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = launched(playwright)
        for language, scheme, width in itertools.product(
            options.languages, options.schemes, (PHONE, DESKTOP)
        ):
            context = signed_in_context(browser, options.base, width=width, language=language, scheme=scheme)
            page = context.new_page()
            if options.email:
                _sign_in(page, options)
                _choose(page, options.base, language)
            for address in options.addresses:
                page.goto(options.base + address)
                name = address.strip("/").replace("/", "-").replace("?", "-") or "home"
                path = options.out / f"{name}-{language}-{scheme}-{width}.png"
                page.screenshot(path=path, full_page=True)
                print(path)
            context.close()
        browser.close()


def _sign_in(page: Page, options: argparse.Namespace) -> None:
    page.goto(f"{options.base}/sign-in/")
    page.locator("#id_username").fill(options.email)
    page.locator("#id_password").fill(options.password)
    page.locator("form .button.wide").click()


def _choose(page: Page, base: str, language: str) -> None:
    page.goto(f"{base}/")
    page.locator("[popovertarget=languages]").click()
    page.locator(f"#languages button[value={language}]").click()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("addresses", nargs="+", help="as /portal/earnings/")
    parser.add_argument("--base", default="http://127.0.0.1:8000")
    parser.add_argument("--email", help="left out: as a visitor")
    parser.add_argument("--password", default="")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--languages", nargs="+", default=["en", "ar"])
    parser.add_argument("--schemes", nargs="+", default=["light", "dark"])
    return parser.parse_args()


if __name__ == "__main__":
    main()
