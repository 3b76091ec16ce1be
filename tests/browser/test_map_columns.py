"""A file without a mapping in a real browser: looked into, mapped, imported; each step fit for everybody."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from headrace.base.models import Organisation, User
from headrace.sales.actions import receive_file
from headrace.sales.drafting.actions import begin_draft
from headrace.sales.models import SalesLine
from tests.browser.chromium import (
    DESKTOP,
    SMALL_PHONE,
    expect_accessible,
    expect_no_sideways_scroll,
    expect_touchable,
)
from tests.market import open_market

pytestmark = pytest.mark.django_db(transaction=True)

REPORT = """Sales of February
North Distribution

Invoice;Line;Dealer no;Article;Invoice date;Pieces;Net value;Shop type
R1;1;north;bike;03/02/2026;2;1.234,50;web
R1;2;north;bike;04/02/2026;1;9,99;web
R2;1;nowhere;bike;05/02/2026;1;617,25;shop
"""


def upload(page: Page, folder: Path) -> None:
    report = folder / "report-2026-02.csv"
    report.write_text(REPORT)
    page.locator("#id_upload").set_input_files(report)
    page.get_by_role("button", name="Import").click()


def test_from_the_upload_to_the_import(
    organisation: Organisation, channel_manager: User, visit: Callable[..., Page], tmp_path: Path
) -> None:
    open_market(organisation)
    page = visit("/console/sales/upload/", as_person=channel_manager, width=DESKTOP)
    page.locator("#id_mapping").select_option("")
    upload(page, tmp_path)
    expect(page.get_by_text("Step 1 of 3")).to_be_visible()
    expect(page.get_by_text("could be MM/DD/YYYY as well")).to_be_visible()
    expect_accessible(page)
    page.get_by_label("Dates", exact=True).select_option("DD/MM/YYYY")
    page.get_by_role("button", name="Read the file like this").click()
    page.get_by_role("link", name="Map the columns").click()
    expect(page.get_by_text("2 of 3 rows right")).to_be_visible()
    expect_accessible(page)
    page.get_by_label("What “Shop type” means").select_option("Further column")
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Or a new source").fill("North Distribution")
    expect_accessible(page)
    page.get_by_role("button", name="Import").click()
    expect(page.get_by_text("report-2026-02.csv: accepted 2, rejected 1.")).to_be_visible()
    assert [line.attributes for line in SalesLine.objects.all()] == [{"shop_type": "web"}] * 2


@pytest.mark.parametrize(
    ("language", "scheme", "width"),
    [("en", "dark", SMALL_PHONE), ("ar", "light", SMALL_PHONE), ("ar", "dark", DESKTOP)],
)
def test_every_step_looks_right_to_everybody(
    organisation: Organisation,
    channel_manager: User,
    visit: Callable[..., Page],
    language: str,
    scheme: str,
    width: int,
) -> None:
    open_market(organisation)
    channel_manager.language = language
    channel_manager.save()
    file = receive_file(organisation=organisation, name="report-2026-02.csv", chunks=[REPORT.encode()])
    draft = begin_draft(organisation=organisation, file=file)
    page = visit("/console/sales/drafts/", as_person=channel_manager, scheme=scheme, width=width)
    origin = page.url.removesuffix("/console/sales/drafts/")
    for step in ("", f"{draft.pk}/", f"{draft.pk}/columns/", f"{draft.pk}/source/"):
        page.goto(f"{origin}/console/sales/drafts/{step}")
        expect_accessible(page)
        expect_no_sideways_scroll(page)
        if width == SMALL_PHONE:
            expect_touchable(page)
