"""What tests of payouts do: owe something, enter accounts, approve, and write answers as banks do."""

from collections.abc import Sequence
from datetime import date, timedelta

from django.utils import timezone

from headrace.base.approvals.actions import decide
from headrace.base.models import ApprovalDecision, ApprovalRequest, Organisation, User
from headrace.ledger.actions import post
from headrace.ledger.drafts import move
from headrace.ledger.models import AccountKey, Stage
from headrace.ledger.queries import balances
from headrace.partners.models import Partner, Person
from headrace.payouts.bank_accounts import enter_bank_account, note_paying_account, set_waiting_days
from headrace.payouts.batches import hand_over_batch, prepare_batch
from headrace.payouts.models import BankAccount, Payout, PayoutBatch

# Right by their check digits, and nobody's.
IBANS = (
    "DE89370400440532013000",
    "DE02120300000000202051",
    "FR1420041010050500013M02606",
    "NL91ABNA0417164300",
    "AT611904300234573201",
    "IT60X0542811101000000123456",
)
ROUTING = "021000021"
PAIN_002 = "urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"
CAMT_053 = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"
CAMT_054 = "urn:iso:std:iso:20022:tech:xsd:camt.054.001.08"


def owe(
    organisation: Organisation,
    owner: str,
    amount_minor: int,
    key: str,
    unit: str = "EUR",
    programme: str = "programme:1",
) -> None:
    """Brings an amount to the stage payable, as a settlement does."""
    payable = AccountKey(owner, unit, Stage.PAYABLE, programme)
    expense = AccountKey("", unit, Stage.EXPENSE, programme)
    post(
        organisation=organisation,
        key=f"owe:{key}",
        kind="settlement",
        occurred_on=date(2026, 3, 31),
        entries=move(amount_minor, debit=expense, credit=payable),
        details={},
    )


def decide_waiting(organisation: Organisation, kind: str, user: User, choice: str = "approve") -> None:
    """All that waits of a kind, one after the other."""
    for request in ApprovalRequest.objects.filter(organisation=organisation, kind=kind, state="waiting"):
        decide(
            request=request,
            user=user,
            decision=ApprovalDecision.Choice(choice),
            comment="looked at it",
            seen_hash=request.seen_hash,
        )


def account(
    organisation: Organisation,
    owner: Partner | Person,
    finance: User,
    number: int = 0,
    *,
    kind: str = "iban",
    days: int = 0,
) -> BankAccount:
    """Entered by the system and approved by finance; usable after so many days."""
    set_waiting_days(organisation=organisation, days=days)
    numbers = {
        "iban": {"iban": IBANS[number]},
        "us": {"routing": ROUTING, "number": f"1234567{number}"},
        "credit_note": {},
    }[kind]
    entered = enter_bank_account(
        organisation=organisation,
        partner=owner if isinstance(owner, Partner) else None,
        person=owner if isinstance(owner, Person) else None,
        kind=kind,
        holder=owner.name,
        **numbers,
    )
    decide_waiting(organisation, "bank_account", finance)
    return entered


def pay_from(organisation: Organisation, unit: str = "EUR", kind: str = "iban") -> None:
    """The brand's own account."""
    numbers = {
        "iban": {"iban": "DE75512108001245126199", "bic": "SOGEDEFFXXX"},
        "us": {
            "routing": "011000015",
            "number": "99887766",
            "company_id": "1234567890",
            "bank_name": "Federal Bank",
        },
    }[kind]
    note_paying_account(organisation=organisation, unit=unit, kind=kind, holder="Acme GmbH", **numbers)


def prepare(
    organisation: Organisation, finance: User, method: str = "sepa", unit: str = "EUR"
) -> PayoutBatch:
    return prepare_batch(
        organisation=organisation,
        method=method,
        unit=unit,
        execution_on=timezone.localdate() + timedelta(days=1),
        user=finance,
    )


def send(organisation: Organisation, finance: User, approver: User, **more: str) -> PayoutBatch:
    """Prepared, approved and handed over."""
    batch = prepare(organisation, finance, **more)
    decide_waiting(organisation, "payout_batch", approver)
    return hand_over_batch(batch=batch, user=finance)


def standing(organisation: Organisation, stage: Stage, owner: str | None = None) -> int:
    """What is owed at a stage; of the bank, what has left it."""
    return sum(row.owed_minor for row in balances(organisation=organisation, stage=stage, owner=owner))


def pain_002(
    batch: PayoutBatch, refused: Sequence[Payout] = (), *, group: str = "", message: str = "S1"
) -> bytes:
    """Refuses some payouts, or, by the status of the group, all of them."""
    one = "".join(
        f"<TxInfAndSts><OrgnlEndToEndId>{payout.reference}</OrgnlEndToEndId><TxSts>RJCT</TxSts>"
        f"<StsRsnInf><Rsn><Cd>AC04</Cd></Rsn><AddtlInf>Konto aufgel&#246;st</AddtlInf></StsRsnInf></TxInfAndSts>"
        for payout in refused
    )
    status = f"<GrpSts>{group}</GrpSts>" if group else ""
    block = f"<OrgnlPmtInfAndSts><OrgnlPmtInfId>{batch.reference}</OrgnlPmtInfId>{one}</OrgnlPmtInfAndSts>"
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><Document xmlns="{PAIN_002}"><CstmrPmtStsRpt>'
        f"<GrpHdr><MsgId>{message}</MsgId></GrpHdr><OrgnlGrpInfAndSts><OrgnlMsgId>{batch.reference}</OrgnlMsgId>"
        f"<OrgnlMsgNmId>pain.001</OrgnlMsgNmId>{status}</OrgnlGrpInfAndSts>{block if one else ''}"
        "</CstmrPmtStsRpt></Document>"
    ).encode()


def booking(
    payout: Payout, direction: str = "DBIT", *, bank: str = "", minor: int | None = None, reason: str = ""
) -> str:
    """One booked transaction in an entry of its own."""
    amount = payout.amount_minor if minor is None else minor
    text = f"{amount // 100}.{amount % 100:02}"
    returned = f"<RtrInf><Rsn><Cd>{reason}</Cd></Rsn></RtrInf>" if reason else ""
    return (
        f'<Ntry><Amt Ccy="{payout.unit}">{text}</Amt><CdtDbtInd>{direction}</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>'
        f"<BookgDt><Dt>2026-04-10</Dt></BookgDt><AcctSvcrRef>{bank}</AcctSvcrRef><NtryDtls><TxDtls><Refs>"
        f"<EndToEndId>{payout.reference}</EndToEndId></Refs>{returned}</TxDtls></NtryDtls></Ntry>"
    )


def whole(batch: PayoutBatch, amount_minor: int) -> str:
    """One booking for a whole batch, without its parts."""
    return (
        f'<Ntry><Amt Ccy="{batch.unit}">{amount_minor // 100}.{amount_minor % 100:02}</Amt>'
        "<CdtDbtInd>DBIT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-04-10</Dt></BookgDt><NtryDtls><Btch>"
        f"<PmtInfId>{batch.reference}</PmtInfId></Btch></NtryDtls></Ntry>"
    )


def camt(*entries: str, message: str = "M1", of: str = CAMT_053) -> bytes:
    root, part = ("BkToCstmrStmt", "Stmt") if of == CAMT_053 else ("BkToCstmrDbtCdtNtfctn", "Ntfctn")
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><Document xmlns="{of}"><{root}><GrpHdr><MsgId>{message}</MsgId>'
        f"</GrpHdr><{part}>{''.join(entries)}</{part}></{root}></Document>"
    ).encode()
