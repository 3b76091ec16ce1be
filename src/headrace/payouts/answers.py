"""What the bank answers, brought to the ledger: each thing it says once, whatever comes twice or in another order.

Only what is on its way is moved by an answer. Whatever doesn't fit what is known (an unknown reference, another
amount, a payment that the bank had refused) moves nothing and waits until somebody has looked at it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from headrace.base import audit, files
from headrace.base.models import Organisation, User
from headrace.ledger.actions import post_many
from headrace.ledger.drafts import TransferDraft
from headrace.payouts import moves
from headrace.payouts import payout_notices as notices
from headrace.payouts.bank.answers import Answer, AnswerError, Entry, read
from headrace.payouts.bank.answers import Kind as BookingKind
from headrace.payouts.models import BankAnswer, BankAnswerEntry, Payout

Kind = BankAnswerEntry.Kind
Outcome = BankAnswerEntry.Outcome
Problem = BankAnswerEntry.Problem
State = Payout.State
FILE_NAME_LENGTH_MAX = 255


def receive_answer(
    *, organisation: Organisation, name: str, content: bytes, user: User | None = None
) -> tuple[BankAnswer, bool]:
    """Reads a file of the bank and posts what it says. False beside it where the same bytes were read before.

    Raises ValidationError where it is no pain.002, camt.053 or camt.054; then nothing of it stays.
    """
    sha256 = hashlib.sha256(content).hexdigest()
    known = BankAnswer.objects.filter(organisation=organisation, sha256=sha256).first()
    if known is not None:
        return known, False
    try:
        found = read(content)
    except AnswerError as error:
        raise ValidationError(_problem_of(name, error)) from error
    try:
        return _take_in(organisation, name, content, found, user), True
    except IntegrityError:  # another reads the same file at this moment, and was faster
        return BankAnswer.objects.get(organisation=organisation, sha256=sha256), False


def _problem_of(name: str, error: AnswerError) -> str:
    told = {
        "too_large": _(
            "“%(name)s” is too large: 50 MB and 200,000 entries at most. Ask the bank for smaller files."
        ),
        "doctype": _("“%(name)s” has a DOCTYPE, which files of banks never have. It was not read."),
        "not_xml": _("“%(name)s” is no XML that can be read: %(text)s"),
        "other_message": _(
            "“%(name)s” is another message (%(text)s). A pain.002, camt.053 or camt.054 can be read."
        ),
    }
    return told[error.code] % {"name": name, "text": error.text}


@dataclass(slots=True)
class Working:
    """What is known while one file is read: payouts as they stand, and what is to be done in the end."""

    payouts: dict[str, Payout]
    batches: dict[str, list[Payout]]
    parts: dict[int, moves.Parts]
    bookings: dict[tuple[int, str], set[str]]
    today: date
    drafts: list[TransferDraft] = field(default_factory=list)
    changed: dict[int, Payout] = field(default_factory=dict)
    failed: list[Payout] = field(default_factory=list)


@transaction.atomic
def _take_in(
    organisation: Organisation, name: str, content: bytes, found: Answer, user: User | None
) -> BankAnswer:
    answer = BankAnswer.objects.create(
        organisation=organisation,
        sha256=files.keep([content]),
        file_name=name[-FILE_NAME_LENGTH_MAX:],
        message=found.message,
        message_id=found.message_id,
        received_by=user,
    )
    working = _working(organisation, found.entries)
    rows: list[BankAnswerEntry] = []
    for entry in found.entries:
        rows += [_row(answer, one, working) for one in _single(entry, working)]
    for position, row in enumerate(rows, start=1):
        row.position = position
    BankAnswerEntry.objects.bulk_create(rows, batch_size=1000)
    _finish(organisation, working)
    audit.record(
        organisation=organisation,
        user=user,
        action="bank_answer.read",
        subject=f"bank_answer:{answer.pk}",
        entries=len(rows),
        posted=len(working.drafts),
        unclear=sum(row.outcome == Outcome.UNCLEAR for row in rows),
    )
    return answer


def _working(organisation: Organisation, entries: Sequence[Entry]) -> Working:
    """Locks the payouts that the file is about, always in the order of their ids."""
    ids = {_number(entry.reference, "HR-P") for entry in entries} - {None}
    batch_ids = {_number(entry.batch_reference, "HR-B") for entry in entries if not entry.reference} - {None}
    rows = Payout.objects.filter(organisation=organisation).select_for_update(of=("self",)).order_by("pk")
    rows = rows.select_related("batch", "hold", "account", "organisation", "partner", "person__user")
    payouts: dict[int, Payout] = {}
    wanted = sorted(pk for pk in ids if pk is not None)
    for start in range(0, len(wanted), 500):
        payouts.update({payout.pk: payout for payout in rows.filter(pk__in=wanted[start : start + 500])})
    payouts.update({payout.pk: payout for payout in rows.filter(batch__in=batch_ids)})
    batches: dict[str, list[Payout]] = {}
    for payout in payouts.values():
        batches.setdefault(payout.batch.reference, []).append(payout)
    return Working(
        payouts={payout.reference: payout for payout in payouts.values()},
        batches=batches,
        parts=moves.parts_of(payouts.values()),
        bookings=_bookings(list(payouts)),
        today=timezone.localdate(),
    )


def _number(reference: str, mark: str) -> int | None:
    digits = reference.removeprefix(mark)
    is_ours = reference.startswith(mark) and digits.isdecimal() and len(digits) <= 18
    return int(digits) if is_ours else None


def _bookings(ids: list[int]) -> dict[tuple[int, str], set[str]]:
    """By payout and kind: under which references of the bank it was told of before."""
    told = BankAnswerEntry.objects.filter(payout__in=ids).exclude(bank_reference="")
    found: dict[tuple[int, str], set[str]] = {}
    for payout, kind, reference in told.values_list("payout", "kind", "bank_reference"):
        found.setdefault((payout, kind), set()).add(reference)
    return found


def _single(entry: Entry, working: Working) -> list[tuple[Entry, Payout | None]]:
    """The entry with its payout; one of a whole batch becomes one for each payout that it is about."""
    if entry.reference or entry.batch_reference not in working.batches:
        return [(entry, working.payouts.get(entry.reference))]
    payouts = working.batches[entry.batch_reference]
    if entry.amount_minor is not None:
        payouts = _booked_together(payouts, entry)
    return [(entry, payout) for payout in payouts] or [(entry, None)]


def _booked_together(payouts: list[Payout], entry: Entry) -> list[Payout]:
    """All, or all that the bank did not refuse, where their sum is what was booked; none where neither is."""
    if any(payout.unit != entry.unit for payout in payouts):
        return []
    taken = [payout for payout in payouts if payout.state != State.REFUSED]
    for some in (payouts, taken):
        if sum(payout.amount_minor for payout in some) == entry.amount_minor:
            return some
    return []


def _row(answer: BankAnswer, one: tuple[Entry, Payout | None], working: Working) -> BankAnswerEntry:
    entry, payout = one
    outcome, problem = _apply(entry, payout, working)
    if payout is not None and entry.bank_reference:
        working.bookings.setdefault((payout.pk, entry.kind.value), set()).add(entry.bank_reference)
    return BankAnswerEntry(
        organisation=answer.organisation,
        answer=answer,
        kind=entry.kind.value,
        reference=entry.reference,
        batch_reference=entry.batch_reference,
        bank_reference=entry.bank_reference,
        amount_minor=entry.amount_minor,
        unit=entry.unit,
        booked_on=entry.booked_on,
        reason_code=entry.reason_code,
        reason_text=entry.reason_text,
        outcome=outcome,
        problem=problem,
        payout=payout,
    )


def _apply(entry: Entry, payout: Payout | None, working: Working) -> tuple[str, str]:
    """What comes of an entry: outcome and problem. What is to be posted is noted in `working`."""
    if payout is None:
        return _of_nobody(entry)
    if _differs(entry, payout):
        return Outcome.UNCLEAR, Problem.AMOUNT
    if payout.state in (State.HELD, State.VOID):
        return Outcome.UNCLEAR, Problem.NOT_SENT
    if entry.kind.value == Kind.ACCEPTED:
        return Outcome.NOTHING_NEW, ""
    told = working.bookings.get((payout.pk, entry.kind.value), set())
    if entry.bank_reference and told and entry.bank_reference not in told:
        return Outcome.UNCLEAR, Problem.SECOND_BOOKING
    return _step(entry, payout, working)


def _differs(entry: Entry, payout: Payout) -> bool:
    """Whether another amount is told of than that of the payout; a booking always has one."""
    if not entry.reference:
        return False  # told of the whole batch, whose sum was compared
    if entry.amount_minor is None:
        return entry.kind in (BookingKind.PAID, BookingKind.RETURNED)
    return (entry.amount_minor, entry.unit) != (payout.amount_minor, payout.unit)


def _of_nobody(entry: Entry) -> tuple[str, str]:
    """Accepted: nothing moves, whatever it is about. Else somebody has to look."""
    if entry.kind.value == Kind.ACCEPTED:
        return Outcome.NOTHING_NEW, ""
    return Outcome.UNCLEAR, Problem.UNKNOWN


def _step(entry: Entry, payout: Payout, working: Working) -> tuple[str, str]:
    before, kind = payout.state, entry.kind.value
    if kind == Kind.PAID:
        if before == State.SENT:
            _pay(entry, payout, working)
            return Outcome.POSTED, ""
        return (
            (Outcome.UNCLEAR, Problem.AFTER_REFUSAL) if before == State.REFUSED else (Outcome.NOTHING_NEW, "")
        )
    if kind == Kind.REFUSED and before == State.PAID:
        return Outcome.UNCLEAR, Problem.AFTER_PAYMENT
    if kind == Kind.RETURNED and before == State.REFUSED:
        return Outcome.UNCLEAR, Problem.AFTER_REFUSAL
    if before in (State.REFUSED, State.RETURNED):
        return Outcome.NOTHING_NEW, ""
    _fail(entry, payout, working)
    return Outcome.POSTED, ""


def _pay(entry: Entry, payout: Payout, working: Working) -> None:
    working.drafts.append(moves.paid(payout, working.parts[payout.pk], working.today))
    payout.state, payout.paid_on = State.PAID, entry.booked_on or working.today
    working.changed[payout.pk] = payout


def _fail(entry: Entry, payout: Payout, working: Working) -> None:
    state = State.REFUSED if entry.kind.value == Kind.REFUSED else State.RETURNED
    working.drafts.append(moves.failed(payout, working.parts[payout.pk], working.today, state.value))
    payout.state, payout.failed_on = state, entry.booked_on or working.today
    payout.reason_code, payout.reason_text = entry.reason_code, entry.reason_text
    working.changed[payout.pk] = payout
    working.failed.append(payout)


FIELDS = ("state", "paid_on", "failed_on", "reason_code", "reason_text")


def _finish(organisation: Organisation, working: Working) -> None:
    Payout.objects.bulk_update(list(working.changed.values()), FIELDS, batch_size=500)
    post_many(organisation=organisation, transfers=working.drafts)
    for payout in working.failed:
        notices.tell_payout_failed(payout)


@transaction.atomic
def note_looked_at(*, entry: BankAnswerEntry, user: User, note: str) -> None:
    """Notes that somebody looked at an unclear entry, and what they found. Raises ValidationError a second time."""
    rows = BankAnswerEntry.objects.filter(pk=entry.pk, outcome=Outcome.UNCLEAR, looked_at=None)
    if not rows.update(looked_at_by=user, looked_at=timezone.now(), note=note):
        raise ValidationError(_("Somebody has looked at this entry already."))
    audit.record(
        organisation=entry.organisation,
        user=user,
        action="bank_answer_entry.look",
        subject=f"bank_answer_entry:{entry.pk}",
        note=note,
    )
