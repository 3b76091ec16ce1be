"""A process that pays is killed at random points and run again: nothing lost, nothing paid twice."""

from __future__ import annotations

import pytest
from tests.databases import OwnDatabase
from tests.together import kill_and_rerun

from headrace.base.models import Organisation, User
from headrace.ledger.models import Stage
from headrace.partners.models import Partner
from headrace.payouts.models import Payout, PayoutBatch
from headrace.payouts.tests import desk

OWED = 40


@pytest.mark.slow
def test_killed_and_run_again(
    own_database: OwnDatabase, organisation: Organisation, finance: User, approver: User
) -> None:
    desk.pay_from(organisation)
    partner = Partner.objects.create(organisation=organisation, code="north", name="North")
    desk.account(organisation, partner, finance)
    child = ["-m", "headrace.payouts.tests.payout_child", organisation.code, str(OWED)]
    killed = kill_and_rerun(child, own_database.environment, kills=4, lines_max=8, seed=11)
    total = sum(1 + number for number in range(OWED))
    assert desk.standing(organisation, Stage.BANK) == total
    assert sum(Payout.objects.filter(state="paid").values_list("amount_minor", flat=True)) == total
    assert set(PayoutBatch.objects.values_list("state", flat=True)) == {"handed_over"}
    assert killed == 4
