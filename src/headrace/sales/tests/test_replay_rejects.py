"""Rejected rows are taken in anew, with their cells as they came or as they were changed."""

from __future__ import annotations

import pytest

from headrace.partners.models import Partner
from headrace.sales.models import Import, Reject, Repair, SalesLine
from headrace.sales.replay import NothingToReplay, replay_rejects
from headrace.sales.tests.conftest import row, sales


@pytest.fixture
def run(desk):
    return desk.take("sales.csv", sales(row("L1"), row("L2", Net="12,x"), row("L3", Dealer="p9"))).run


def rejects(run):
    return list(run.rejects.order_by("row_number"))


def test_changed_cells_are_taken_and_the_rest_as_it_came(run, channel_manager):
    again = replay_rejects(
        run=run, rejects=rejects(run)[:1], changes={3: {"Net": "12,00"}}, user=channel_manager
    )
    assert (again.rows, again.accepted, again.replays, again.started_by) == (1, 1, run, channel_manager)
    line = SalesLine.objects.get(external_id="L2")
    assert (line.net_amount_e4, line.row_number, line.import_run) == (120000, 3, again)
    assert Repair.objects.get().reject.row_number == 3


def test_what_is_still_wrong_is_a_reject_of_the_new_import(run):
    again = replay_rejects(run=run, rejects=rejects(run), changes={3: {"Net": "nothing"}})
    assert (again.rows, again.rejected) == (2, 2)
    assert [reject.cells[8] for reject in rejects(again)] == ["nothing", "1.234,50"]
    third = replay_rejects(run=again, rejects=rejects(again)[:1], changes={3: {"Net": "1,00"}})
    assert third.accepted == 1
    assert [str(reject) for reject in Reject.objects.waiting()] == [f"{again.pk}-4"]


def test_rows_that_were_sent_again_are_not_replayed(run):
    replay_rejects(run=run, rejects=rejects(run))
    with pytest.raises(NothingToReplay, match="sent again already"):
        replay_rejects(run=run, rejects=rejects(run))


@pytest.mark.parametrize("changes", [{3: {"Nett": "1"}}, {9: {"Net": "1"}}])
def test_changes_of_what_is_not_there_are_a_mistake(run, changes):
    with pytest.raises(ValueError, match="no such rows or columns"):
        replay_rejects(run=run, rejects=rejects(run), changes=changes)


def test_rows_are_read_as_they_were_though_the_file_was_sent_by_another_name(desk, run):
    desk.receive("notes.csv", sales(row("L1"), row("L2", Net="12,x"), row("L3", Dealer="p9")))
    again = replay_rejects(run=run, rejects=rejects(run)[:1], changes={3: {"Net": "12,00"}})
    assert again.accepted == 1


def test_partners_are_replayed_too(desk):
    run = desk.take("partners.csv", "Id,Name,Tier,Parent,From,To,City\nx1,X,,x9,,,\n").run
    assert run.rejected == 1
    assert replay_rejects(run=run, rejects=rejects(run), changes={2: {"Parent": "p1"}}).accepted == 1
    assert Partner.objects.filter(code="x1").exists()


def test_the_whole_file_sent_again_is_the_one_that_was_imported_first(desk, run):
    text = sales(row("L1"), row("L2", Net="12,x"), row("L3", Dealer="p9"))
    replay_rejects(run=run, rejects=rejects(run), changes={3: {"Net": "12,00"}})
    assert desk.take("sales.csv", text).run == run


def test_a_file_of_which_only_a_replay_brought_lines_may_be_sent_again(desk):
    text = sales(row("L1", Net="x"), row("L2", Dealer="p9"))
    run = desk.take("sales.csv", text).run
    replay_rejects(run=run, rejects=rejects(run)[:1], changes={2: {"Net": "1,00"}})
    Partner.objects.create(organisation=desk.organisation, code="p9", name="Nine")
    again = desk.take("sales.csv", text).run
    assert (again.accepted, again.rejected) == (1, 1)
    assert Import.objects.count() == 3
