"""Rejected rows repaired in the browser: one as a form, and one mistake in many rows."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from headrace.sales.import_withdrawal import withdraw_import
from headrace.sales.models import Import, Reject, SalesLine
from headrace.sales.tests.conftest import HEADER, row, sales

COLUMNS = HEADER.split(";")


@pytest.fixture
def manager(channel_manager) -> Client:
    client = Client()
    client.force_login(channel_manager)
    return client


@pytest.fixture
def run(desk):
    rows = (
        row("L1"),
        row("L2", Net="12,x", Channel="<b>shop"),
        row("L3", Dealer="Warehose Incorporated"),
        row("L4", Dealer="Warehose Incorporated"),
        row("L5", Dealer="Warehose Incorporated", Date="31.02.2026"),
        "L6;O1;p1",
    )
    return desk.take("sales.csv", sales(*rows)).run


def address(run, number):
    return reverse("console:repair_row", args=[run.pk, number])


def sent(text, **changed):
    """What a browser sends of a row: every cell by its place."""
    cells = dict(zip(COLUMNS, [*text.split(";"), *[""] * len(COLUMNS)], strict=False)) | changed
    return {f"cell_{place}": cells[name] for place, name in enumerate(COLUMNS)}


def test_the_form_has_the_cells_with_the_problem_beside_its_field(manager, run):
    page = manager.get(address(run, 3)).content.decode()
    assert 'value="12,x"' in page
    assert "“12,x” is no number." in page
    assert "&lt;b&gt;shop" in page
    link = reverse("console:import", args=[run.pk])
    assert address(run, 3) in manager.get(link).content.decode()


def test_only_the_row_is_taken_in_anew(manager, run):
    response = manager.post(address(run, 3), sent(row("L2"), Net="12,00"), follow=True)
    assert "1 row was taken in." in response.content.decode()
    replay = Import.objects.latest("pk")
    assert (replay.replays, replay.rows, replay.accepted) == (run, 1, 1)
    assert SalesLine.objects.get(external_id="L2").net_amount_e4 == 120000
    assert replay.changes == {"3": {"Net": "12,00", "Channel": "shop"}}
    assert [reject.row_number for reject in run.rejects.waiting().order_by("row_number")] == [4, 5, 6, 7]


def test_what_is_still_wrong_is_shown_again(manager, run):
    response = manager.post(address(run, 3), sent(row("L2"), Net="12,y"), follow=True)
    page = response.content.decode()
    replay = Import.objects.latest("pk")
    assert response.redirect_chain == [(address(replay, 3), 302)]
    assert "The row is still wrong" in page
    assert "“12,y” is no number." in page
    manager.post(address(replay, 3), sent(row("L2"), Net="1,00"))
    assert SalesLine.objects.filter(external_id="L2").exists()


def test_a_row_that_is_too_short_is_filled_up(manager, run):
    assert "The row has 3 cells" in manager.get(address(run, 7)).content.decode()
    manager.post(address(run, 7), sent(row("L6"), Channel=""))
    assert SalesLine.objects.get(external_id="L6").order_id == "O1"


def test_a_row_that_says_what_is_known_is_a_duplicate(manager, run):
    response = manager.post(address(run, 3), sent(row("L1")), follow=True)
    assert "1 row says what is known already" in response.content.decode()
    assert Import.objects.latest("pk").duplicates == 1


def test_a_row_is_repaired_once(manager, run):
    manager.post(address(run, 3), sent(row("L2")))
    page = manager.get(address(run, 3)).content.decode()
    assert "This row was sent again already" in page
    assert "Send again" not in page
    response = manager.post(address(run, 3), sent(row("L7")), follow=True)
    assert "sent again already" in response.content.decode()
    assert not SalesLine.objects.filter(external_id="L7").exists()


def test_no_row_of_a_withdrawn_import_is_repaired(manager, run):
    withdraw_import(run=run, reason="Wrong.")
    manager.post(address(run, 3), sent(row("L2")))
    assert Import.objects.count() == 1


def test_a_mistake_is_replaced_in_all_of_its_rows(manager, run):
    many = reverse("console:repair_many", args=[run.pk])
    page = manager.get(many).content.decode()
    assert "Replace in 3 rows" in page
    told = {"column": "Dealer", "old": "Warehose Incorporated", "new": "p2"}
    page = manager.post(many, told, follow=True).content.decode()
    assert "2 rows were taken in." in page
    replay = Import.objects.latest("pk")
    assert f"1 row is still wrong: import {replay.pk} says why." in page
    assert {line.partner.code for line in SalesLine.objects.filter(import_run=replay)} == {"p2"}
    assert Reject.objects.get(import_run=replay).problems[0]["reason"] == "not_a_date"
    assert "Warehose" not in manager.get(many).content.decode()


@pytest.mark.parametrize(
    ("told", "wrong"),
    [
        ({"column": "Nowhere", "old": "x", "new": "y"}, "The file has no such column."),
        ({"column": "Dealer", "old": "x", "new": ""}, "This field is required."),
        ({"column": "Dealer", "old": "not there", "new": "p1"}, "sent again already"),
    ],
)
def test_a_wrong_replacement_changes_nothing(manager, run, told, wrong):
    many = reverse("console:repair_many", args=[run.pk])
    assert wrong in manager.post(many, told, follow=True).content.decode()
    assert Import.objects.count() == 1


def test_rows_of_another_brand_and_duplicates_are_not_there(manager, outsider, desk, run):
    client = Client()
    client.force_login(outsider)
    assert client.get(address(run, 3)).status_code == 404
    assert client.get(reverse("console:repair_many", args=[run.pk])).status_code == 404
    again = desk.take("sales-2.csv", sales(row("L1"), row("L9"))).run
    assert [manager.get(address(again, number)).status_code for number in (2, 3, 99)] == [404, 404, 404]
