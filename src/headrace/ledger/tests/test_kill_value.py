"""A process that holds, pays, credits, spends and seals is killed at random points and run again."""

from __future__ import annotations

import pytest
from tests.databases import OwnDatabase
from tests.together import kill_and_rerun

from headrace.base.models import Organisation
from headrace.ledger.blocks import head_of
from headrace.ledger.invariants import violations
from headrace.ledger.models import Hold, Lot, Stage, Transfer
from headrace.ledger.queries import balances

TURNS = 40


@pytest.mark.slow
def test_killed_and_run_again(own_database: OwnDatabase, organisation: Organisation) -> None:
    child = ["-m", "headrace.ledger.tests.value_child", organisation.code, str(TURNS)]
    between: list[list[str]] = []

    killed = kill_and_rerun(
        child,
        own_database.environment,
        kills=5,
        lines_max=6,
        seed=11,
        after_each=lambda: between.append(violations(organisation)),
    )
    assert killed == 5
    assert between == [[]] * 5
    assert (Hold.objects.count(), Lot.objects.count()) == (TURNS, TURNS)
    head = head_of(organisation)
    assert head is not None
    assert Transfer.objects.filter(id__lte=head.to_position).count() == 7 * TURNS
    assert owed(organisation, Stage.PAYABLE, "EUR") == 10 * TURNS - 7 * TURNS // 2
    assert owed(organisation, Stage.HELD, "EUR") == 0
    assert owed(organisation, Stage.PAID, "EUR") == 7 * TURNS // 2
    assert owed(organisation, Stage.PAID, "points") == 4 * TURNS
    assert owed(organisation, Stage.AVAILABLE, "points") == 0  # the other five of each ten expired


def owed(organisation: Organisation, stage: Stage, unit: str) -> int:
    return sum(each.owed_minor for each in balances(organisation=organisation, stage=stage, unit=unit))
