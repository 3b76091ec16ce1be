"""Lots: what expires first is spent first, what expired is gone once, and what is owed is paid first."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from tests.databases import OwnDatabase, guards_lifted
from tests.together import in_threads

from headrace.base.models import Organisation
from headrace.ledger import lots
from headrace.ledger.actions import post_many
from headrace.ledger.drafts import TransferDraft, move
from headrace.ledger.errors import InsufficientFundsError, KeyReusedError, LedgerError
from headrace.ledger.holds import HoldDraft
from headrace.ledger.invariants import lots_explain_what_is_available
from headrace.ledger.models import Lot, LotUse, Stage, Transfer
from headrace.ledger.queries import balances
from headrace.ledger.tests.words import APRIL, MARCH, available, expense, payable, spent

MAY, JUNE = date(2025, 5, 31), date(2025, 6, 30)


def credit(organisation: Organisation, key: str, amount_minor: int, **changes: Any) -> Lot:
    wanted = {
        "kind": "points_earned",
        "occurred_on": MARCH,
        "account": available(),
        "source": expense("points"),
        "expires_on": None,
        "details": {},
    }
    return lots.credit_lot(
        organisation=organisation, key=key, amount_minor=amount_minor, **{**wanted, **changes}
    )


def spend(organisation: Organisation, key: str, amount_minor: int, on: date = APRIL) -> Transfer:
    return lots.spend(
        organisation=organisation,
        key=key,
        kind="points_spent",
        occurred_on=on,
        account=available(),
        to=spent(),
        amount_minor=amount_minor,
        details={},
    )


def claw_back(organisation: Organisation, key: str, amount_minor: int) -> Transfer:
    return lots.claw_back(
        organisation=organisation,
        key=key,
        kind="clawback",
        occurred_on=APRIL,
        account=available(),
        to=expense("points"),
        amount_minor=amount_minor,
        details={},
    )


def left(organisation: Organisation) -> dict[str, int]:
    return {each.lot.transfer.key: each.left_minor for each in lots.lots_left(organisation, owner="person:1")}


def owed(organisation: Organisation) -> int:
    return sum(each.owed_minor for each in balances(organisation=organisation, stage=Stage.AVAILABLE))


def uses(transfer: Transfer) -> dict[str, int]:
    return {
        each.lot.transfer.key: each.amount_minor
        for each in LotUse.objects.filter(transfer=transfer).order_by("id")
    }


def test_what_expires_first_is_spent_first(organisation: Organisation) -> None:
    credit(organisation, "never", 100)
    credit(organisation, "june", 100, expires_on=JUNE)
    credit(organisation, "may", 100, expires_on=MAY)
    credit(organisation, "may too", 100, expires_on=MAY)
    assert list(left(organisation)) == ["may", "may too", "june", "never"]
    assert uses(spend(organisation, "order:1", 250)) == {"may": 100, "may too": 100, "june": 50}
    assert left(organisation) == {"june": 50, "never": 100}
    assert owed(organisation) == 150


def test_again_changes_nothing(organisation: Organisation) -> None:
    first = credit(organisation, "lot", 100, expires_on=MAY)
    assert credit(organisation, "lot", 100, expires_on=MAY) == first
    assert spend(organisation, "order:1", 70) == spend(organisation, "order:1", 70)
    assert left(organisation) == {"lot": 30}


def test_another_day_of_expiry_is_another_content(organisation: Organisation) -> None:
    credit(organisation, "lot", 100, expires_on=MAY)
    with pytest.raises(KeyReusedError):
        credit(organisation, "lot", 100, expires_on=JUNE)


def test_no_more_is_spent_than_is_available(organisation: Organisation) -> None:
    credit(organisation, "lot", 100)
    with pytest.raises(InsufficientFundsError, match="101 of points wanted, and 100 are available"):
        spend(organisation, "order:1", 101)
    assert (left(organisation), owed(organisation)) == ({"lot": 100}, 100)


def test_a_lot_can_be_spent_on_its_last_day_and_not_after(organisation: Organisation) -> None:
    credit(organisation, "lot", 100, expires_on=APRIL)
    spend(organisation, "order:1", 10, on=APRIL)
    with pytest.raises(InsufficientFundsError, match="1 of points wanted, and 0"):
        spend(organisation, "order:2", 1, on=date(2025, 5, 1))


def test_what_is_left_expires_once(organisation: Organisation) -> None:
    credit(organisation, "april", 100, expires_on=APRIL)
    credit(organisation, "april too", 5, expires_on=APRIL)
    credit(organisation, "may", 100, expires_on=MAY)
    spend(organisation, "order:1", 30)
    assert lots.expire_lots(organisation=organisation, on=APRIL) == 0
    assert lots.expire_lots(organisation=organisation, on=date(2025, 5, 1)) == 2
    assert lots.expire_lots(organisation=organisation, on=date(2025, 5, 1)) == 0
    assert (left(organisation), owed(organisation)) == ({"may": 100}, 100)
    expired = Transfer.objects.get(key="april:expired")
    assert (expired.kind, uses(expired)) == ("lot_expired", {"april": 70})
    assert expired.details == {"lot": "april", "expires_on": "2025-04-30"}


def test_a_clawback_of_what_was_spent_is_a_debt_that_the_next_credits_pay(organisation: Organisation) -> None:
    credit(organisation, "first", 100)
    spend(organisation, "order:1", 80)
    back = claw_back(organisation, "return:1", 100)
    assert (uses(back), left(organisation), owed(organisation)) == ({"first": 20}, {}, -80)
    credit(organisation, "second", 50)
    assert (uses(back), left(organisation), owed(organisation)) == ({"first": 20, "second": 50}, {}, -30)
    with pytest.raises(InsufficientFundsError):
        spend(organisation, "order:2", 1)
    credit(organisation, "third", 50)
    assert uses(back) == {"first": 20, "second": 50, "third": 30}
    assert (left(organisation), owed(organisation)) == ({"third": 20}, 20)


def test_several_debts_are_paid_the_oldest_first(organisation: Organisation) -> None:
    debts = [claw_back(organisation, f"return:{n}", 10) for n in range(3)]
    credit(organisation, "lot", 15)
    assert [uses(each) for each in debts] == [{"lot": 10}, {"lot": 5}, {}]


def test_accounts_keep_their_own_lots(organisation: Organisation) -> None:
    credit(organisation, "theirs", 100, account=available("person:2"))
    with pytest.raises(InsufficientFundsError):
        spend(organisation, "order:1", 1)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"account": payable()}, "lots stand at 'available'"),
        ({"source": available("person:2")}, "what moves them stands elsewhere"),
        ({"amount_minor": 0}, "an amount of 0"),
        ({"expires_on": date(2025, 3, 30)}, "would expire on 2025-03-30, before 2025-03-31"),
    ],
)
def test_what_can_be_no_lot_is_refused(
    organisation: Organisation, changes: dict[str, Any], message: str
) -> None:
    with pytest.raises(LedgerError, match=message):
        credit(organisation, "lot", **{"amount_minor": 1, **changes})
    assert not Transfer.objects.exists()


def test_nobody_else_posts_to_lots_or_holds_them(organisation: Organisation) -> None:
    past_the_lots = TransferDraft("x", "x", APRIL, move(1, debit=expense("points"), credit=available()), {})
    with pytest.raises(LedgerError, match="kept by holds and lots"):
        post_many(organisation=organisation, transfers=[past_the_lots])
    with pytest.raises(LedgerError, match="can't be held"):
        HoldDraft("x", "x", APRIL, {available(): 1}, {})


def outcome(work: Callable[[], object]) -> str:
    try:
        work()
    except LedgerError as error:
        return type(error).__name__
    return "done"


def test_spendings_at_once_never_overdraw(own_database: OwnDatabase, organisation: Organisation) -> None:
    for n in range(4):
        credit(organisation, f"lot:{n}", 25)
    done = in_threads([lambda n=n: outcome(lambda: spend(organisation, f"order:{n}", 30)) for n in range(8)])
    assert sorted(done) == ["InsufficientFundsError"] * 5 + ["done"] * 3
    assert owed(organisation) == 10


def test_first_credit_and_clawback_at_once(own_database: OwnDatabase, organisation: Organisation) -> None:
    """The account is opened by either; whichever is later finds the other's lot or debt."""
    works = [lambda n=n: credit(organisation, f"lot:{n}", 10) for n in range(4)]
    works += [lambda n=n: claw_back(organisation, f"return:{n}", 7) for n in range(4)]
    in_threads(works)
    assert owed(organisation) == sum(left(organisation).values()) == 12


