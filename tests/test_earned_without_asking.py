"""From the file to the ledger without anyone asking for a calculation: imported, repaired, doubted, taken back."""

from threading import Event

import pytest
from django.utils import timezone

from headrace.base import jobs
from headrace.base.models import Job, Organisation, User
from headrace.config.wiring import JOB_HANDLERS
from headrace.ledger.models import Stage
from headrace.ledger.queries import balances
from headrace.partners.models import Partner
from headrace.programmes.actions import launch_programme
from headrace.sales import arrivals
from headrace.sales.doubts import confirm_doubt
from headrace.sales.import_withdrawal import withdraw_import
from headrace.sales.models import Doubt
from headrace.sales.replay import replay_rejects
from tests.market import deliver, open_market, sale, send
from tests.test_api_sales import REBATE


@pytest.fixture
def market(organisation: Organisation, channel_manager: User) -> Organisation:
    open_market(organisation)
    launch_programme(organisation=organisation, document=REBATE, user=channel_manager)
    work()
    return organisation


def work() -> None:
    """What a worker does, with what waits for others to come brought forward."""
    while jobs.work(JOB_HANDLERS, stop=Event(), until_empty=True):
        Job.objects.filter(done_at=None).update(wanted_at=timezone.now())
    assert not Job.objects.filter(done_at=None).exists()


def earned() -> dict[str, int]:
    """Partner -> what it is owed in cents by the ledger."""
    work()
    codes = {f"partner:{pk}": code for pk, code in Partner.objects.values_list("pk", "code")}
    found = balances(organisation=Organisation.objects.get(), stage=Stage.ACCRUED)
    return {codes[one.account.owner]: one.owed_minor for one in found if one.owed_minor}


def test_an_import_is_earned(market: Organisation) -> None:
    deliver(market, "sales", sale("1", "north", "2026-02-01", "100"), sale("2", "south", "2026-02-01", "50"))
    assert earned() == {"north": 100, "south": 50}


def test_a_repaired_row_is_earned(market: Organisation) -> None:
    run = send(market, sale("1", "north", "2026-02-01", "a hundred"))
    assert earned() == {}
    replay_rejects(run=run, rejects=run.rejects.all(), changes={2: {"net_amount": "100"}})
    assert earned() == {"north": 100}


def test_a_withdrawn_import_is_no_longer(market: Organisation) -> None:
    run = deliver(market, "sales", sale("1", "north", "2026-02-01", "100")).run
    assert run
    assert earned() == {"north": 100}
    withdraw_import(run=run, reason="Wrong month.")
    assert earned() == {}


def test_nor_is_what_a_confirmed_doubt_withdrew(market: Organisation, channel_manager: User) -> None:
    deliver(market, "sales", sale("1", "north", "2026-02-01", "100", order_id="A-1"))
    deliver(market, "sales", sale("2", "north", "2026-02-01", "100", order_id="A-1"))
    assert earned() == {"north": 200}
    confirm_doubt(doubt=Doubt.objects.get(), user=channel_manager)
    assert earned() == {"north": 100}


def test_many_partners_are_worked_out_once(market: Organisation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arrivals, "PARTNERS_MAX", 1)
    deliver(market, "sales", sale("1", "north", "2026-02-01", "100"), sale("2", "south", "2026-02-01", "50"))
    waiting = Job.objects.get(done_at=None)
    assert (waiting.kind, waiting.payload) == (arrivals.LINES_ARRIVED, {"partners": None})
    assert earned() == {"north": 100, "south": 50}


def test_many_lines_are_too(market: Organisation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arrivals, "LINES_MAX", 1)
    deliver(market, "sales", sale("1", "north", "2026-02-01", "100"), sale("2", "north", "2026-02-01", "50"))
    assert Job.objects.get(done_at=None).payload == {"partners": None}
    assert earned() == {"north": 150}
