"""A file too large to wait for: it is taken in by a worker, and a page tells how far it is."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from threading import Event

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from headrace.base import jobs
from headrace.base.models import Job, User
from headrace.config.wiring import JOB_HANDLERS
from headrace.sales.deliveries import AT_ONCE_BYTES_MAX, FILES_DELIVERED
from headrace.sales.models import Delivery
from tests.browser.chromium import DESKTOP, expect_accessible
from tests.browser.market import Market
from tests.browser.test_doors import LOOKS, look_at
from tests.market import COLUMNS

pytestmark = pytest.mark.django_db(transaction=True)

ROWS = AT_ONCE_BYTES_MAX // 30


@pytest.fixture
def file(tmp_path: Path, market: Market) -> Path:
    made = tmp_path / "sales-large.csv"
    rows = (f"big-{row},,north,,bike,{market.today},1,10.00,," for row in range(ROWS))
    made.write_text("\n".join([",".join(COLUMNS["sales"]), *rows]) + "\n")
    assert made.stat().st_size > AT_ONCE_BYTES_MAX
    return made


def upload(page: Page, file: Path) -> None:
    page.locator("#id_upload").set_input_files(file)
    page.locator("#id_mapping").select_option(label="market 1")
    page.get_by_role("button", name="Import").click()


def test_taken_in_by_a_worker(
    visit: Callable[..., Page], market: Market, channel_manager: User, file: Path
) -> None:
    page = visit("/console/sales/upload/", as_person=channel_manager, width=DESKTOP)
    upload(page, file)
    expect(page.get_by_text("It begins in a moment.")).to_be_visible()
    jobs.work(JOB_HANDLERS, stop=Event(), until_empty=True)
    # The page has brought itself up to date.
    expect(page.get_by_role("heading", name="sales-large.csv")).to_be_visible()
    expect(page.get_by_text(f"{ROWS:,}").first).to_be_visible()


def test_stopped_and_tried_again(
    visit: Callable[..., Page], market: Market, channel_manager: User, file: Path
) -> None:
    page = visit("/console/sales/upload/", as_person=channel_manager, width=DESKTOP)
    upload(page, file)
    expect(page.get_by_text("It begins in a moment.")).to_be_visible()
    Job.objects.filter(kind=FILES_DELIVERED).update(
        set_aside_at=timezone.now(), attempts=5, worker="gone", problem="The disk is full."
    )
    expect(page.get_by_role("alert")).to_contain_text("The disk is full.")
    expect_accessible(page)
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_text("It begins in a moment.")).to_be_visible()
    jobs.work(JOB_HANDLERS, stop=Event(), until_empty=True)
    expect(page.get_by_role("heading", name="sales-large.csv")).to_be_visible()


@pytest.mark.parametrize(("language", "scheme", "width"), LOOKS)
def test_the_page(
    visit: Callable[..., Page],
    market: Market,
    channel_manager: User,
    file: Path,
    monkeypatch: pytest.MonkeyPatch,
    language: str,
    scheme: str,
    width: int,
) -> None:
    # Who looks at a page closely wants it to stand still.
    monkeypatch.setattr("headrace.sales.console.REFRESH_SECONDS", 600)
    upload(visit("/console/sales/upload/", as_person=channel_manager, width=DESKTOP), file)
    delivery = Delivery.objects.get()
    Job.objects.filter(kind=FILES_DELIVERED).update(
        worker="one", progress={"done": 4000, "of": ROWS}, lease_until=timezone.now() + timedelta(minutes=5)
    )
    look_at(visit, channel_manager, [f"/console/sales/deliveries/{delivery.pk}/"], language, scheme, width)
