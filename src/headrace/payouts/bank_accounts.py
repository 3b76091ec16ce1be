"""Bank accounts: entered by one, approved by another, and then nothing is paid until the waiting time is over."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from headrace.base import audit
from headrace.base.approvals.actions import ask_for_approval, withdraw_request
from headrace.base.approvals.kinds import ApprovalKind
from headrace.base.models import ApprovalRequest, Organisation, Role, User
from headrace.partners.models import Partner, Person
from headrace.payouts import payout_notices as notices
from headrace.payouts.account_numbers import checked
from headrace.payouts.bank.reasons import OF_ACCOUNT
from headrace.payouts.models import (
    BankAccount,
    BankAccountDecision,
    PayingAccount,
    Payout,
    PayoutTerms,
)

BANK_ACCOUNT = "bank_account"
Outcome = BankAccountDecision.Outcome


class Readiness(StrEnum):
    """Whether something can be paid to an owner's account, and if not, why."""

    READY = "ready"
    NO_ACCOUNT = "no_account"
    WAITS_FOR_APPROVAL = "waits_for_approval"
    WAITING_TIME = "waiting_time"
    CAME_BACK = "came_back"


@dataclass(frozen=True, slots=True)
class Standing:
    """The account of an owner that counts now: the newest that was not refused or replaced."""

    readiness: Readiness
    account: BankAccount | None = None
    usable_from: datetime | None = None


NOTHING = Standing(Readiness.NO_ACCOUNT)


def terms_of(organisation: Organisation) -> PayoutTerms:
    """What the organisation pays out by; the defaults where nothing was said."""
    return PayoutTerms.objects.filter(organisation=organisation).first() or PayoutTerms(
        organisation=organisation
    )


@transaction.atomic
def set_waiting_days(*, organisation: Organisation, days: int, user: User | None = None) -> PayoutTerms:
    """Says how long nothing is paid to a new account. It counts for those that are approved from now on."""
    terms, _new = PayoutTerms.objects.update_or_create(
        organisation=organisation, defaults={"waiting_days": days}
    )
    audit.record(
        organisation=organisation,
        user=user,
        action="payout_terms.set",
        subject=f"organisation:{organisation.pk}",
        waiting_days=days,
    )
    return terms


@transaction.atomic
def note_paying_account(
    *, organisation: Organisation, unit: str, kind: str, holder: str, user: User | None = None, **numbers: str
) -> PayingAccount:
    """Notes the brand's account that payouts of a unit leave from now on. Raises ValidationError by field."""
    further = {name: numbers.pop(name, "") for name in ("company_id", "bank_name")}
    fields = checked(kind, holder, numbers)
    account = PayingAccount(organisation=organisation, unit=unit, noted_by=user, **fields, **further)
    account.clean_fields(exclude={"partner", "person", "entered_by", "noted_by"})
    account.save()
    audit.record(
        organisation=organisation,
        user=user,
        action="paying_account.note",
        subject=f"paying_account:{account.pk}",
        unit=unit,
        number=account.masked,
    )
    return account


def paying_account_for(organisation: Organisation, unit: str, kind: str) -> PayingAccount | None:
    rows = PayingAccount.objects.filter(organisation=organisation, unit=unit, kind=kind)
    return rows.order_by("-pk").first()


@transaction.atomic
def enter_bank_account(
    *,
    organisation: Organisation,
    partner: Partner | None = None,
    person: Person | None = None,
    kind: str,
    holder: str,
    user: User | None = None,
    **numbers: str,
) -> BankAccount:
    """Enters the account that payouts of a partner, or of a person, go to; somebody else has to approve it.

    Until then, and for the waiting time after it, nothing is paid to its owner, not to the old account either.
    Raises ValidationError by field where a number can't be right.
    """
    fields = checked(kind, holder, numbers)
    account = BankAccount(
        organisation=organisation,
        partner=None if person else partner,
        person=person,
        entered_by=user,
        **fields,
    )
    account.clean_fields(exclude={"partner", "person", "entered_by", "noted_by"})
    account.save()
    _replace_undecided(account, user)
    ask_for_approval(
        organisation=organisation,
        kind=BANK_ACCOUNT,
        subject=account.subject,
        title=_("New bank account of %(name)s") % {"name": name_of(account)},
        seen=seen_of(account),
        requested_by=user,
    )
    _record(account, "bank_account.enter", user)
    notices.tell_account_entered(account)
    return account


def name_of(account: BankAccount) -> str:
    recipient = account.recipient
    assert recipient is not None, "an account is of a partner or of a person"
    return recipient.name


def _replace_undecided(account: BankAccount, user: User | None) -> None:
    before = _rows_of(account).filter(decision=None).exclude(pk=account.pk)
    for one in before:
        withdraw_request(organisation=one.organisation, kind=BANK_ACCOUNT, subject=one.subject, user=user)
        _decide(one, Outcome.REPLACED)


def _rows_of(account: BankAccount) -> Any:
    return BankAccount.objects.filter(
        organisation=account.organisation_id, partner=account.partner_id, person=account.person_id
    )


def _decide(
    account: BankAccount, outcome: Outcome, *, usable_from: datetime | None = None, reason: str = ""
) -> None:
    BankAccountDecision.objects.create(
        organisation=account.organisation,
        account=account,
        outcome=outcome,
        usable_from=usable_from,
        reason=reason,
    )


