"""Matching in the console: who may see it, one decision, many at once, a new partner, what was decided undone."""

from __future__ import annotations

from threading import Event

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from headrace.base import jobs
from headrace.base.jobs import Handler
from headrace.base.models import Job
from headrace.partners.models import Partner
from headrace.sales import decisions
from headrace.sales.arrivals import LINES_ARRIVED
from headrace.sales.models import Alias, Product, SalesLine, UnknownText
from headrace.sales.tests.conftest import row, sales
from headrace.sales.withdrawals import standing_lines

# What lines earn is worked out by other rooms.
OTHERS = {LINES_ARRIVED: Handler(lambda _job: None)}
QUEUE, CONFIRM, NAMES = (reverse(f"console:{name}") for name in ("matching", "confirm_matches", "aliases"))


@pytest.fixture
def manager(channel_manager) -> Client:
    client = Client()
    client.force_login(channel_manager)
    return client


@pytest.fixture
def run(desk):
    """Two partners and a product known by other names, and one that is like nothing."""
    for code, name in (("wh-1", "Warehouse GmbH"), ("nt-1", "Northern Tools Ltd")):
        Partner.objects.create(organisation=desk.organisation, code=code, name=name)
    Product.objects.create(organisation=desk.organisation, code="GTX-Pro", name="Saw GTX Pro")
    return desk.take(
        "sales.csv",
        sales(
            row("L1", Dealer="Warehose"),
            row("L2", Dealer="Warehose"),
            row("L3", Dealer="Northern Tool Ltd"),
            row("L4", Article="GTX-Prod"),
            row("L5", Dealer="Zyx"),
        ),
    ).run


def page(client, address, **data):
    response = client.get(address, data)
    assert response.status_code == 200
    return response.content.decode()


def text_url(text, name="unknown_text"):
    return reverse(f"console:{name}", args=[UnknownText.objects.get(text=text).pk])


def post(client, address, data):
    response = client.post(address, data, follow=True)
    assert response.status_code == 200
    return response.content.decode()


def target(code):
    return Partner.objects.get(code=code).pk


def test_the_queue_shows_each_text_with_rows_amount_and_what_is_most_like_it(manager, run):
    shown = page(manager, QUEUE)
    for told in (
        "Warehose",
        "€2,469.00",
        "Warehouse GmbH",
        "1 letter differs.",
        "89 of 100",
        "Nothing is like it",
    ):
        assert told in shown
    assert shown.index("Warehose") < shown.index("Northern Tool Ltd")


def test_it_can_be_narrowed_down(manager, run, desk):
    desk.take("sales-2.csv", sales(row("L9", Dealer="Elsewhere")))
    assert "GTX-Prod" not in page(manager, QUEUE, kind="partner")
    assert "No name waits there" in page(manager, QUEUE, kind="person")
    of_run = page(manager, QUEUE, run=run.pk)
    assert "GTX-Prod" in of_run
    assert "Elsewhere" not in of_run
    assert manager.get(QUEUE, {"run": 10**6}).status_code == 404


def test_a_confirmed_text_takes_its_rows_in(manager, run, channel_manager):
    shown = post(manager, text_url("Warehose"), {"target": target("wh-1")})
    assert "2 rows were taken in" in shown
    assert "Warehose" not in shown.split("<table")[1]
    assert SalesLine.objects.filter(partner__code="wh-1").count() == 2
    alias = Alias.objects.get(partner__code="wh-1")
    assert (alias.decided_by, alias.score, alias.source.code) == (channel_manager, 89, "north")


def test_another_one_is_found_by_searching_and_chosen(manager, run):
    shown = page(manager, text_url("Warehose"), q="north tool")
    assert "Northern Tools Ltd" in shown
    assert "Warehouse GmbH" not in shown
    post(manager, text_url("Warehose"), {"target": target("nt-1"), "for_all_sources": "on"})
    assert Alias.objects.get(partner__code="nt-1").source is None


def test_what_is_not_ours_leaves_the_queue_and_stays_rejected(manager, run):
    shown = post(manager, text_url("Zyx"), {"target": "none"})
    assert "1 text is decided." in shown
    assert "Zyx" not in shown.split("<table")[1]
    assert not SalesLine.objects.filter(external_id="L5").exists()


def test_a_partner_is_made_of_a_text(manager, run):
    address = text_url("Zyx", "make_target")
    assert 'value="Zyx"' in page(manager, address)
    assert "is known already" in post(manager, address, {"code": "wh-1", "name": "Zyx"})
    assert "1 row was taken in" in post(manager, address, {"code": "zyx", "name": "Zyx Ltd"})
    assert SalesLine.objects.get(external_id="L5").partner.name == "Zyx Ltd"


def test_who_comes_second_is_told(manager, run):
    post(manager, text_url("Warehose"), {"target": target("wh-1")})
    shown = post(manager, text_url("Warehose"), {"target": target("nt-1")})
    assert "“Warehose” was decided before: Warehouse GmbH, by " in shown
    assert "waits no longer" in manager.get(text_url("Warehose"), follow=True).content.decode()


@pytest.mark.parametrize("chosen", ["", "x", "-1", "999999"])
def test_what_is_not_there_is_not_chosen(manager, run, chosen):
    post(manager, text_url("Warehose"), {"target": chosen})
    assert not Alias.objects.exists()


