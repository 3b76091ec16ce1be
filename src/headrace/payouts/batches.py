"""Verbs of batches: prepare, hand over, drop; and what an approval brings about.

A batch goes waiting → approved → handed over, or ends as refused or dropped; each step is taken once, by
compare-and-set on its row. Its value is held in the ledger from the moment it is prepared, so nothing else can pay it.
Taking the file is handing it over: from then on it can't be dropped, and the same bytes are given again.
"""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from headrace.base import audit, files, formats
from headrace.base.approvals.actions import ask_for_approval, withdraw_request
from headrace.base.approvals.kinds import ApprovalKind
from headrace.base.models import ApprovalRequest, Organisation, User
from headrace.ledger.actions import post_many
from headrace.ledger.errors import InsufficientFundsError
from headrace.ledger.holds import HoldDraft, hold_many, post_holds, void_holds
from headrace.ledger.models import Stage
from headrace.payouts import moves, payable
from headrace.payouts.bank.orders import BankFileError
from headrace.payouts.bank_accounts import check_not_changed, paying_account_for
from headrace.payouts.methods import METHODS, PaymentMethod, method_of
from headrace.payouts.models import PayingAccount, Payout, PayoutBatch
from headrace.payouts.orders import order_of

PAYOUT_BATCH = "payout_batch"
State = PayoutBatch.State


@transaction.atomic
def prepare_batch(
    *, organisation: Organisation, method: str, unit: str, execution_on: date, user: User | None = None
) -> PayoutBatch:
    """Holds all that can be paid now in a unit by a method (a code of `METHODS`), and asks for the approval of it.

    `execution_on` is the day the bank is asked to pay on. Raises ValidationError where there is nothing to pay, the
    brand's own account is missing, the file would not be valid, or somebody else prepares the same at this moment.
    """
    by = method_of(method)
    rows = payable.ready(organisation, unit, by)
    if not rows:
        raise ValidationError(_("Nothing in %(unit)s can be paid in this way now.") % {"unit": unit})
    if execution_on < timezone.localdate():
        raise ValidationError({"execution_on": _("This day is over. Choose today or a later one.")})
    batch = PayoutBatch.objects.create(
        organisation=organisation,
        method=by.code,
        unit=unit,
        paying_account=_paying_account(organisation, unit, by),
        execution_on=execution_on,
        count=len(rows),
        total_minor=sum(row.amount_minor for row in rows),
        prepared_by=user,
    )
    payouts = _add_payouts(batch, rows)
    _check_file(batch, payouts)
    _ask(batch, user)
    _record(batch, "payout_batch.prepare", user, count=batch.count, total_minor=batch.total_minor)
    return batch


def _paying_account(organisation: Organisation, unit: str, method: PaymentMethod) -> PayingAccount | None:
    if not method.is_answered:
        return None
    account = paying_account_for(organisation, unit, method.kind)
    if account is None:
        raise ValidationError(
            _(
                "It isn't known from which account of yours %(unit)s are paid. Enter it in the settings of payouts."
            )
            % {"unit": unit}
        )
    return account


def _add_payouts(batch: PayoutBatch, rows: list[payable.Payable]) -> list[Payout]:
    """The payouts of the batch, each with its hold."""
    payouts = [
        Payout(
            organisation=batch.organisation,
            batch=batch,
            partner=account.partner,
            person=account.person,
            account=account,
            unit=row.unit,
            amount_minor=row.amount_minor,
        )
        for row in rows
        if (account := row.standing.account)
    ]
    Payout.objects.bulk_create(payouts, batch_size=1000)
    today = timezone.localdate()
    drafts = [
        HoldDraft(f"{payout.key}:hold", "payout.hold", today, row.parts, _details(batch, payout))
        for payout, row in zip(payouts, rows, strict=True)
    ]
    try:
        holds = hold_many(organisation=batch.organisation, holds=drafts)
    except InsufficientFundsError as error:
        raise ValidationError(
            _("Somebody else prepares payouts of the same amounts at this moment. Look again.")
        ) from error
    for payout, hold in zip(payouts, holds, strict=True):
        payout.hold = hold
    Payout.objects.bulk_update(payouts, ["hold"], batch_size=1000)
    return payouts


