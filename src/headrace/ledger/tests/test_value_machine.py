"""Any sequence of holding, posting, voiding, crediting, spending, clawing back and expiring, among plain postings,
at once and interrupted, leaves the ledger that a plain model has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule, run_state_machine_as_test
from tests.databases import OwnDatabase
from tests.together import in_threads

from headrace.ledger import holds, lots
from headrace.ledger.errors import HoldEndedError, InsufficientFundsError, LedgerError
from headrace.ledger.models import AccountKey, Hold, Stage
from headrace.ledger.tests.test_ledger_machine import LedgerMachine
from headrace.ledger.tests.words import MARCH, available, expense, payable, spent

OWNERS = st.sampled_from(["partner:1", "partner:2"])
SMALL = st.integers(1, 40)
DAYS = st.integers(0, 5).map(lambda days: MARCH + timedelta(days=days))
LAST_DAYS = st.none() | st.integers(0, 4).map(lambda days: MARCH + timedelta(days=days))


@dataclass
class ModelHold:
    account: AccountKey
    amount_minor: int
    hold: Hold
    ended: str = ""


@dataclass
class ModelLot:
    key: str
    expires_on: date | None
    left: int

    def order(self) -> tuple[bool, date]:
        return self.expires_on is None, self.expires_on or date.max


class EndedHereError(Exception):
    """The process ended here."""


def any_lot(lot: ModelLot) -> bool:
    return True


def outcome(work: Callable[[], object]) -> str:
    try:
        work()
    except LedgerError as error:
        return type(error).__name__
    return "done"


class ValueMachine(LedgerMachine):
    """Beside the plain postings a model of holds and of one account in lots."""

    def __init__(self) -> None:
        super().__init__()
        self.turn = 0
        self.moved: Counter[AccountKey] = Counter()
        self.holds: list[ModelHold] = []
        self.lots: list[ModelLot] = []
        self.debt = 0

    def expected(self) -> Counter[AccountKey]:
        sums = super().expected()
        sums.update(self.moved)
        return sums

    def key(self) -> str:
        self.turn += 1
        return f"value:{self.turn}"

    def move(self, amount_minor: int, debit: AccountKey, credit: AccountKey) -> None:
        self.moved[debit] += amount_minor
        self.moved[credit] -= amount_minor

    def payable_minor(self, owner: str) -> int:
        return -sum(
            amount
            for account, amount in self.expected().items()
            if (account.owner, account.unit, account.stage) == (owner, "EUR", Stage.PAYABLE)
        )

    def interrupted(self, work: Callable[[], object]) -> None:
        """Does the work and ends before the commit; nothing of it may be left."""
        try:
            with transaction.atomic():
                outcome(work)
                raise EndedHereError
        except EndedHereError:
            return

    # Holds

    def hold(self, key: str, account: AccountKey, amount_minor: int) -> Hold:
        return holds.hold(
            organisation=self.organisation,
            key=key,
            kind="held",
            occurred_on=MARCH,
            parts={account: amount_minor},
            details={},
        )

    def note_hold(self, key: str, account: AccountKey, amount_minor: int) -> None:
        held = Hold.objects.select_related("transfer", "organisation").get(
            organisation=self.organisation, transfer__key=key
        )
        self.move(amount_minor, account, account._replace(stage=Stage.HELD))
        self.holds.append(ModelHold(account, amount_minor, held))

    @rule(owner=OWNERS, amount_minor=SMALL, over=st.sampled_from([0, 1]), all_of_it=st.booleans())
    def hold_what_is_there_and_no_more(
        self, owner: str, amount_minor: int, over: int, all_of_it: bool
    ) -> None:
        there = self.payable_minor(owner)
        amount_minor = max(there, 0) + over if all_of_it else amount_minor
        if not amount_minor:
            return
        key, account = self.key(), payable(owner)
        self.interrupted(lambda: self.hold(key, account, amount_minor))
        done = outcome(lambda: self.hold(key, account, amount_minor))
        assert done == ("done" if amount_minor <= there else "InsufficientFundsError")
        if done == "done":
            self.note_hold(key, account, amount_minor)
            assert self.hold(key, account, amount_minor) == self.holds[-1].hold

    @rule(owner=OWNERS, amount_minor=SMALL)
    def hold_at_once(self, owner: str, amount_minor: int) -> None:
        """Three want what is there for two, or less."""
        there = self.payable_minor(owner)
        each = min(max(there, 0) // 2, 10**14) or amount_minor
        works = [(self.key(), payable(owner), each) for _thread in range(3)]
        done = in_threads([lambda work=work: outcome(lambda: self.hold(*work)) for work in works])
        fitting = min(3, max(there, 0) // each)
        assert sorted(done) == ["InsufficientFundsError"] * (3 - fitting) + ["done"] * fitting
        for work, ended in zip(works, done, strict=True):
            if ended == "done":
                self.note_hold(*work)

    def pay(self, hold: Hold) -> object:
        return holds.post_hold(hold, to=Stage.PAID, kind="paid", occurred_on=MARCH, details={})

    def void(self, hold: Hold) -> object:
        return holds.void_hold(hold, kind="void", occurred_on=MARCH, details={})

    def note_end(self, held: ModelHold, ended: str) -> None:
        to = held.account if ended == "void" else held.account._replace(stage=Stage.PAID)
        self.move(held.amount_minor, held.account._replace(stage=Stage.HELD), to)
        held.ended = ended

    @rule(which=st.integers(0, 5), ended=st.sampled_from(["pay", "void"]), at_once=st.booleans())
    def end_a_hold(self, which: int, ended: str, at_once: bool) -> None:
        if not self.holds:
            return
        held = self.holds[which % len(self.holds)]
        verbs = {"pay": self.pay, "void": self.void}
        if not held.ended:
            self.interrupted(lambda: verbs[ended](held.hold))
            if at_once:
                done = in_threads(
                    [lambda verb=verb: outcome(lambda: verb(held.hold)) for verb in [*verbs.values()] * 2]
                )
                assert done in (["done", "HoldEndedError"] * 2, ["HoldEndedError", "done"] * 2)
                ended = "pay" if done[0] == "done" else "void"
            else:
                verbs[ended](held.hold)
            self.note_end(held, ended)
        for name, verb in verbs.items():
            assert outcome(lambda verb=verb: verb(held.hold)) == (
                "done" if name == held.ended else HoldEndedError.__name__
            )

    # Lots

    def use(self, amount_minor: int, usable: Callable[[ModelLot], bool]) -> int:
        """First in, first out; gives what the lots could not cover."""
        for lot in sorted(filter(usable, self.lots), key=ModelLot.order):
            used = min(lot.left, amount_minor)
            lot.left -= used
            amount_minor -= used
        return amount_minor

    @rule(amount_minor=SMALL, expires_on=LAST_DAYS)
    def credit(self, amount_minor: int, expires_on: date | None) -> None:
        key = self.key()

        def credit() -> object:
            return lots.credit_lot(
                organisation=self.organisation,
                key=key,
                kind="earned",
                occurred_on=MARCH,
                account=available(),
                source=expense("points"),
                amount_minor=amount_minor,
                expires_on=expires_on,
                details={},
            )

        self.interrupted(credit)
        assert credit() == credit()
        paid = min(self.debt, amount_minor)
        self.debt -= paid
        self.lots.append(ModelLot(key, expires_on, amount_minor - paid))
        self.move(amount_minor, expense("points"), available())

    def debit(self, verb: Callable[..., object], key: str, amount_minor: int, on: date) -> str:
        return outcome(
            lambda: verb(
                organisation=self.organisation,
                key=key,
                kind="debit",
                occurred_on=on,
                account=available(),
                to=spent(),
                amount_minor=amount_minor,
                details={},
            )
        )

    @rule(amount_minor=SMALL, on=DAYS)
    def spend(self, amount_minor: int, on: date) -> None:
        def usable(lot: ModelLot) -> bool:
            return lot.expires_on is None or lot.expires_on >= on

        key, there = self.key(), sum(lot.left for lot in self.lots if usable(lot))
        self.interrupted(lambda: self.debit(lots.spend, key, amount_minor, on))
        done = self.debit(lots.spend, key, amount_minor, on)
        assert done == ("done" if amount_minor <= there else InsufficientFundsError.__name__)
        if done == "done":
            assert self.debit(lots.spend, key, amount_minor, on) == "done"
            self.use(amount_minor, usable)
            self.move(amount_minor, available(), spent())

    @rule(amount_minor=SMALL)
    def spend_at_once(self, amount_minor: int) -> None:
        there = sum(lot.left for lot in self.lots)
        threads = [(self.key(), amount_minor) for _thread in range(3)]
        done = in_threads(
            [lambda key=key: self.debit(lots.spend, key, amount_minor, MARCH) for key, _amount in threads]
        )
        fitting = min(3, there // amount_minor)
        assert done.count("done") == fitting
        self.use(fitting * amount_minor, any_lot)
        self.move(fitting * amount_minor, available(), spent())

    @rule(amount_minor=SMALL)
    def claw_back(self, amount_minor: int) -> None:
        key = self.key()
        self.interrupted(lambda: self.debit(lots.claw_back, key, amount_minor, MARCH))
        assert self.debit(lots.claw_back, key, amount_minor, MARCH) == "done"
        assert self.debit(lots.claw_back, key, amount_minor, MARCH) == "done"
        self.debt += self.use(amount_minor, any_lot)
        self.move(amount_minor, available(), spent())

    @rule(on=DAYS, threads=st.integers(1, 3))
    def expire(self, on: date, threads: int) -> None:
        due = [lot for lot in self.lots if lot.left and lot.expires_on is not None and lot.expires_on < on]
        self.interrupted(lambda: lots.expire_lots(organisation=self.organisation, on=on))
        counts = in_threads([lambda: lots.expire_lots(organisation=self.organisation, on=on)] * threads)
        assert sum(counts) == len(due)
        self.move(sum(lot.left for lot in due), available(), expense("points"))
        for lot in due:
            lot.left = 0

    @invariant()
    def lots_are_those_of_the_model(self) -> None:
        left = lots.lots_left(self.organisation, owner="person:1")
        expected = sorted((lot for lot in self.lots if lot.left), key=ModelLot.order)
        assert [(each.lot.transfer.key, each.left_minor) for each in left] == [
            (lot.key, lot.left) for lot in expected
        ]
        assert not connection.in_atomic_block


def test_any_sequence(own_database: OwnDatabase) -> None:
    run_state_machine_as_test(
        ValueMachine,
        settings=settings(
            max_examples=20,
            stateful_step_count=20,
            deadline=None,
            phases=[Phase.explicit, Phase.reuse, Phase.generate],
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        ),
    )
