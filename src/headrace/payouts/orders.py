"""The order for the bank out of a batch: nothing in it depends on when or how often it is made."""

from __future__ import annotations

from headrace.payouts.bank import orders
from headrace.payouts.models import AccountNumbers, Payout, PayoutBatch


def order_of(batch: PayoutBatch, payouts: list[Payout]) -> orders.Order:
    """Of a batch that is paid from an account, with its payouts in the order of their ids."""
    payer = batch.paying_account
    assert payer is not None, "a batch with a file has the account it is paid from"
    return orders.Order(
        reference=batch.reference,
        made_at=batch.prepared_at,
        execution_on=batch.execution_on,
        unit=batch.unit,
        payer=_account(payer),
        payments=tuple(_payment(batch, payout) for payout in payouts),
        company_id=payer.company_id,
        bank_name=payer.bank_name,
    )


def _payment(batch: PayoutBatch, payout: Payout) -> orders.Payment:
    return orders.Payment(
        reference=payout.reference,
        amount_minor=payout.amount_minor,
        to=_account(payout.account),
        text=f"{batch.organisation.name} {payout.reference}",
        is_company=payout.person_id is None,
    )


def _account(numbers: AccountNumbers) -> orders.Account:
    return orders.Account(
        holder=numbers.holder,
        iban=numbers.iban,
        bic=numbers.bic,
        routing=numbers.routing,
        number=numbers.number,
        is_savings=numbers.account_type == AccountNumbers.Type.SAVINGS,
    )
