from __future__ import annotations

from datetime import date, timedelta

import pytest
from tests.databases import OwnDatabase, guards_lifted

from headrace.base.models import Organisation
from headrace.ledger import queries
from headrace.ledger.actions import post_many
from headrace.ledger.errors import LedgerBrokenError
from headrace.ledger.models import Entry, Stage, Transfer
from headrace.ledger.queries import Balance, balances, current_position, movements
from headrace.ledger.tests.words import APRIL, MARCH, accrual, accrued, expense, payable, settlement


@pytest.fixture
def spring(organisation: Organisation) -> list[int]:
    """Two partners earn in March, one is settled in April, a correction comes in April; the positions."""
    steps = [
        accrual("earning:1", 100_00),
        accrual("earning:2", 30_00, owner="partner:2"),
        accrual("earning:3", 500, owner="partner:2", unit="points"),
        settlement("settle:1", 100_00),
        accrual("earning:1:2", -20_00, occurred_on=APRIL),
    ]
    positions = []
    for step in steps:
        post_many(organisation=organisation, transfers=[step])
        positions.append(current_position(organisation))
    return positions


def test_all_accounts(organisation: Organisation, spring: list[int]) -> None:
    assert balances(organisation=organisation) == [
        Balance(expense(), 110_00),
        Balance(expense("points"), 500),
        Balance(accrued(), 20_00),
        Balance(payable(), -100_00),
        Balance(accrued("partner:2"), -30_00),
        Balance(accrued("partner:2", "points"), -500),
    ]


def test_of_one_owner_unit_stage_programme(organisation: Organisation, spring: list[int]) -> None:
    partner_2 = balances(organisation=organisation, owner="partner:2")
    assert [each.account.unit for each in partner_2] == ["EUR", "points"]
    assert [each.owed_minor for each in partner_2] == [30_00, 500]
    assert balances(organisation=organisation, owner="", unit="points") == [Balance(expense("points"), 500)]
    assert balances(organisation=organisation, stage=Stage.PAYABLE) == [Balance(payable(), -100_00)]
    assert balances(organisation=organisation, programme="programme:2") == []


def test_as_of_a_position(organisation: Organisation, spring: list[int]) -> None:
    at = {"organisation": organisation, "owner": "partner:1"}
    assert balances(**at, as_of_position=0) == []
    assert balances(**at, as_of_position=spring[2]) == [Balance(accrued(), -100_00)]
    assert balances(**at, as_of_position=spring[3]) == [
        Balance(accrued(), 0),
        Balance(payable(), -100_00),
    ]


def test_on_a_day_and_as_it_was_known_then(organisation: Organisation, spring: list[int]) -> None:
    def spent(on: date, position: int | None = None) -> int:
        found = balances(organisation=organisation, unit="EUR", owner="", on=on, as_of_position=position)
        return sum(each.amount_minor for each in found)

    assert spent(MARCH - timedelta(days=1)) == 0
    assert spent(MARCH) == 130_00
    assert spent(APRIL) == 110_00
    assert spent(APRIL, spring[0]) == 100_00


def test_opening_and_movements_make_closing(organisation: Organisation, spring: list[int]) -> None:
    def owed(position: int) -> int:
        found = balances(organisation=organisation, owner="partner:1", as_of_position=position)
        return sum(each.owed_minor for each in found)

    moved = movements(
        organisation=organisation, owner="partner:1", after_position=spring[0], as_of_position=spring[4]
    )
    assert [each.key for each in moved] == ["settle:1", "settle:1", "earning:1:2"]
    assert [each.position for each in moved] == [spring[3], spring[3], spring[4]]
    assert owed(spring[0]) + sum(each.owed_minor for each in moved) == owed(spring[4]) == 80_00


def test_another_organisation_sees_nothing(
    organisation: Organisation, other_organisation: Organisation, spring: list[int]
) -> None:
    assert balances(organisation=other_organisation) == []
    assert movements(organisation=other_organisation) == []


def test_takes_one_query_however_many_accounts(
    organisation: Organisation, spring: list[int], django_assert_num_queries: object
) -> None:
    with django_assert_num_queries(1):
        balances(organisation=organisation)
    with django_assert_num_queries(1):
        movements(organisation=organisation)


@pytest.mark.broken_ledger
def test_a_ledger_that_does_not_balance_is_not_read(
    own_database: OwnDatabase, organisation: Organisation, spring: list[int]
) -> None:
    with guards_lifted():
        Entry.objects.filter(account__stage=Stage.PAYABLE).update(amount_minor=-100_01)
    with pytest.raises(LedgerBrokenError, match=r"{'EUR': -1}"):
        balances(organisation=organisation)
    with pytest.raises(LedgerBrokenError, match="settle:1"):
        queries.entries_of(Transfer.objects.get(key="settle:1"))
