"""A process that settles is killed at random points and run again: nothing is paid twice, nothing is left out."""

import pytest
from tests.databases import OwnDatabase
from tests.settling import describe_for_tax
from tests.together import kill_and_rerun

from headrace.base.models import Organisation, User
from headrace.payouts.models import CreditNote, CreditNoteCounter, Settlement, Statement
from headrace.payouts.tests.conftest import Sell, owed

KILLS = 3
PARTNERS = ("north", "south")


@pytest.mark.slow
def test_killed_and_run_again(
    own_database: OwnDatabase, market: Organisation, sell: Sell, channel_manager: User, approver: User
) -> None:
    describe_for_tax(market)
    sell(
        *(
            (f"{code}-{month}", code, f"2026-{month:02}-01", "1000")
            for code in PARTNERS
            for month in range(1, 7)
        )
    )
    child = ["-m", "headrace.payouts.tests.settling_child", market.code]
    kill_and_rerun(child, own_database.environment, kills=KILLS, lines_max=6, seed=5)

    # 1% of six months; North, of whom the tax office's numbers are known, gets 19% VAT on top.
    assert owed(market, "north") == {"payable": 6000 + 1140}
    assert owed(market, "south") == {"payable": 6000}
    settled = Settlement.objects.filter(state=Settlement.State.SETTLED)
    assert settled.count() == 2
    assert Statement.objects.count() == 4
    numbers = CreditNote.objects.order_by("number").values_list("number", flat=True)
    assert [int(number[-6:]) for number in numbers] == [1, 2]
    assert CreditNoteCounter.objects.get().last == 2
