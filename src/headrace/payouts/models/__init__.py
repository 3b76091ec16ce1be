"""What payouts keeps: statements, bank accounts, batches of payouts, and what banks answered."""

from headrace.payouts.models.bank_accounts import (
    AccountNumbers,
    BankAccount,
    BankAccountDecision,
    PayingAccount,
    PayoutTerms,
)
from headrace.payouts.models.bank_answers import BankAnswer, BankAnswerEntry
from headrace.payouts.models.batches import Payout, PayoutBatch
from headrace.payouts.models.statements import Statement

__all__ = [
    "AccountNumbers",
    "BankAccount",
    "BankAccountDecision",
    "BankAnswer",
    "BankAnswerEntry",
    "PayingAccount",
    "Payout",
    "PayoutBatch",
    "PayoutTerms",
    "Statement",
]
