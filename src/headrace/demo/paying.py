"""Bank accounts of the demo, a first batch of payouts, and what the bank answered. All numbers are made up."""

from __future__ import annotations

from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _
from lxml import etree
from lxml.builder import ElementMaker
from schwifty import IBAN

from headrace.base import formats
from headrace.base.approvals.actions import decide
from headrace.base.models import ApprovalDecision, ApprovalRequest, Organisation, User
from headrace.partners.models import Person
from headrace.payouts.answers import receive_answer
from headrace.payouts.bank.orders import decimal_text
from headrace.payouts.bank_accounts import (
    BANK_ACCOUNT,
    enter_bank_account,
    note_paying_account,
    paying_account_for,
    set_waiting_days,
)
from headrace.payouts.batches import PAYOUT_BATCH, hand_over_batch, prepare_batch
from headrace.payouts.models import BankAccount, Payout, PayoutBatch, PayoutTerms
from headrace.payouts.payable import Payable, payables

# The rest have none yet, as in life.
ACCOUNTS_MAX = 40
BANK_CODE = "10000000"  # of the federal bank, where nobody has an account to be paid to
NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"
UNREACHED = 3  # in the order of the payouts: this one comes back, its account is closed


def pay_past(organisation: Organisation, today: date, finance: User, approver: User) -> str:
    """Enters bank accounts, pays what is payable in the brand's currency, and reads the bank's answer. Done once."""
    if not PayoutBatch.objects.filter(organisation=organisation).exists():
        enter_accounts(organisation, finance)
        _pay(organisation, today, finance, approver)
    paid = Payout.objects.filter(organisation=organisation, state=Payout.State.PAID)
    total = sum(paid.values_list("amount_minor", flat=True))
    return _("%(count)s payouts booked, %(amount)s") % {
        "count": paid.count(),
        "amount": formats.money(total, organisation.currency),
    }


def enter_accounts(organisation: Organisation, finance: User) -> None:
    """Of the brand, and of those who are owed most; without a waiting time, which holds from then on."""
    unit = organisation.currency
    if paying_account_for(organisation, unit, "iban") is None:
        note_paying_account(
            organisation=organisation,
            unit=unit,
            kind="iban",
            holder=organisation.name,
            iban=_iban(1),
            user=finance,
        )
    known = BankAccount.objects.filter(organisation=organisation).count()
    rows = [row for row in payables(organisation) if row.unit == unit and row.blocked == "no_account"]
    set_waiting_days(organisation=organisation, days=0, user=finance)
    for number, row in enumerate(rows[: ACCOUNTS_MAX - known], start=100):
        _enter(organisation, row, number)
    _approve(organisation, BANK_ACCOUNT, finance)
    set_waiting_days(organisation=organisation, days=PayoutTerms.WAITING_DAYS, user=finance)


def _enter(organisation: Organisation, row: Payable, number: int) -> None:
    recipient = row.recipient
    person = recipient if isinstance(recipient, Person) else None
    enter_bank_account(
        organisation=organisation,
        partner=None if isinstance(recipient, Person) else recipient,
        person=person,
        kind="iban",
        holder=recipient.name[:70],
        iban=_iban(number),
    )


def _iban(number: int) -> str:
    """Right by its check digits; no bank has given it to anybody."""
    return str(IBAN.generate("DE", bank_code=BANK_CODE, account_code=f"{number:010}").compact)


def _pay(organisation: Organisation, today: date, finance: User, approver: User) -> None:
    ready = [row for row in payables(organisation) if row.unit == organisation.currency and not row.blocked]
    if not ready:
        return
    batch = prepare_batch(
        organisation=organisation,
        method="sepa",
        unit=organisation.currency,
        execution_on=max(today, timezone.localdate()),
        user=finance,
    )
    _approve(organisation, PAYOUT_BATCH, approver)
    hand_over_batch(batch=batch, user=finance)
    receive_answer(organisation=organisation, name="camt.053.xml", content=_statement(batch), user=finance)


def _approve(organisation: Organisation, kind: str, user: User) -> None:
    waiting = ApprovalRequest.objects.filter(
        organisation=organisation, kind=kind, state=ApprovalRequest.State.WAITING
    )
    for request in waiting.order_by("pk"):
        decide(
            request=request,
            user=user,
            decision=ApprovalDecision.Choice.APPROVE,
            seen_hash=request.seen_hash,
        )


def _statement(batch: PayoutBatch) -> bytes:
    """What the bank tells: all were booked, and one came back."""
    make = ElementMaker(namespace=NAMESPACE, nsmap={None: NAMESPACE})
    payouts = list(batch.payouts.order_by("pk"))
    entries = [_entry(make, batch, payout, "DBIT") for payout in payouts]
    entries += [_entry(make, batch, payout, "CRDT") for payout in payouts[UNREACHED : UNREACHED + 1]]
    header = make.GrpHdr(make.MsgId(f"STATEMENT-{batch.reference}"))
    document = make.Document(make.BkToCstmrStmt(header, make.Stmt(make.Id("1"), *entries)))
    return bytes(etree.tostring(document, xml_declaration=True, encoding="UTF-8", pretty_print=True))


def _entry(make: ElementMaker, batch: PayoutBatch, payout: Payout, direction: str) -> etree._Element:
    details = [make.Refs(make.EndToEndId(payout.reference))]
    if direction == "CRDT":
        details.append(make.RtrInf(make.Rsn(make.Cd("AC04"))))
    return make.Ntry(
        make.Amt(decimal_text(payout.amount_minor, payout.unit), Ccy=payout.unit),
        make.CdtDbtInd(direction),
        make.Sts(make.Cd("BOOK")),
        make.BookgDt(make.Dt(batch.execution_on.isoformat())),
        make.AcctSvcrRef(f"{direction}{payout.pk}"),
        make.NtryDtls(make.TxDtls(*details)),
    )