def _details(batch: PayoutBatch, payout: Payout) -> dict[str, Any]:
    return {"payout": payout.pk, "batch": batch.pk}


def _check_file(batch: PayoutBatch, payouts: list[Payout]) -> None:
    """Better known before somebody approves it."""
    if batch.paying_account is None:
        return
    try:
        method_of(batch.method).write(order_of(batch, payouts))
    except BankFileError as error:
        raise ValidationError(
            _("No valid bank file can be made: %(problem)s") % {"problem": error}
        ) from error


def _ask(batch: PayoutBatch, user: User | None) -> None:
    ask_for_approval(
        organisation=batch.organisation,
        kind=PAYOUT_BATCH,
        subject=batch.subject,
        title=_("Payouts of %(amount)s to %(count)s")
        % {"amount": formats.money(batch.total_minor, batch.unit), "count": batch.count},
        amount_minor=batch.total_minor,
        unit=batch.unit,
        seen=seen_of(batch),
        requested_by=user,
    )


def _record(batch: PayoutBatch, action: str, user: User | None, **details: Any) -> None:
    audit.record(organisation=batch.organisation, user=user, action=action, subject=batch.subject, **details)


def payouts_of(batch: PayoutBatch) -> list[Payout]:
    """In the order in which they stand in the file."""
    rows = batch.payouts.select_related(
        "organisation", "account", "partner", "person", "hold__transfer", "hold__organisation"
    )
    return list(rows.order_by("pk"))


def seen_of(batch: PayoutBatch) -> dict[str, Any]:
    """What an approver is shown; the hash stands for who gets how much on which account."""
    payouts = payouts_of(batch)
    new = new_accounts(payouts)
    lines = [f"{payout.pk}:{payout.owner}:{payout.amount_minor}:{payout.account_id}" for payout in payouts]
    figures: list[dict[str, Any]] = [
        {"label": "method", "code": batch.method},
        {"label": "count", "number": len(payouts)},
        {"label": "total", "minor": sum(payout.amount_minor for payout in payouts), "unit": batch.unit},
        {"label": "execution_on", "on": batch.execution_on.isoformat()},
        {"label": "new_accounts", "number": len(new)},
    ]
    if batch.paying_account is not None:
        figures.append({"label": "paid_from", "text": batch.paying_account.masked})
    figures += [
        {"label": "new_account", "text": f"{payout.account.holder} {payout.account.masked}".strip()}
        for payout in new
    ]
    return {"figures": figures, "payouts": hashlib.sha256("\n".join(lines).encode()).hexdigest()}


def new_accounts(payouts: list[Payout]) -> list[Payout]:
    """Those to an account that nothing was ever paid to before."""
    paid_before = set(
        Payout.objects.filter(
            account__in=[payout.account_id for payout in payouts], state=Payout.State.PAID
        ).values_list("account", flat=True)
    )
    return [payout for payout in payouts if payout.account_id not in paid_before]


def batch_of(request: ApprovalRequest) -> PayoutBatch:
    rows = PayoutBatch.objects.select_related("organisation", "paying_account")
    return rows.get(organisation=request.organisation_id, pk=int(request.subject.partition(":")[2]))


def _current(request: ApprovalRequest) -> dict[str, Any] | None:
    """None once it is not waiting any more, or an account in it is not to be paid to."""
    batch = batch_of(request)
    if batch.state != State.WAITING:
        return None
    try:
        check_not_changed(payouts_of(batch))
    except ValidationError:
        return None
    return seen_of(batch)


def _approved(request: ApprovalRequest) -> None:
    batch = batch_of(request)
    _step(batch, {State.WAITING}, State.APPROVED)
    _record(batch, "payout_batch.approve", None)


def _refused(request: ApprovalRequest, reason: str) -> None:
    _give_back(batch_of(request), {State.WAITING}, State.REFUSED, reason, None)


def _lapsed(request: ApprovalRequest) -> None:
    batch = batch_of(request)
    if batch.state == State.WAITING:
        _give_back(batch, {State.WAITING}, State.REFUSED, _("It changed while it waited."), None)


