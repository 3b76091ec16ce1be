"""An import is withdrawn whole: its lines stay, stand no more, and may come again."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command

from headrace.base.models import AuditEvent
from headrace.sales.import_withdrawal import withdraw_import
from headrace.sales.models import Import, LineWithdrawal, Reject, Result, SalesLine
from headrace.sales.queries import standing_lines
from headrace.sales.replay import replay_rejects
from headrace.sales.tests.conftest import row, sales
from headrace.sales.withdrawals import withdraw_lines

TEXT = sales(row("L1"), row("L2"), row("L3", Net="x"))


def standing(desk):
    lines = standing_lines(desk.organisation).order_by("external_id")
    return [(line.external_id, line.revision) for line in lines]


@pytest.fixture
def run(desk):
    return desk.take("sales.csv", TEXT).run


def test_its_lines_stay_and_stand_no_more(desk, run, channel_manager):
    desk.take("sales-2.csv", sales(row("L9")))
    assert withdraw_import(run=run, reason=" Wrong month. ", user=channel_manager) == 2
    assert (standing(desk), SalesLine.objects.count()) == ([("L9", 0)], 3)
    run.refresh_from_db()
    assert (run.withdrawn_by, run.withdrawn_reason) == (channel_manager, "Wrong month.")
    withdrawal = LineWithdrawal.objects.filter(line__external_id="L1").get()
    assert (withdrawal.subject, withdrawal.by, withdrawal.reason) == (
        f"import:{run.pk}",
        channel_manager,
        "Wrong month.",
    )
    event = AuditEvent.objects.get(action="sales.withdraw")
    assert (event.subject, event.details) == (f"import:{run.pk}", {"lines": 2, "reason": "Wrong month."})


def test_the_same_file_may_be_imported_again(desk, run):
    assert desk.take("sales.csv", TEXT).result is Result.ALREADY_IMPORTED
    withdraw_import(run=run, reason="Wrong.")
    again = desk.take("sales.csv", TEXT)
    assert (again.result, again.run.accepted, again.run.rejected) == (Result.IMPORTED, 2, 1)
    assert standing(desk) == [("L1", 1), ("L2", 1)]
    assert desk.take("sales.csv", TEXT).run == again.run
    withdraw_import(run=again.run, reason="Wrong again.")
    assert (standing(desk), SalesLine.objects.count()) == ([], 4)


def test_its_rejects_wait_no_more_and_are_the_new_imports_own(desk, run):
    withdraw_import(run=run, reason="Wrong.")
    assert not Reject.objects.waiting().exists()
    again = desk.take("sales.csv", TEXT).run
    assert [reject.import_run for reject in Reject.objects.waiting()] == [again]


def test_a_corrected_file_with_the_same_ids_may_be_imported(desk, run):
    withdraw_import(run=run, reason="Wrong prices.")
    corrected = desk.take("sales.csv", sales(row("L1", Net="5,00"), row("L2"), row("L3"))).run
    assert (corrected.accepted, corrected.rejected) == (3, 0)


def test_what_had_been_the_same_as_one_of_its_lines_stands_again(desk, run):
    desk.take("sales-2.csv", sales(row("M1", Net="7,00"), row("M2")))
    keys = dict(SalesLine.objects.values_list("external_id", "pk"))
    withdraw_lines(
        organisation=desk.organisation,
        lines=SalesLine.objects.filter(external_id__in=["M1", "L2"]),
        reason="The same.",
        subject="suspicion:1",
        same_as={keys["M1"]: keys["L1"], keys["L2"]: keys["L1"]},
    )
    assert standing(desk) == [("L1", 0), ("M2", 0)]
    withdraw_import(run=run, reason="Wrong.")
    assert standing(desk) == [("M1", 1), ("M2", 0)]
    old, new = SalesLine.objects.filter(external_id="M1").order_by("revision")
    assert (new.net_amount_e4, new.import_run, new.row_number) == (70000, old.import_run, old.row_number)
    assert new.recorded_at > old.recorded_at


@pytest.mark.parametrize("reason", ["", "  "])
def test_it_needs_a_reason(desk, run, reason):
    with pytest.raises(ValidationError, match="Say why"):
        withdraw_import(run=run, reason=reason)
    assert len(standing(desk)) == 2


def test_it_is_withdrawn_once(desk, run):
    withdraw_import(run=run, reason="Wrong.")
    with pytest.raises(ValidationError, match=r"sales\.csv was withdrawn already on"):
        withdraw_import(run=run, reason="Wrong.")


def test_only_an_import_of_sales_lines_can_be_withdrawn(desk):
    refused = desk.take("sales.csv", "no sales").run
    partners = desk.take("partners.csv", "Id,Name,Tier,Parent,From,To,City\np3,West,,,,,\n").run
    for run in (refused, partners):
        with pytest.raises(ValidationError, match="Only an import that brought sales lines"):
            withdraw_import(run=run, reason="Wrong.")


def test_the_command_withdraws_by_the_number(desk, run, capsys):
    call_command("withdraw", str(run.pk), "--reason", "Wrong.")
    assert capsys.readouterr().out == (
        "sales.csv: 2 lines withdrawn. What they earned is taken back by the next `headrace publish`.\n"
    )
    assert standing(desk) == []


@pytest.mark.parametrize(("number", "told"), [("0", "There is no import 0"), (None, "withdrawn already")])
def test_the_command_says_what_is_wrong(desk, run, number, told):
    withdraw_import(run=run, reason="Wrong.")
    with pytest.raises(CommandError, match=told) as caught:
        call_command("withdraw", number or str(run.pk), "--reason", "Wrong.")
    assert caught.value.returncode == 2


def test_the_import_of_another_brand_is_none(desk, run, other_organisation):
    with pytest.raises(CommandError, match="There is no import"):
        call_command("withdraw", str(run.pk), "--reason", "Wrong.", "--organisation", "globex")
    assert Import.objects.get(pk=run.pk).withdrawn_at is None


def test_duplicates_that_other_files_brought_stand_in_its_lines_stead(desk, run):
    other = desk.take("sales-2.csv", sales(row("L9"), row("L1"), row("L1"))).run
    assert (other.accepted, other.duplicates) == (1, 2)
    withdraw_import(run=run, reason="Wrong.")
    assert standing(desk) == [("L1", 1), ("L9", 0)]
    replay = SalesLine.objects.get(external_id="L1", revision=1).import_run
    assert (replay.replays, replay.rows, replay.accepted, replay.duplicates) == (other, 2, 1, 1)


def test_rows_that_were_replayed_go_with_it(desk, run):
    replay = replay_rejects(
        run=run, rejects=run.rejects.all(), changes={run.rejects.get().row_number: {"Net": "3,00"}}
    )
    assert standing(desk) == [("L1", 0), ("L2", 0), ("L3", 0)]
    assert withdraw_import(run=run, reason="Wrong.") == 3
    replay.refresh_from_db()
    assert replay.withdrawn_at
    assert desk.take("sales.csv", TEXT).run.accepted == 2
    assert standing(desk) == [("L1", 1), ("L2", 1)]
