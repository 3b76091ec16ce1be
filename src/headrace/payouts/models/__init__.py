"""What payouts keeps: settlements, statements, credit notes, and what is known of who is taxed how."""

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
    "CreditNote",
    "CreditNoteCounter",
    "Settlement",
    "SettlementLine",
    "SettlementPayee",
    "SettlementTerms",
    "Statement",
    "TaxProfile",
]