def test_expiries_at_once_are_one(own_database: OwnDatabase, organisation: Organisation) -> None:
    for n in range(5):
        credit(organisation, f"lot:{n}", 10, expires_on=APRIL, account=available(f"person:{n % 2}"))
    counts = in_threads([lambda: lots.expire_lots(organisation=organisation, on=MAY)] * 4)
    assert (sum(counts), owed(organisation)) == (5, 0)


def test_the_database_refuses_to_use_more_than_is_left(
    own_database: OwnDatabase, organisation: Organisation
) -> None:
    lot = credit(organisation, "lot", 10)
    spend(organisation, "order:1", 4)
    with pytest.raises(IntegrityError, match="more than is left"), transaction.atomic():
        LotUse.objects.create(organisation=organisation, lot=lot, transfer=lot.transfer, amount_minor=7)


@pytest.mark.broken_ledger
def test_harm_to_lots_is_seen(own_database: OwnDatabase, organisation: Organisation) -> None:
    credit(organisation, "lot", 10)
    spend(organisation, "order:1", 4)
    with guards_lifted():
        LotUse.objects.update(amount_minor=3)
    assert lots_explain_what_is_available(organisation) == [
        "Account person:1:programme:1:available:points: owes 1 while lots are left"
    ]
    with guards_lifted():
        LotUse.objects.update(amount_minor=11)
    assert lots_explain_what_is_available(organisation) == [
        "Transfer order:1: used more of lots than it moved",
        "Lot lot: more was used than it held",
    ]
    with guards_lifted():
        LotUse.objects.all()._raw_delete("default")
        Lot.objects.all()._raw_delete("default")
    assert lots_explain_what_is_available(organisation) == [
        "Transfer lot: there is no lot of what it made available"
    ]
