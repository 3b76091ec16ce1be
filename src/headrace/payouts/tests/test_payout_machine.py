"""Whatever is retried, killed, answered twice or in another order: the ledger holds, and nobody is paid twice.

Beside the machine stands a bank that pays each reference of a file it was given once, and later tells of it as often
and in whatever order it likes.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from itertools import count
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from lxml import etree
from tests.databases import OwnDatabase
from tests.together import in_threads

from headrace.base import files
from headrace.base.models import ApprovalRequest, Organisation, Role, RoleGrant, User
from headrace.ledger.invariants import violations
from headrace.ledger.models import Stage
from headrace.partners.models import Partner
from headrace.payouts.answers import receive_answer
from headrace.payouts.bank.pain001 import NAMESPACE
from headrace.payouts.bank_accounts import enter_bank_account
from headrace.payouts.batches import drop_batch, hand_over_batch
from headrace.payouts.models import Payout, PayoutBatch
from headrace.payouts.tests import desk

PARTNERS = 3
numbers = count()
choices = st.randoms(use_true_random=False)
FATES = ("booked", "refused", "returned")


class KilledError(Exception):
    """The process died before it could commit."""


def killed(verb: Callable[[], object]) -> None:
    """Does it, and loses it."""
    try:
        with transaction.atomic():
            verb()
            raise KilledError
    except (KilledError, ValidationError):
        return


def tried(verb: Callable[[], Any]) -> Any:
    """Does it where it may be done."""
    try:
        return verb()
    except ValidationError:
        return None


class PayoutMachine(RuleBasedStateMachine):
    """Three partners of an organisation of their own, and its bank."""

    def __init__(self) -> None:
        super().__init__()
        number = next(numbers)
        self.organisation = Organisation.objects.create(code=f"o{number}", name="O", currency="EUR")
        self.finance = self._user(f"finance{number}@o.example", Role.FINANCE)
        self.approver = self._user(f"approver{number}@o.example", Role.APPROVER)
        desk.pay_from(self.organisation)
        self.partners = []
        for place in range(PARTNERS):
            partner = Partner.objects.create(
                organisation=self.organisation, code=f"p{place}", name=f"P{place}"
            )
            self.partners.append(partner)
            desk.account(self.organisation, partner, self.finance, place)
        self.owed: Counter[int] = Counter()
        self.fates: dict[str, str] = {}  # by the reference of a payout that the bank was given
        self.messages = count()

    def _user(self, email: str, role: Role) -> User:
        user = User.objects.create_user(email, "x", name=email, organisation=self.organisation)
        RoleGrant.objects.create(organisation=self.organisation, user=user, role=role)
        return user

    def batches(self) -> list[PayoutBatch]:
        return list(PayoutBatch.objects.filter(organisation=self.organisation).order_by("pk"))

    def given(self) -> list[Payout]:
        """What the bank was given, with what it has done with each."""
        rows = Payout.objects.filter(organisation=self.organisation).select_related("batch")
        return [payout for payout in rows.order_by("pk") if payout.reference in self.fates]

    @rule(place=st.integers(0, PARTNERS - 1), amount_minor=st.integers(1, 10**9))
    def owe(self, place: int, amount_minor: int) -> None:
        partner = self.partners[place]
        desk.owe(self.organisation, f"partner:{partner.pk}", amount_minor, f"{next(self.messages)}")
        self.owed[partner.pk] += amount_minor

    @rule(is_killed=st.booleans())
    def prepare(self, is_killed: bool) -> None:
        verb = lambda: desk.prepare(self.organisation, self.finance)  # noqa: E731
        killed(verb) if is_killed else tried(verb)

    @rule()
    def prepare_at_once(self) -> None:
        in_threads([lambda: tried(lambda: desk.prepare(self.organisation, self.finance))] * 2)

    @rule(choice=st.sampled_from(["approve", "approve", "approve", "refuse"]))
    def decide(self, choice: str) -> None:
        tried(lambda: desk.decide_waiting(self.organisation, "payout_batch", self.approver, choice))

    @rule(chance=choices, is_killed=st.booleans())
    @precondition(lambda self: self.batches())
    def hand_over(self, chance: random.Random, is_killed: bool) -> None:
        """At once by two, or killed; whoever gets the file takes it to the bank."""
        batch = chance.choice(self.batches())
        if is_killed:
            killed(lambda: hand_over_batch(batch=batch, user=self.finance))
            return
        found = in_threads([lambda: tried(lambda: hand_over_batch(batch=batch, user=self.finance))] * 2)
        assert len({one.file_sha256 for one in found if one}) <= 1, "each got the same file"

    @rule(chance=choices)
    def take_files_to_the_bank(self, chance: random.Random) -> None:
        """Perhaps not for the first time: the bank knows each reference once."""
        for batch in self.batches():
            if batch.file_sha256 and chance.random() < 0.7:
                document = etree.fromstring(files.path_of(batch.file_sha256).read_bytes())
                for reference in document.iter(f"{{{NAMESPACE}}}EndToEndId"):
                    self.fates.setdefault(reference.text, chance.choice(FATES))

    @rule(chance=choices)
    @precondition(lambda self: self.batches())
    def drop(self, chance: random.Random) -> None:
        batch = chance.choice(self.batches())
        tried(lambda: drop_batch(batch=batch, user=self.finance, reason="x"))

    @rule(place=st.integers(0, PARTNERS - 1), is_approved=st.booleans())
    def change_account(self, place: int, is_approved: bool) -> None:
        enter_bank_account(
            organisation=self.organisation,
            partner=self.partners[place],
            kind="iban",
            holder="Other",
            iban=desk.IBANS[place + 3],
        )
        if is_approved:
            desk.decide_waiting(self.organisation, "bank_account", self.finance)

    @rule(chance=choices, how=st.sampled_from(["once", "killed", "twice", "at once"]))
    @precondition(lambda self: self.fates)
    def answer(self, chance: random.Random, how: str) -> None:
        """Some of what the bank did, in any order, of any day, in a message of its own."""
        content = self._message(chance)
        verb = lambda: receive_answer(organisation=self.organisation, name="a", content=content)  # noqa: E731
        if how == "killed":
            killed(verb)
        elif how == "at once":
            in_threads([verb] * 2)
        for _time in range({"once": 1, "twice": 2}.get(how, 0)):
            verb()

    def _message(self, chance: random.Random) -> bytes:
        payouts = self.given()
        some = chance.choices(payouts, k=chance.randint(1, 4))
        message = f"M{next(self.messages)}"
        refused = [payout for payout in some if self.fates[payout.reference] == "refused"]
        if refused and chance.random() < 0.5:
            one = [payout for payout in refused if payout.batch_id == refused[0].batch_id]
            return desk.pain_002(one[0].batch, one, message=message)
        entries = []
        for payout in some:
            fate = self.fates[payout.reference]
            if fate != "refused":
                entries.append(desk.booking(payout, bank=f"D{payout.pk}"))
            if fate == "returned":
                entries.append(desk.booking(payout, "CRDT", bank=f"C{payout.pk}", reason="MS03"))
        chance.shuffle(entries)
        return desk.camt(*entries, message=message, of=chance.choice([desk.CAMT_053, desk.CAMT_054]))

    @invariant()
    def nobody_is_paid_more_than_is_owed(self) -> None:
        """By the bank's own books, whatever the ledger says."""
        paid: Counter[int] = Counter()
        for payout in self.given():
            if self.fates[payout.reference] == "booked":
                paid[payout.partner_id or 0] += payout.amount_minor
        assert all(paid[partner] <= self.owed[partner] for partner in paid)

    @invariant()
    def the_ledger_tells_what_the_payouts_tell(self) -> None:
        sums: Counter[str] = Counter()
        for payout in Payout.objects.filter(organisation=self.organisation):
            sums[payout.state] += payout.amount_minor
        assert desk.standing(self.organisation, Stage.HELD) == sums["held"]
        assert desk.standing(self.organisation, Stage.PAID) == sums["sent"]
        assert desk.standing(self.organisation, Stage.BANK) == sums["paid"]
        on_its_way = sums["held"] + sums["sent"] + sums["paid"]
        assert desk.standing(self.organisation, Stage.PAYABLE) == self.owed.total() - on_its_way

    @invariant()
    def what_ended_holds_nothing(self) -> None:
        ended = PayoutBatch.objects.filter(organisation=self.organisation, state__in=["refused", "dropped"])
        assert not Payout.objects.filter(batch__in=ended).exclude(state="void").exists()
        waiting = ApprovalRequest.objects.filter(
            organisation=self.organisation, kind="payout_batch", state="waiting"
        )
        open_now = PayoutBatch.objects.filter(organisation=self.organisation, state="waiting")
        assert {one.subject for one in waiting} == {one.subject for one in open_now}

    @invariant()
    def all_invariants_of_the_ledger_hold(self) -> None:
        assert violations(self.organisation) == []


def test_any_sequence(own_database: OwnDatabase) -> None:
    run_state_machine_as_test(
        PayoutMachine,
        settings=settings(
            max_examples=12,
            stateful_step_count=20,
            deadline=None,
            phases=[Phase.explicit, Phase.reuse, Phase.generate],
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        ),
    )