def test_many_are_listed_and_then_confirmed_at_once(manager, run):
    listed = page(manager, CONFIRM, score=90)
    assert "Northern Tool Ltd" in listed
    assert "Warehose" not in listed
    assert "Warehose" in page(manager, CONFIRM, score=85)
    unknown = UnknownText.objects.get(text="Northern Tool Ltd")
    match = f"{unknown.pk}:{target('nt-1')}"
    assert match in listed
    post(manager, CONFIRM, {"match": [match, "x", "1:2:3"]})
    assert SalesLine.objects.get(external_id="L3").partner.code == "nt-1"
    assert Alias.objects.count() == 1


def test_a_text_that_two_are_equally_like_is_not_confirmed_with_others(manager, desk):
    for code, name in (("s-1", "Smith GmbH"), ("s-2", "Smith AG")):
        Partner.objects.create(organisation=desk.organisation, code=code, name=name)
    desk.take("sales.csv", sales(row("L1", Dealer="Smith Ltd")))
    assert UnknownText.objects.get().score == 90
    assert "No text has that score" in page(manager, CONFIRM, score=80)


def test_matches_of_another_brand_are_not_confirmed(client, run, outsider):
    client.force_login(outsider)
    unknown = UnknownText.objects.get(text="Warehose")
    post(client, CONFIRM, {"match": [f"{unknown.pk}:{target('wh-1')}"]})
    assert not Alias.objects.exists()
    assert client.post(text_url("Warehose"), {"target": target("wh-1")}).status_code == 404
    assert "Warehose" not in page(client, QUEUE)


def test_looking_again_takes_in_what_became_known(manager, run, desk):
    Partner.objects.create(organisation=desk.organisation, code="Zyx", name="Zyx")
    assert "1 row was taken in" in post(manager, reverse("console:look_again"), {})
    assert "No waiting row could be taken in." in post(manager, reverse("console:look_again"), {})


def test_what_was_decided_is_listed_and_undone(manager, run, desk):
    post(manager, text_url("Warehose"), {"target": target("wh-1")})
    listed = page(manager, NAMES, q="warehose")
    assert "Warehouse GmbH" in listed
    assert "No other name found" in page(manager, NAMES, q="nobody")
    address = reverse("console:alias", args=[Alias.objects.get(text="Warehose").pk])
    assert "1 letter differs." in page(manager, address)
    assert "2 lines were withdrawn; their rows wait again." in post(manager, address, {})
    assert not standing_lines(desk.organisation).exists()
    assert "Warehose" in page(manager, QUEUE)
    assert "Undone" in page(manager, address)


def test_the_import_leads_to_its_texts(manager, run):
    shown = page(manager, reverse("console:import", args=[run.pk]))
    assert "4 names or codes in it are not known." in shown
    assert f"{QUEUE}?run={run.pk}" in shown
    assert "Most like it is “Warehouse GmbH” (wh-1), by 89 of 100: 1 letter differs." in shown


@pytest.mark.parametrize("address", [QUEUE, f"{CONFIRM}?score=65", NAMES])
def test_a_longer_list_takes_no_more_queries(manager, run, desk, address):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert manager.get(address).status_code == 200
        return len(captured)

    counts = []
    for size in (3, 30):
        names = [f"Family{size}x{number} {'abcdefghij'[number % 10]}" for number in range(size)]
        for name in names:
            Partner.objects.create(organisation=desk.organisation, code=name, name=f"{name} Stores")
        desk.take(
            f"sales-{size}.csv", sales(*(row(f"{name}{size}", Dealer=f"{name} Store") for name in names))
        )
        for unknown in UnknownText.objects.filter(text__startswith=f"Family{size}x")[: size - 2]:
            if address == NAMES:
                manager.post(
                    reverse("console:unknown_text", args=[unknown.pk]), {"target": unknown.proposals[0]["pk"]}
                )
        counts.append(queries())
    assert counts[0] == counts[1]


def test_many_rows_are_taken_in_by_a_job_while_the_queue_tells(manager, run, desk, monkeypatch):
    monkeypatch.setattr(decisions, "ROWS_AT_ONCE_MAX", 1)
    told = post(manager, text_url("Warehose"), {"target": target("wh-1")})
    assert "2 rows are being taken in." in told
    assert not SalesLine.objects.exists()
    assert "2 rows whose names were decided are being taken in." in page(manager, QUEUE)
    decided = {decisions.TEXTS_DECIDED: Handler(decisions.take_rows_in)}
    assert jobs.work(decided | OTHERS, stop=Event(), until_empty=True)
    assert standing_lines(desk.organisation).count() == 2
    assert "are being taken in" not in page(manager, QUEUE)


def test_rows_that_no_job_could_take_in_are_told(manager, run, desk, monkeypatch):
    monkeypatch.setattr(decisions, "ROWS_AT_ONCE_MAX", 1)
    post(manager, text_url("Warehose"), {"target": target("wh-1")})
    Job.objects.filter(kind=decisions.TEXTS_DECIDED).update(set_aside_at=timezone.now())
    assert "2 rows whose names were decided could not be taken in." in page(manager, QUEUE)
    # By hand then: fewer at a time, or the whole again.
    monkeypatch.undo()
    assert "2 rows were taken in." in post(manager, reverse("console:look_again"), {})
    assert "could not be taken in" not in page(manager, QUEUE)
