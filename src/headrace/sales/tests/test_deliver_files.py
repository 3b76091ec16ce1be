"""`deliver`: small files are in at once, larger ones as a job that shows how far it is and survives its worker."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests.databases import OwnDatabase
from tests.together import in_threads, kill_and_rerun

from headrace.base import jobs
from headrace.base.jobs import ATTEMPTS_MAX, LEASE, LeaseLostError
from headrace.base.models import Job, User
from headrace.sales import actions, deliveries
from headrace.sales.deliveries import FILES_DELIVERED, HANDLER, deliver
from headrace.sales.models import Delivery, Draft, Import, Reject, Result, SalesLine
from headrace.sales.tests.conftest import MAPPING, Desk, row, sales, work
from headrace.sales.tests.pages import Page

LINES = 6_000
KILLS = 6
PARTNERS = "Id,Name,Tier,Parent,From,To,City\np3,West,,,,,\n"


@pytest.fixture
def client(channel_manager: User) -> Client:
    client = Client()
    client.force_login(channel_manager)
    return client


@pytest.fixture
def beside(monkeypatch: pytest.MonkeyPatch) -> None:
    """No file is so small that it is taken in within the request."""
    monkeypatch.setattr(deliveries, "AT_ONCE_BYTES_MAX", 0)


def upload(client: Client, *files: tuple[str, str]) -> Page:
    sent = [SimpleUploadedFile(name, content.encode()) for name, content in files]
    mapping = SimpleUploadedFile("north.yaml", MAPPING.encode())
    fields = {"upload": sent, "own_mapping": mapping}
    return Page(client, client.post(reverse("console:upload"), fields, follow=True))


def hand_over(desk: Desk, *files: tuple[str, str]) -> Delivery:
    document = actions.keep_mapping(organisation=desk.organisation, text=MAPPING)
    received = [desk.receive(name, content) for name, content in files]
    return deliver(organisation=desk.organisation, received=received, document=document)


def test_a_small_file_is_in_at_once(desk: Desk) -> None:
    delivery = hand_over(desk, ("sales.csv", sales(row("L1"))))
    assert delivery.finished_at
    assert [(one.result, one.run and one.run.accepted) for one in delivery.files.all()] == [("imported", 1)]
    assert delivery.job.done_at or Job.objects.get(pk=delivery.job_id).done_at


def test_a_larger_one_is_taken_in_by_a_worker_while_its_page_tells(
    client: Client, desk: Desk, beside: None
) -> None:
    page = upload(client, ("sales.csv", sales(row("L1"), row("L2", Net="x"))))
    delivery = Delivery.objects.get()
    assert page.path == reverse("console:delivery", args=[delivery.pk])
    assert "It begins in a moment." in page.text
    assert client.get(page.path)["Refresh"] == "2"
    assert not Import.objects.exists()
    assert page.path in page.open(reverse("console:imports")).text
    work()
    done = page.open(page.path)
    assert done.path == reverse("console:import", args=[Import.objects.get().pk])
    assert "sales.csv: accepted 1, rejected 1." in done.text
    assert page.path not in done.open(reverse("console:imports")).text


def test_the_page_tells_how_far_it_is(client: Client, desk: Desk, beside: None) -> None:
    page = upload(client, ("sales.csv", sales(row("L1"))))
    job = jobs.claim("one", timezone.now())
    assert job
    jobs.note_progress(job, 40_000, 100_000)
    assert "40,000 of about 100,000 rows" in page.open(page.path).text
    jobs.note_progress(job, 100_000, 100_000)
    assert "Being written" in page.open(page.path).text


def test_rows_that_were_read_are_told_to_the_job(
    desk: Desk, beside: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deliveries, "NOTED_EVERY_SECONDS", 0)
    monkeypatch.setattr("headrace.sales.staging.BATCH_ROWS", 2)
    told: list[tuple[int, int]] = []
    note = jobs.note_progress

    def listen(job: Job, done: int, of: int) -> None:
        told.append((done, of))
        note(job, done, of)

    monkeypatch.setattr(jobs, "note_progress", listen)
    hand_over(desk, ("sales.csv", sales(*(row(f"L{n}") for n in range(5)))), ("partners.csv", PARTNERS))
    work()
    # Partners come first: one row of two lines; the header of each file is counted, for it costs nothing.
    assert told == [(1, 8), (2, 8), (4, 8), (6, 8), (7, 8), (8, 8)]


def test_files_are_taken_in_the_order_they_need(client: Client, desk: Desk, beside: None) -> None:
    page = upload(client, ("sales.csv", sales(row("L1", Dealer="p3"))), ("partners.csv", PARTNERS))
    work()
    page = page.open(page.path)
    assert page.path == reverse("console:imports")
    assert "sales.csv: accepted 1, none rejected." in page.text


def test_a_refused_file_says_why_and_brings_nothing(client: Client, desk: Desk, beside: None) -> None:
    page = upload(client, ("sales.csv", sales(row("L1")) + "\x00"))
    work()
    assert "Nothing of this file was imported." in page.open(page.path).text
    assert not SalesLine.objects.exists()


def test_a_draft_is_closed_by_its_import_and_kept_open_by_a_refusal(
    client: Client, desk: Desk, beside: None
) -> None:
    desk.take("sales-1.csv", sales(row("L1")))

    def begin(text: str) -> Page:
        sent = {"upload": [SimpleUploadedFile("sales-2.csv", text.encode())], "mapping": ""}
        page = Page(client, client.post(reverse("console:upload"), sent, follow=True))
        page.send("as-before/")
        # Until it is done there is nothing to choose.
        assert "/deliveries/" in page.open(page.path).path
        work()
        return page.open(page.path)

    assert "/imports/" in begin(sales(row("L2"))).path
    assert Draft.objects.get().state == Draft.State.IMPORTED
    broken = begin(sales(*(row(f"L{n}") for n in range(10_000))) + "\x00")
    assert "/drafts/" in broken.path
    assert Draft.objects.get(state=Draft.State.OPEN).run is None


def test_one_that_was_set_aside_says_so_and_is_tried_again(client: Client, desk: Desk, beside: None) -> None:
    page = upload(client, ("sales.csv", sales(row("L1"))))
    Job.objects.update(set_aside_at=timezone.now(), attempts=ATTEMPTS_MAX, problem="OSError: disk full")
    page = page.open(page.path)
    assert "The import stopped 5 times" in page.text
    assert "OSError: disk full" in page.text
    assert "Refresh" not in client.get(page.path)
    page.send("again/")
    work()
    assert "accepted 1, none rejected" in page.open(page.path).text


def test_a_worker_that_fell_silent_is_told_and_its_job_given_to_another(
    client: Client, desk: Desk, beside: None
) -> None:
    page = upload(client, ("sales.csv", sales(row("L1"))))
    dead = jobs.claim("dead", timezone.now())
    assert dead
    assert "no sign of life" not in page.open(page.path).text
    Job.objects.filter(pk=dead.pk).update(lease_until=timezone.now() + LEASE - timedelta(minutes=2))
    page = page.open(page.path)
    assert "no sign of life" in page.text
    page.send("again/")
    work()
    # It only seemed dead: what it does now is not kept.
    assert not jobs.perform(dead, {FILES_DELIVERED: HANDLER})
    assert Import.objects.get().accepted == SalesLine.objects.count() == 1


def test_a_live_worker_is_not_disturbed(client: Client, desk: Desk, beside: None) -> None:
    page = upload(client, ("sales.csv", sales(row("L1"))))
    live = jobs.claim("live", timezone.now())
    assert live
    client.post(page.path + "again/")
    jobs.note_progress(live, 1, 2)


def test_a_delivery_that_nobody_does_says_so(client: Client, desk: Desk, beside: None) -> None:
    page = upload(client, ("sales.csv", sales(row("L1"))))
    Job.objects.update(wanted_at=timezone.now() - timedelta(minutes=2))
    assert "headrace work" in page.open(page.path).text


def test_who_lost_the_lease_while_writing_keeps_nothing(desk: Desk, beside: None) -> None:
    hand_over(desk, ("sales.csv", sales(row("L1"))))
    slow = jobs.claim("slow", timezone.now())
    assert slow
    taken_over = jobs.claim("other", timezone.now() + LEASE * 2)
    assert taken_over
    with pytest.raises(LeaseLostError):
        HANDLER.run(slow)
    assert not SalesLine.objects.exists()
    assert jobs.perform(taken_over, {FILES_DELIVERED: HANDLER})
    assert SalesLine.objects.count() == 1


def test_several_workers_take_several_deliveries_once(desk: Desk, own_database: OwnDatabase) -> None:
    def text(start: int) -> str:
        return sales(*(row(f"L{n}", Buyer=f"c{n % 20}") for n in range(start, start + 400)))

    document = actions.keep_mapping(organisation=desk.organisation, text=MAPPING)
    limit, deliveries.AT_ONCE_BYTES_MAX = deliveries.AT_ONCE_BYTES_MAX, 0
    try:
        for start in (0, 200, 400):
            received = [desk.receive(f"sales-{start}.csv", text(start))]
            deliver(organisation=desk.organisation, received=received, document=document)
    finally:
        deliveries.AT_ONCE_BYTES_MAX = limit
    in_threads([work] * 3)
    runs = list(Import.objects.all())
    assert len(runs) == 3
    assert all(run.rows == run.accepted + run.rejected + run.duplicates == 400 for run in runs)
    assert sum(run.accepted for run in runs) == SalesLine.objects.count() == 800
    assert sum(run.duplicates for run in runs) == Reject.objects.count() == 400


# A worker that takes small pieces and tells of each that it read or wrote.
CHILD = """
import sys
import django
django.setup()
from headrace.cli import main
from headrace.sales import bulk, staging
staging.BATCH_ROWS = 500
def telling(function):
    def told(*arguments):
        function(*arguments)
        print("one more", flush=True)
    return told
