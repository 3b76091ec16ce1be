"""A process that calculates and publishes is killed at random points and run again: nothing lost, nothing twice."""

from collections import defaultdict

import pytest
from tests.databases import OwnDatabase
from tests.market import deliver, open_market, sale
from tests.together import kill_and_rerun

from headrace.base.models import Organisation
from headrace.earnings.models import Earning
from headrace.earnings.queries import standing
from headrace.earnings.tests.conftest import REBATE
from headrace.ledger.models import Stage, Transfer
from headrace.ledger.queries import balances
from headrace.programmes.actions import launch_programme

MONTHLY = REBATE.replace("programme: rebate", "programme: monthly").replace("every: quarter", "every: month")
KILLS = 4


@pytest.mark.slow
def test_killed_and_run_again(own_database: OwnDatabase, organisation: Organisation) -> None:
    open_market(organisation)
    days = [f"2026-{month:02}-{day:02}" for month in range(1, 10) for day in range(1, 29)]
    rows = [
        sale(f"{partner}-{day}", partner, day, f"{100 + place}.37")
        for partner in ("north", "south")
        for place, day in enumerate(days)
    ]
    deliver(organisation, "sales", *rows)
    for document in (REBATE, MONTHLY):
        launch_programme(organisation=organisation, document=document)
    child = ["-m", "headrace.earnings.tests.publishing_child", organisation.code]
    kill_and_rerun(child, own_database.environment, kills=KILLS, lines_max=2, seed=7)

    earnings = list(standing(Earning.objects.all()))
    assert {(e.programme.key, e.partner.code, e.period_to.month) for e in earnings} == {
        *(("rebate", partner, month) for partner in ("north", "south") for month in (3, 6, 9)),
        *(("monthly", partner, month) for partner in ("north", "south") for month in range(1, 10)),
    }
    owed: defaultdict[str, int] = defaultdict(int)
    for earning in earnings:
        owed[earning.owner] += earning.amount_minor
    found = {b.account.owner: 0 for b in balances(organisation=organisation, stage=Stage.ACCRUED)}
    for balance in balances(organisation=organisation, stage=Stage.ACCRUED):
        found[balance.account.owner] += balance.owed_minor
    assert found == owed
    assert Transfer.objects.count() == Earning.objects.count() == len(earnings)
