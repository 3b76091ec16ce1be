"""The list of sales lines: filters, new and known customers, the file, who may see it."""

from __future__ import annotations

import csv
import io
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from headrace.sales import line_queries
from headrace.sales.models import SalesLine
from headrace.sales.tests.conftest import row, sales
from headrace.sales.withdrawals import withdraw_lines

LINES, FILE = reverse("console:lines"), reverse("console:lines_csv")


@pytest.fixture
def manager(channel_manager) -> Client:
    client = Client()
    client.force_login(channel_manager)
    return client


@pytest.fixture
def run(desk):
    """c1 buys of p1 three times and of p2 once; c2 once; one line has no customer."""
    rows = (
        row("L1", Buyer="c1", Date="01.01.2025"),
        row("L2", Buyer="c1", Date="01.01.2026"),
        row("L3", Buyer="c1", Date="02.01.2027"),
        row("L4", Buyer="c1", Date="03.01.2026", Dealer="p2"),
        row("L5", Buyer="c2", Date="03.01.2026", Article="bell"),
        row("L6", Date="03.01.2026"),
    )
    return desk.take("sales.csv", sales(*rows)).run


def ids(desk, **wanted):
    return sorted(line.external_id for line in line_queries.lines(desk.organisation, wanted))


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({}, "L1 L2 L3 L4 L5 L6"),
        ({"partner": "P2"}, "L4"),
        ({"partner": "orth"}, "L1 L2 L3 L5 L6"),
        ({"product": "bell"}, "L5"),
        ({"first": date(2026, 1, 1), "last": date(2026, 1, 1)}, "L2"),
        ({"source": "north"}, "L1 L2 L3 L4 L5 L6"),
        ({"source": "south"}, ""),
        ({"run": 0, "flow": "sell_in"}, "L1 L2 L3 L4 L5 L6"),
        ({"flow": "sell_out"}, ""),
        ({"customer": "new"}, "L1 L5"),
        ({"customer": "new_to_partner"}, "L3 L4"),
        ({"customer": "known"}, "L2"),
        ({"customer": "known", "partner": "p2"}, ""),
    ],
)
def test_lines_are_filtered(desk, run, wanted, found):
    assert ids(desk, **wanted) == found.split()


def test_of_one_import(desk, run):
    other = desk.take("sales-2.csv", sales(row("M1"))).run
    assert ids(desk, run=other.pk) == ["M1"]


def test_a_customer_is_known_for_twelve_months(desk, run):
    told = {
        line.external_id: (line.is_new_to_partner, line.is_new)
        for line in line_queries.lines(run.organisation, {})
    }
    assert told["L2"] == (False, False)  # L1 is a year before, to the day
    assert told["L3"] == (True, False)  # L2 is a year and a day before, but p2 sold within it
    assert told["L6"] == (None, None)


def test_what_was_withdrawn_or_returned_makes_no_customer_known(desk, run):
    lines = SalesLine.objects.filter(external_id="L1")
    withdraw_lines(organisation=desk.organisation, lines=lines, reason="Wrong.", subject="test:1")
    back = row("R1", Buyer="c2", Date="02.01.2026", Pieces="-1", Net="-1,00", Returns="L9")
    desk.take("sales-2.csv", sales(back))
    assert "L2" in ids(desk, customer="new")
    assert "L5" in ids(desk, customer="new")
    assert "L1" not in ids(desk)
    assert "L1" in ids(desk, withdrawn=True)


def test_the_page_shows_them(manager, run):
    page = manager.get(LINES, {"partner": "South", "run": "x", "first": "no day"}).content.decode()
    assert "L4" in page
    assert "New to the partner" in page
    assert ">L1<" not in page
    assert "No line found" in manager.get(LINES, {"partner": "nobody"}).content.decode()


def test_the_file_has_the_same_lines_and_runs_nowhere(manager, desk, run):
    desk.take("sales-2.csv", sales(row("=1+1", Order="@x", Dealer="p2", Net="-5,00", Pieces="-1")))
    response = manager.get(FILE, {"partner": "p2"})
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    header, first, second = csv.reader(io.StringIO(text))
    assert (header[:3], header[6:8]) == (["id", "order_id", "on"], ["is_new_to_partner", "is_new"])
    assert first[:6] == ["'=1+1", "'@x", "2026-02-28", "p2", "bike", ""]
    assert (first[9], second[0], second[6:8]) == ("-5.0000", "L4", ["yes", "no"])


@pytest.mark.parametrize("person", ["approver", "partner_owner", "rival"])
def test_nobody_but_a_channel_manager_sees_them(request, run, person):
    client = Client()
    client.force_login(request.getfixturevalue(person))
    assert [client.get(address).status_code for address in (LINES, FILE)] == [404, 404]


def test_another_brand_sees_none(outsider, run):
    client = Client()
    client.force_login(outsider)
    assert ">L4<" not in client.get(LINES).content.decode()
    assert b"L4" not in b"".join(client.get(FILE).streaming_content)


def test_a_longer_list_takes_no_more_queries(manager, desk):
    counts = []
    for size in (3, 30):
        desk.take(
            f"sales-{size}.csv", sales(*(row(f"L{size}-{n}", Buyer=f"c{n}", Order="") for n in range(size)))
        )
        with CaptureQueriesContext(connection) as asked:
            assert manager.get(LINES).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]