def _step(batch: PayoutBatch, before: set[State], after: State, **fields: Any) -> None:
    """Compare-and-set. Raises ValidationError where another was faster."""
    rows = PayoutBatch.objects.filter(pk=batch.pk, state__in=before)
    if not rows.update(state=after, **fields):
        batch.refresh_from_db(fields=["state"])
        raise ValidationError(
            _("The batch %(reference)s has changed meanwhile: %(state)s.")
            % {"reference": batch.reference, "state": batch.get_state_display()}
        )
    batch.refresh_from_db()


def _give_back(batch: PayoutBatch, before: set[State], after: State, reason: str, user: User | None) -> None:
    _step(batch, before, after, reason=reason)
    payouts = payouts_of(batch)
    void_holds(
        [payout.hold for payout in payouts if payout.hold],
        kind="payout.give_back",
        occurred_on=timezone.localdate(),
        details={"batch": batch.pk},
    )
    batch.payouts.filter(state=Payout.State.HELD).update(state=Payout.State.VOID)
    _record(batch, f"payout_batch.{after}", user, reason=reason)


@transaction.atomic
def drop_batch(*, batch: PayoutBatch, user: User, reason: str) -> None:
    """Gives back what a batch holds. Raises ValidationError once its file was taken, or it has ended."""
    withdraw_request(organisation=batch.organisation, kind=PAYOUT_BATCH, subject=batch.subject, user=user)
    _give_back(batch, {State.WAITING, State.APPROVED}, State.DROPPED, reason, user)


@transaction.atomic
def hand_over_batch(*, batch: PayoutBatch, user: User | None = None) -> PayoutBatch:
    """Brings an approved batch on its way: its file is made and kept, and what was held is paid. Done once.

    Again it changes nothing. Raises ValidationError where it isn't approved, or an account in it has changed.
    """
    batch = _locked(batch)
    if batch.state == State.HANDED_OVER:
        return batch
    payouts = payouts_of(batch)
    if batch.state == State.APPROVED:
        check_not_changed(payouts)
    method = method_of(batch.method)
    batch.execution_on = max(batch.execution_on, timezone.localdate())
    sha256 = files.keep([method.write(order_of(batch, payouts))]) if method.is_answered else ""
    _step(
        batch,
        {State.APPROVED},
        State.HANDED_OVER,
        execution_on=batch.execution_on,
        handed_over_by=user,
        handed_over_at=timezone.now(),
        file_sha256=sha256,
    )
    _send(batch, payouts, method)
    _record(batch, "payout_batch.hand_over", user, file=sha256)
    return batch


def _locked(batch: PayoutBatch) -> PayoutBatch:
    rows = PayoutBatch.objects.select_for_update(of=("self",)).select_related(
        "organisation", "paying_account"
    )
    return rows.get(pk=batch.pk)


def _send(batch: PayoutBatch, payouts: list[Payout], method: PaymentMethod) -> None:
    today = timezone.localdate()
    post_holds(
        [payout.hold for payout in payouts if payout.hold],
        to=Stage.PAID,
        kind="payout.send",
        occurred_on=today,
        details={"batch": batch.pk},
    )
    batch.payouts.update(state=Payout.State.SENT, sent_on=today)
    if method.is_answered:
        return
    # No bank will answer: it is paid by being credited.
    parts = moves.parts_of(payouts)
    drafts = [moves.paid(payout, parts[payout.pk], today, by=method.code) for payout in payouts]
    post_many(organisation=batch.organisation, transfers=drafts)
    batch.payouts.update(state=Payout.State.PAID, paid_on=today)


LABELS = {
    "method": gettext_lazy("Paid by"),
    "count": gettext_lazy("Payouts"),
    "total": gettext_lazy("Total"),
    "execution_on": gettext_lazy("To be paid on"),
    "new_accounts": gettext_lazy("Accounts never paid to before"),
    "new_account": gettext_lazy("New account"),
    "paid_from": gettext_lazy("Paid from"),
    **{method.code: method.label for method in METHODS},
}


def _address(request: ApprovalRequest) -> str:
    return reverse("console:payout_batch", args=[batch_of(request).pk])


KIND = ApprovalKind(
    code=PAYOUT_BATCH,
    label=gettext_lazy("Payouts"),
    approved=_approved,
    refused=_refused,
    lapsed=_lapsed,
    current=_current,
    labels=LABELS,
    address=_address,
)