bulk.insert = telling(bulk.insert)
staging.Staged.add = telling(staging.Staged.add)
print("ready", flush=True)
sys.exit(main(["work", "--until-empty"]))
"""


@pytest.mark.slow
def test_a_worker_killed_anywhere_leaves_nothing_half_done_and_the_next_one_finishes(
    desk: Desk, own_database: OwnDatabase
) -> None:
    delivery = hand_over(desk, ("sales.csv", sales(*(row(f"L{n}") for n in range(LINES)))))
    assert not delivery.finished_at

    def all_or_nothing() -> None:
        done = Delivery.objects.get().files.get().result == Result.IMPORTED
        assert SalesLine.objects.count() == (LINES if done else 0)
        assert Import.objects.count() == done
        # As if the lease had run out, and without counting: one that kills five workers is set aside.
        Job.objects.filter(kind=FILES_DELIVERED).update(lease_until=timezone.now() - LEASE, attempts=0)

    killed = kill_and_rerun(
        ["-c", CHILD],
        own_database.environment,
        kills=KILLS,
        lines_max=2 * LINES // 500,
        seed=4,
        after_each=all_or_nothing,
    )
    assert killed == KILLS
    assert SalesLine.objects.count() == LINES
    run = Import.objects.get()
    assert (run.rows, run.accepted) == (LINES, LINES)
    assert Delivery.objects.get().finished_at
