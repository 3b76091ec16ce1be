"""What an approved settlement posts to the ledger. Each key names settlement, owner, programme and unit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from headrace.ledger.drafts import TransferDraft, advance, move
from headrace.ledger.models import AccountKey, Stage
from headrace.payouts.drafting import APPROVED_KIND, LineDraft, PayeeDraft
from headrace.payouts.models import Settlement

# The input tax that the brand gets back from its tax office is no cost of a programme.
VAT_PROGRAMME = "vat"


def transfers_of(settlement: Settlement, payees: Iterable[PayeeDraft]) -> Iterator[TransferDraft]:
    """Accrued to approved, approved to payable, and out of the payable what is withheld."""
    for payee in payees:
        for line in payee.lines:
            yield from _of_line(settlement, payee, line)
        if payee.vat_minor:
            yield _draft(
                settlement,
                f"{payee.owner}::{payee.unit}:vat",
                "vat_added",
                payee.vat_minor,
                debit=AccountKey("", payee.unit, Stage.EXPENSE, VAT_PROGRAMME),
                credit=AccountKey(payee.owner, payee.unit, Stage.PAYABLE),
                vat=payee.vat,
            )


def _of_line(settlement: Settlement, payee: PayeeDraft, line: LineDraft) -> Iterator[TransferDraft]:
    key = f"{payee.owner}:{line.programme}:{payee.unit}"
    accrued = AccountKey(payee.owner, payee.unit, Stage.ACCRUED, line.programme)
    approved, payable = accrued._replace(stage=Stage.APPROVED), accrued._replace(stage=Stage.PAYABLE)
    if line.accrued_minor:
        entries = advance(line.accrued_minor, accrued, Stage.APPROVED)
        yield TransferDraft(
            f"{settlement.key_prefix}{key}:approved",
            APPROVED_KIND,
            settlement.counted_to,
            entries,
            {"settlement": settlement.pk},
        )
    if line.gross_minor:
        yield _draft(
            settlement,
            f"{key}:payable",
            "settlement_payable",
            line.gross_minor,
            debit=approved,
            credit=payable,
        )
    if line.withheld_minor:
        office = AccountKey(f"tax:{payee.tax['country']}", payee.unit, Stage.PAYABLE)
        yield _draft(
            settlement,
            f"{key}:withheld",
            "tax_withheld",
            line.withheld_minor,
            debit=payable,
            credit=office,
            tax=payee.tax,
        )


def _draft(
    settlement: Settlement,
    key: str,
    kind: str,
    amount_minor: int,
    *,
    debit: AccountKey,
    credit: AccountKey,
    **details: Any,
) -> TransferDraft:
    return TransferDraft(
        f"{settlement.key_prefix}{key}",
        kind,
        settlement.counted_to,
        move(amount_minor, debit=debit, credit=credit),
        {"settlement": settlement.pk, **details},
    )
