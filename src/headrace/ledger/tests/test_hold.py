"""Holds: never more than is there, and each ends once."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest
from django.db import connection, transaction
from tests.databases import OwnDatabase, guards_lifted
from tests.together import in_threads

from headrace.base.models import Organisation
from headrace.ledger import holds
from headrace.ledger.actions import post_many
from headrace.ledger.drafts import TransferDraft, advance
from headrace.ledger.errors import HoldEndedError, InsufficientFundsError, KeyReusedError, LedgerError
from headrace.ledger.holds import HoldDraft
from headrace.ledger.invariants import holds_explain_what_is_held
from headrace.ledger.models import AccountKey, Hold, HoldEnd, Stage, Transfer
from headrace.ledger.queries import balances
from headrace.ledger.tests.words import APRIL, accrual, payable, settlement

PAYABLE_OF_TWO = AccountKey("partner:1", "EUR", Stage.PAYABLE, "programme:2")


@pytest.fixture
def owed(organisation: Organisation) -> Organisation:
    """12.50 are payable to partner:1."""
    post_many(organisation=organisation, transfers=[accrual(), settlement()])
    return organisation


def hold(
    organisation: Organisation,
    amount_minor: int = 12_50,
    key: str = "batch:1:partner:1",
    parts: Mapping[AccountKey, int] | None = None,
) -> Hold:
    return holds.hold(
        organisation=organisation,
        key=key,
        kind="payout_held",
        occurred_on=APRIL,
        parts=parts or {payable(): amount_minor},
        details={"batch": 1},
    )


def pay(held: Hold) -> HoldEnd:
    return holds.post_hold(held, to=Stage.PAID, kind="payout_sent", occurred_on=APRIL, details={})


def void(held: Hold) -> HoldEnd:
    return holds.void_hold(held, kind="payout_cancelled", occurred_on=APRIL, details={})


def owed_at(organisation: Organisation, stage: Stage) -> int:
    return sum(each.owed_minor for each in balances(organisation=organisation, stage=stage))


def by_stage(organisation: Organisation) -> tuple[int, int, int]:
    return tuple(owed_at(organisation, stage) for stage in (Stage.PAYABLE, Stage.HELD, Stage.PAID))


def test_sets_aside(owed: Organisation) -> None:
    held = hold(owed, 12_00)
    assert (held.key, held.owner, held.unit, held.amount_minor) == (
        "batch:1:partner:1",
        "partner:1",
        "EUR",
        12_00,
    )
    assert by_stage(owed) == (50, 12_00, 0)


def test_posts_onwards_once(owed: Organisation) -> None:
    held = hold(owed)
    assert pay(held) == pay(held)
    assert by_stage(owed) == (0, 0, 12_50)
    with pytest.raises(HoldEndedError, match="went to the stage 'paid' already"):
        void(held)


def test_voids_once(owed: Organisation) -> None:
    held = hold(owed)
    assert void(held) == void(held)
    assert void(held).is_void
    assert by_stage(owed) == (12_50, 0, 0)
    with pytest.raises(HoldEndedError, match="can't go to 'paid' too"):
        pay(held)


def test_again_finds_the_hold_also_when_the_money_is_gone(owed: Organisation) -> None:
    first = hold(owed)
    assert hold(owed) == first
    pay(first)
    assert hold(owed) == first
    assert Hold.objects.count() == 1


def test_again_with_another_amount_is_refused(owed: Organisation) -> None:
    hold(owed, 5_00)
    with pytest.raises(KeyReusedError):
        hold(owed, 6_00)


def test_never_more_than_is_there(owed: Organisation) -> None:
    with pytest.raises(InsufficientFundsError, match="1251 minor units of EUR wanted, and 1250 stand"):
        hold(owed, 12_51)
    hold(owed, 12_50)
    with pytest.raises(InsufficientFundsError, match="1 minor units of EUR wanted, and 0 stand"):
        hold(owed, 1, key="batch:2:partner:1")


def test_the_debt_of_one_programme_is_netted(owed: Organisation) -> None:
    """12.50 owed by one programme, 4.00 to be given back to another: 8.50 can be held, no cent more."""
    clawed_back = TransferDraft(
        "clawback:1", "clawback", APRIL, advance(4_00, PAYABLE_OF_TWO, Stage.APPROVED), {}
    )
    post_many(organisation=owed, transfers=[clawed_back])
    with pytest.raises(InsufficientFundsError):
        hold(owed, 8_51)
    held = hold(owed, parts={payable(): 12_50, PAYABLE_OF_TWO: -4_00})
    assert held.amount_minor == 8_50
    assert {each.amount_minor for each in balances(organisation=owed, stage=Stage.PAYABLE)} == {0}
    void(held)
    assert owed_at(owed, Stage.PAYABLE) == 8_50


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({}, "of one owner, unit and stage, not of 0"),
        ({payable(): 1, payable("partner:2"): 1}, "not of 2"),
        ({payable(): 0}, "a hold of 0"),
        ({payable(): -1}, "a hold of -1"),
        ({payable()._replace(stage=Stage.HELD): 1}, "can't be held by itself"),
    ],
)
def test_what_cannot_be_held_is_refused(
    owed: Organisation, parts: Mapping[AccountKey, int], message: str
) -> None:
    with pytest.raises(LedgerError, match=message):
        HoldDraft("batch:1", "payout_held", APRIL, parts, {})


def test_a_hold_is_not_posted_back_nor_to_the_held(owed: Organisation) -> None:
    held = hold(owed)
    for stage in (Stage.PAYABLE, Stage.HELD):
        with pytest.raises(LedgerError, match="to give it back, void it"):
            holds.post_hold(held, to=stage, kind="x", occurred_on=APRIL, details={})


def test_nobody_else_posts_to_what_is_held(owed: Organisation) -> None:
    past_the_hold = TransferDraft("x", "x", APRIL, advance(1, payable(), Stage.HELD), {})
    with pytest.raises(LedgerError, match="kept by holds"):
        post_many(organisation=owed, transfers=[past_the_hold])


def test_many_holds_in_few_queries(organisation: Organisation, django_assert_max_num_queries: object) -> None:
    for count in (3, 100):
        owners = [f"partner:{count}:{n}" for n in range(count)]
        accruals = [accrual(f"earning:{owner}", owner=owner) for owner in owners]
        settled = [settlement(f"settle:{owner}", owner=owner) for owner in owners]
        post_many(organisation=organisation, transfers=[*accruals, *settled])
        drafts = [HoldDraft(f"batch:{each}", "held", APRIL, {payable(each): 12_50}, {}) for each in owners]
        with django_assert_max_num_queries(22):
            held = holds.hold_many(organisation=organisation, holds=drafts)
        with django_assert_max_num_queries(22):
            holds.post_holds(held, to=Stage.PAID, kind="sent", occurred_on=APRIL, details={})
        assert [each.key for each in held] == [draft.key for draft in drafts]
    assert by_stage(organisation) == (0, 0, 103 * 12_50)


def test_one_that_cannot_be_held_takes_the_others_back(owed: Organisation) -> None:
    drafts = [HoldDraft(f"batch:{n}", "held", APRIL, {payable(): 5_00}, {}) for n in range(3)]
    with pytest.raises(InsufficientFundsError, match="batch:2: 500 minor units of EUR wanted, and 250"):
        holds.hold_many(organisation=owed, holds=drafts)
    assert by_stage(owed) == (12_50, 0, 0)


def outcome(work: Callable[[], object]) -> str:
    try:
        work()
    except LedgerError as error:
        return type(error).__name__
    return "done"


def test_holds_at_once_never_overdraw(own_database: OwnDatabase, owed: Organisation) -> None:
    done = in_threads([lambda n=n: outcome(lambda: hold(owed, 4_00, key=f"batch:{n}")) for n in range(8)])
    assert sorted(done) == ["InsufficientFundsError"] * 5 + ["done"] * 3
    assert by_stage(owed) == (50, 12_00, 0)


def test_the_same_hold_at_once_is_one(own_database: OwnDatabase, owed: Organisation) -> None:
    found = in_threads([lambda: hold(owed)] * 6)
    assert len({each.pk for each in found}) == 1


def test_ends_at_once_are_one(own_database: OwnDatabase, owed: Organisation) -> None:
    held = hold(owed)
    done = in_threads([lambda: outcome(lambda: pay(held)), lambda: outcome(lambda: void(held))] * 4)
    assert sorted(done) == ["HoldEndedError"] * 4 + ["done"] * 4
    assert Transfer.objects.filter(key="batch:1:partner:1:end").count() == 1


def test_holds_hold_up_no_posting(own_database: OwnDatabase, owed: Organisation) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer at a time")

    def post_within_a_second() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '1s'")
            post_many(organisation=owed, transfers=[settlement("settle:2", 1)])

    with transaction.atomic():
        hold(owed)
        in_threads([post_within_a_second])
    assert by_stage(owed) == (1, 12_50, 0)


@pytest.mark.broken_ledger
def test_what_is_held_without_a_hold_is_seen(own_database: OwnDatabase, owed: Organisation) -> None:

    pay(hold(owed, 5_00))
    with guards_lifted():
        Hold.objects.update(amount_minor=5_01)
    assert (
        holds_explain_what_is_held(owed) == ["Hold batch:1:partner:1: its transfer moved another amount"] * 2
    )
    with guards_lifted():
        HoldEnd.objects.all()._raw_delete("default")
        Hold.objects.all()._raw_delete("default")
    assert holds_explain_what_is_held(owed) == [
        "Transfer batch:1:partner:1: holds, and there is no hold",
        "Transfer batch:1:partner:1:end: holds, and there is no hold",
    ]
