"""What was decided is undone: lines are withdrawn, rows wait again, nothing is lost."""

from __future__ import annotations

import pytest

from headrace.base.models import AuditEvent
from headrace.partners.models import Partner
from headrace.sales import decisions
from headrace.sales.models import Alias, Import, Reject, SalesLine, UnknownText
from headrace.sales.replay import replay_rejects
from headrace.sales.tests.conftest import row, sales
from headrace.sales.tests.test_decide_texts import balanced, decide
from headrace.sales.withdrawals import standing_lines


@pytest.fixture
def warehouse(desk) -> Partner:
    return Partner.objects.create(organisation=desk.organisation, code="wh-1", name="Warehouse GmbH")


def standing(desk):
    return set(standing_lines(desk.organisation).values_list("external_id", flat=True))


def test_the_lines_it_brought_are_withdrawn_and_their_rows_wait_again(desk, warehouse, channel_manager):
    desk.take("sales.csv", sales(row("L1"), row("L2", Dealer="Warehose"), row("L3", Dealer="Warehose")))
    decide(desk, "Warehose", warehouse)
    desk.take("sales-2.csv", sales(row("L4", Dealer="Warehose"), row("L5")))
    assert standing(desk) == {"L1", "L2", "L3", "L4", "L5"}
    runs = decisions.withdraw_alias(alias=Alias.objects.get(), user=channel_manager)
    assert [(run.rows, run.rejected) for run in runs] == [(2, 2), (1, 1)]
    assert standing(desk) == {"L1", "L5"}
    assert [reject.problems[0]["value"] for reject in Reject.objects.waiting()] == ["Warehose"] * 3
    alias = Alias.objects.get()
    assert (alias.withdrawn_by, alias.withdrawn_at is not None) == (channel_manager, True)
    assert AuditEvent.objects.get(action="alias.withdraw").details["lines"] == 3
    assert balanced()


def test_the_rows_can_be_decided_otherwise(desk, warehouse):
    desk.take("sales.csv", sales(row("L2", Dealer="Warehose")))
    decide(desk, "Warehose", warehouse)
    decisions.withdraw_alias(alias=Alias.objects.get())
    other = Partner.objects.get(code="p2")
    assert decide(desk, "Warehose", other).accepted == 1
    line = standing_lines(desk.organisation).get()
    assert (line.partner, line.revision) == (other, 1)


def test_what_was_found_by_its_writing_is_undone_for_good(desk, warehouse):
    desk.take("sales.csv", sales(row("L1", Dealer="Ware House")))
    decisions.withdraw_alias(alias=Alias.objects.get())
    assert standing(desk) == set()
    run = desk.take("sales-2.csv", sales(row("L2", Dealer="Ware House"))).run
    assert run.rejected == 1
    assert UnknownText.objects.get().proposals[0]["code"] == "wh-1"
    assert decide(desk, "Ware House", warehouse).accepted == 2


def test_what_is_not_ours_waits_again(desk, warehouse):
    desk.take("sales.csv", sales(row("L1", Dealer="Warehose")))
    decide(desk, "Warehose", None)
    assert decisions.withdraw_alias(alias=Alias.objects.get()) == []
    assert decide(desk, "Warehose", warehouse).accepted == 1


def test_an_alias_is_withdrawn_once(desk, warehouse):
    desk.take("sales.csv", sales(row("L1", Dealer="Ware House")))
    alias = Alias.objects.get()
    decisions.withdraw_alias(alias=alias)
    assert decisions.withdraw_alias(alias=alias) == []
    assert Import.objects.count() == 2


def test_cells_that_were_repaired_stay_repaired(desk, warehouse):
    run = desk.take("sales.csv", sales(row("L1", Dealer="Ware House", Net="x"))).run
    again = replay_rejects(run=run, rejects=list(run.rejects.all()), changes={2: {"Net": "7,00"}})
    assert again.accepted == 1
    decisions.withdraw_alias(alias=Alias.objects.get())
    waiting = Reject.objects.waiting().get()
    assert [problem["reason"] for problem in waiting.problems] == ["unknown_partner"]
    assert decide(desk, "Ware House", warehouse).accepted == 1
    assert standing_lines(desk.organisation).get().net_amount_e4 == 70000


def test_lines_found_by_their_code_stay(desk, warehouse):
    desk.take("sales.csv", sales(row("L1", Dealer="wh-1"), row("L2", Dealer="Ware House")))
    decisions.withdraw_alias(alias=Alias.objects.get())
    assert standing(desk) == {"L1"}
    assert SalesLine.objects.count() == 2