def _record(account: BankAccount, action: str, user: User | None) -> None:
    audit.record(
        organisation=account.organisation,
        user=user,
        action=action,
        subject=account.subject,
        owner=account.owner,
        number=account.masked,
    )


def seen_of(account: BankAccount) -> dict[str, Any]:
    """What an approver is shown: whose account, and its masked number. A row never changes, so its id is enough."""
    figures = [
        {"label": "owner", "text": name_of(account)},
        {"label": "holder", "text": account.holder},
        {"label": "kind", "code": account.kind},
    ]
    if account.masked:
        figures.append({"label": "number", "text": account.masked})
    return {"figures": figures, "account": account.pk}


def account_of(request: ApprovalRequest) -> BankAccount:
    rows = BankAccount.objects.select_related("organisation", "partner", "person__user")
    return rows.get(organisation=request.organisation_id, pk=int(request.subject.partition(":")[2]))


def _current(request: ApprovalRequest) -> dict[str, Any] | None:
    account = account_of(request)
    is_decided = BankAccountDecision.objects.filter(account=account).exists()
    return None if is_decided else seen_of(account)


def _approved(request: ApprovalRequest) -> None:
    account = account_of(request)
    days = terms_of(account.organisation).waiting_days
    usable_from = timezone.now() + timedelta(days=days)
    _decide(account, Outcome.ACCEPTED, usable_from=usable_from)
    notices.tell_account_accepted(account, usable_from)


def _refused(request: ApprovalRequest, reason: str) -> None:
    account = account_of(request)
    _decide(account, Outcome.REFUSED, reason=reason)
    notices.tell_account_refused(account, reason)


def _lapsed(request: ApprovalRequest) -> None:
    account = account_of(request)
    if not BankAccountDecision.objects.filter(account=account).exists():
        _refused(request, _("Nobody decided in time. Enter the account again."))


def _address(request: ApprovalRequest) -> str:
    return reverse("console:bank_account", args=[account_of(request).pk])


KIND = ApprovalKind(
    code=BANK_ACCOUNT,
    label=gettext_lazy("Bank account"),
    approved=_approved,
    refused=_refused,
    lapsed=_lapsed,
    current=_current,
    labels={
        "owner": gettext_lazy("Owner"),
        "holder": gettext_lazy("Account holder"),
        "kind": gettext_lazy("Kind"),
        "number": gettext_lazy("Number"),
        **{kind.value: kind.label for kind in BankAccount.Kind},
    },
    address=_address,
    role=Role.FINANCE,
)


def standings(organisation: Organisation, owners: Iterable[str] | None = None) -> dict[str, Standing]:
    """By owner; of those named, or of all that entered an account. Who never did is not among them."""
    rows = BankAccount.objects.filter(organisation=organisation).select_related(
        "decision", "partner", "person"
    )
    if owners is not None:
        rows = rows.filter(_owned_by(owners))
    newest: dict[str, BankAccount] = {}
    for account in rows.order_by("pk"):
        decision = _decision_of(account)
        if decision is None or decision.outcome == Outcome.ACCEPTED:
            newest[account.owner] = account
    broken = _broken(newest.values())
    return {owner: _standing(account, account.pk in broken) for owner, account in newest.items()}


def standing_of(organisation: Organisation, owner: str) -> Standing:
    return standings(organisation, [owner]).get(owner, NOTHING)


def _owned_by(owners: Iterable[str]) -> Q:
    ids: dict[str, list[int]] = {"partner": [], "person": []}
    for owner in owners:
        kind, _colon, number = owner.partition(":")
        if kind in ids:
            ids[kind].append(int(number))
    return Q(partner__in=ids["partner"], person=None) | Q(person__in=ids["person"])


def _decision_of(account: BankAccount) -> BankAccountDecision | None:
    return getattr(account, "decision", None)


def _broken(accounts: Iterable[BankAccount]) -> set[int]:
    """Accounts from which a payout came back for a reason that lies with the account itself."""
    failed = Payout.objects.filter(
        account__in=[account.pk for account in accounts], reason_code__in=list(OF_ACCOUNT)
    ).exclude(failed_on=None)
    return set(failed.values_list("account", flat=True))


def _standing(account: BankAccount, is_broken: bool) -> Standing:
    decision = _decision_of(account)
    if decision is None:
        return Standing(Readiness.WAITS_FOR_APPROVAL, account)
    assert decision.usable_from is not None, "an accepted account has its day"
    if timezone.now() < decision.usable_from:
        return Standing(Readiness.WAITING_TIME, account, decision.usable_from)
    if is_broken:
        return Standing(Readiness.CAME_BACK, account)
    return Standing(Readiness.READY, account, decision.usable_from)


def check_not_changed(payouts: Iterable[Payout]) -> None:
    """Raises ValidationError where an account that was chosen for a payout is not to be paid to any more."""
    payouts = list(payouts)
    if not payouts:
        return
    found = standings(payouts[0].organisation, {payout.owner for payout in payouts})
    for payout in payouts:
        standing = found.get(payout.owner, NOTHING)
        if standing.readiness != Readiness.READY or standing.account != payout.account:
            recipient = payout.recipient
            raise ValidationError(
                _("The bank account of %(name)s has changed. Drop the batch and prepare it again.")
                % {"name": recipient.name if recipient else ""}
            )
