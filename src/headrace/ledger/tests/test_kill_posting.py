"""A process that posts is killed at random points and run again: nothing lost, nothing twice."""

from __future__ import annotations

import pytest
from tests.databases import OwnDatabase
from tests.together import kill_and_rerun

from headrace.base.models import Organisation
from headrace.ledger.models import Transfer
from headrace.ledger.queries import balances

TRANSFERS = 1_000


@pytest.mark.slow
def test_killed_and_run_again(own_database: OwnDatabase, organisation: Organisation) -> None:
    child = ["-m", "headrace.ledger.tests.posting_child", organisation.code, str(TRANSFERS)]
    seed = 7
    between: list[int] = []

    killed = kill_and_rerun(
        child,
        own_database.environment,
        kills=5,
        lines_max=50,
        seed=seed,
        after_each=lambda: between.append(Transfer.objects.count()),
    )
    keys = list(Transfer.objects.order_by("id").values_list("key", flat=True))
    assert sorted(keys) == sorted(f"earning:{number}" for number in range(TRANSFERS)), f"seed {seed}"
    for remainder in range(7):
        owed = sum(1 + number for number in range(remainder, TRANSFERS, 7))
        found = balances(organisation=organisation, owner=f"partner:{remainder}")
        assert [balance.owed_minor for balance in found] == [owed], f"seed {seed}"
    assert killed == 5, f"seed {seed}"
    assert any(0 < count < TRANSFERS for count in between), f"no kill fell into the middle, seed {seed}"
