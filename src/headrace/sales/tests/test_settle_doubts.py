"""Doubts are confirmed, dismissed, and undone without loss."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from headrace.base.models import AuditEvent
from headrace.sales.doubts import confirm_doubt, dismiss_doubt, reopen_doubt
from headrace.sales.facts import facts_table
from headrace.sales.import_withdrawal import withdraw_import
from headrace.sales.models import Doubt, LineWithdrawal, SalesLine
from headrace.sales.queries import standing_lines
from headrace.sales.tests.conftest import row, sales

QUEUE = reverse("console:doubts")


def standing(desk):
    lines = standing_lines(desk.organisation).order_by("external_id")
    return [(line.external_id, line.revision, line.returns) for line in lines]


@pytest.fixture
def twice(desk):
    """One invoice line by two files, under two ids."""
    first = desk.take("sales-1.csv", sales(row("A1", Order="INV-42"))).run
    desk.take("sales-2.csv", sales(row("B1", Order="42")))
    assert first.accepted == 1
    return Doubt.objects.get()


@pytest.fixture
def returned(desk):
    """A return that names no sale."""
    desk.take("sales-1.csv", sales(row("A1", Order="INV-42")))
    desk.take("sales-2.csv", sales(row("R1", Order="42", Pieces="-1", Net="-617,25")))
    return Doubt.objects.get()


def test_the_same_sale_withdraws_the_later_line(desk, twice, channel_manager):
    confirm_doubt(doubt=twice, user=channel_manager)
    assert standing(desk) == [("A1", 0, "")]
    withdrawal = LineWithdrawal.objects.get()
    assert (withdrawal.line.external_id, withdrawal.same_as.external_id) == ("B1", "A1")
    assert (withdrawal.by, withdrawal.reason) == (channel_manager, "The same sale as A1.")
    twice.refresh_from_db()
    assert (twice.state, twice.decided_by) == (Doubt.State.CONFIRMED, channel_manager)
    assert AuditEvent.objects.filter(action="doubt.confirm", subject=f"doubt:{twice.pk}").exists()


def test_it_is_settled_for_the_files_to_come_too(desk, twice, channel_manager):
    confirm_doubt(doubt=twice, user=channel_manager)
    again = desk.take("sales-3.csv", sales(row("B1", Order="42"), row("B2", Order="77"))).run
    assert (again.accepted, again.duplicates) == (1, 1)
    assert standing(desk) == [("A1", 0, ""), ("B2", 0, "")]


def test_both_are_right(desk, twice, channel_manager):
    dismiss_doubt(doubt=twice, user=channel_manager)
    assert standing(desk) == [("A1", 0, ""), ("B1", 0, "")]
    assert not Doubt.objects.waiting().exists()


@pytest.mark.parametrize("settle", [confirm_doubt, dismiss_doubt])
def test_a_decision_is_undone_without_loss(desk, twice, channel_manager, settle):
    before = facts_table(desk.organisation).drop_columns(["recorded_at"])
    settle(doubt=twice, user=channel_manager)
    reopen_doubt(doubt=twice, user=channel_manager)
    after = facts_table(desk.organisation).drop_columns(["recorded_at"])
    assert after.equals(before)
    twice.refresh_from_db()
    assert list(Doubt.objects.waiting()) == [twice]
    confirm_doubt(doubt=twice, user=channel_manager)
    assert [line for line, *_ in standing(desk)] == ["A1"]


def test_a_return_is_joined_to_its_sale_by_a_new_revision(desk, returned, channel_manager):
    confirm_doubt(doubt=returned, user=channel_manager)
    assert standing(desk) == [("A1", 0, ""), ("R1", 1, "A1")]
    old, new = SalesLine.objects.filter(external_id="R1").order_by("revision")
    assert (old.returns, new.import_run, new.net_amount_e4) == ("", old.import_run, old.net_amount_e4)
    # The moment between both does not exist: a snapshot has the one or the other.
    assert old.withdrawal.recorded_at == new.recorded_at
    for moment in (old.recorded_at, new.recorded_at):
        assert facts_table(desk.organisation, as_of=moment)["id"].to_pylist().count("R1") == 1


def test_the_return_sent_again_without_its_sale_is_a_duplicate(desk, returned, channel_manager):
    confirm_doubt(doubt=returned, user=channel_manager)
    again = desk.take("sales-3.csv", sales(row("R1", Order="42", Pieces="-1", Net="-617,25"), row("X"))).run
    assert (again.accepted, again.duplicates) == (1, 1)


def test_a_joined_return_is_undone(desk, returned, channel_manager):
    confirm_doubt(doubt=returned, user=channel_manager)
    reopen_doubt(doubt=returned, user=channel_manager)
    assert standing(desk) == [("A1", 0, ""), ("R1", 2, "")]
    assert Doubt.objects.waiting().count() == 1


def test_no_more_is_joined_than_is_left_to_return(desk, returned, channel_manager):
    desk.take("sales-3.csv", sales(row("R2", Order="9", Returns="A1", Pieces="-2", Net="-1.234,50")))
    with pytest.raises(ValidationError, match="less is left to return"):
        confirm_doubt(doubt=returned, user=channel_manager)
    assert ("R1", 0, "") in standing(desk)


def test_a_return_too_many_is_withdrawn(desk, channel_manager):
    back = {"Returns": "A1", "Pieces": "-2", "Net": "-1.234,50"}
    desk.take("sales.csv", sales(row("A1"), row("R1", **back), row("R2", **back)))
    confirm_doubt(doubt=Doubt.objects.get(kind="excess"), user=channel_manager)
    assert standing(desk) == [("A1", 0, ""), ("R1", 0, "A1")]


def test_nothing_is_settled_twice_or_of_lines_that_are_gone(desk, twice, channel_manager):
    withdraw_import(run=twice.earlier.import_run, reason="Wrong.")
    assert not Doubt.objects.waiting().exists()
    with pytest.raises(ValidationError, match="settled this already, or one of the lines was withdrawn"):
        confirm_doubt(doubt=twice, user=channel_manager)
    with pytest.raises(ValidationError, match="open already"):
        reopen_doubt(doubt=twice, user=channel_manager)


def test_when_the_first_is_withdrawn_the_second_stands_again(desk, twice, channel_manager):
    confirm_doubt(doubt=twice, user=channel_manager)
    withdraw_import(run=twice.earlier.import_run, reason="Wrong.")
    assert standing(desk) == [("B1", 1, "")]
    reopen_doubt(doubt=twice, user=channel_manager)
    assert standing(desk) == [("B1", 1, "")]


# The console.


@pytest.fixture
def manager(channel_manager) -> Client:
    client = Client()
    client.force_login(channel_manager)
    return client


def test_the_queue_shows_both_lines_and_what_speaks_for_it(manager, twice):
    page = manager.get(QUEUE).content.decode()
    assert "Same invoice" in page
    assert "same invoice, product and quantity" in page
    assert "INV-42" in page
    assert "sales-2.csv" in page
    assert "100 of 100" in page


@pytest.mark.parametrize(
    ("decision", "told"), [("confirm", "Settled."), ("dismiss", "not asked about again")]
)
def test_a_decision_is_taken_and_undone_in_the_console(manager, desk, twice, decision, told):
    address = reverse("console:settle_doubt", args=[twice.pk])
    response = manager.post(address, {"decision": decision, "next": f"{QUEUE}?kind=invoice"}, follow=True)
    assert response.redirect_chain == [(f"{QUEUE}?kind=invoice", 302)]
    page = response.content.decode()
    assert told in page
    assert "No doubt waits" in page
    assert "Maria Manager" in manager.get(QUEUE, {"state": "settled"}).content.decode()
    assert "Undone." in manager.post(address, {"decision": "reopen"}, follow=True).content.decode()
    assert len(standing(desk)) == 2


def test_a_wrong_decision_changes_nothing(manager, desk, twice):
    address = reverse("console:settle_doubt", args=[twice.pk])
    page = manager.post(address, {"next": "https://evil.example/"}, follow=True)
    assert page.redirect_chain == [(QUEUE, 302)]
    assert "Choose what the two lines are." in page.content.decode()
    assert len(standing(desk)) == 2


def test_an_import_tells_of_its_doubts(manager, twice):
    page = manager.get(reverse("console:import", args=[twice.import_run_id])).content.decode()
    assert "1 doubt about lines of this file waits for you." in page


def test_another_brand_sees_none(outsider, twice):
    client = Client()
    client.force_login(outsider)
    assert "INV-42" not in client.get(QUEUE).content.decode()
    address = reverse("console:settle_doubt", args=[twice.pk])
    assert client.post(address, {"decision": "confirm"}).status_code == 404


def test_a_longer_queue_takes_no_more_queries(manager, desk):
    counts = []
    for size in (3, 15):
        desk.take(
            f"a{size}.csv".replace("a", "sales-a"),
            sales(*(row(f"A{size}-{n}", Order=f"{size}{n}9") for n in range(size))),
        )
        desk.take(
            f"sales-b{size}.csv", sales(*(row(f"B{size}-{n}", Order=f"{size}{n}9") for n in range(size)))
        )
        with CaptureQueriesContext(connection) as asked:
            assert manager.get(QUEUE).status_code == 200
        counts.append(len(asked))
    assert Doubt.objects.count() == 18
    assert counts[0] == counts[1]
