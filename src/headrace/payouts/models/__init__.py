"""What payouts keeps: settlements, statements, credit notes, taxes; bank accounts, batches, answers of banks."""

from headrace.payouts.models.bank_accounts import (
    AccountNumbers,
    BankAccount,
    BankAccountDecision,
    PayingAccount,
    PayoutTerms,
)
from headrace.payouts.models.bank_answers import BankAnswer, BankAnswerEntry
from headrace.payouts.models.batches import Payout, PayoutBatch
from headrace.payouts.models.credit_notes import CreditNote, CreditNoteCounter
from headrace.payouts.models.settlements import (
    Settlement,
    SettlementLine,
    SettlementPayee,
    SettlementTerms,
)
from headrace.payouts.models.statements import Statement
from headrace.payouts.models.taxes import TaxProfile

__all__ = [
    "AccountNumbers",
    "BankAccount",
    "BankAccountDecision",
    "BankAnswer",
    "BankAnswerEntry",
    "CreditNote",
    "CreditNoteCounter",
    "PayingAccount",
    "Payout",
    "PayoutBatch",
    "PayoutTerms",
    "Settlement",
    "SettlementLine",
    "SettlementPayee",
    "SettlementTerms",
    "Statement",
    "TaxProfile",
]
