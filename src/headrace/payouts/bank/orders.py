"""What a bank is asked to pay, as plain records; each format writes the same order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from text_unidecode import unidecode

from headrace.kernel.currency import digits

# What every bank in the SEPA takes: EPC217-08, the basic Latin character set.
ALLOWED = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/-?:().,'+ ")


class BankFileError(ValueError):
    """A file for the bank can't be made of this order, or would not be valid."""


@dataclass(frozen=True, slots=True)
class Account:
    """An account at a bank: by IBAN (and BIC where known), or by routing and account number."""

    holder: str
    iban: str = ""
    bic: str = ""
    routing: str = ""
    number: str = ""
    is_savings: bool = False


@dataclass(frozen=True, slots=True)
class Payment:
    """One payment of `amount_minor` (minor units, above nought). `reference` comes back in the bank's answers."""

    reference: str
    amount_minor: int
    to: Account
    text: str
    # A company, not a natural person: American files tell them apart.
    is_company: bool = True


@dataclass(frozen=True, slots=True)
class Order:
    """Payments of one unit out of one account. The same order always gives the same bytes."""

    reference: str
    made_at: datetime
    execution_on: date
    unit: str
    payer: Account
    payments: tuple[Payment, ...]
    # Only in American files: what the bank knows the payer by, and its name.
    company_id: str = ""
    bank_name: str = ""

    @property
    def total_minor(self) -> int:
        return sum(payment.amount_minor for payment in self.payments)


def plain(text: str, length_max: int) -> str:
    """The text in signs that every bank takes, cut to their number: Müller becomes Muller."""
    latin = unidecode(text)
    return " ".join("".join(sign if sign in ALLOWED else " " for sign in latin).split())[:length_max].strip()


def decimal_text(amount_minor: int, unit: str) -> str:
    """Minor units with the point of their currency: 120050 EUR as 1200.50."""
    return str(Decimal(amount_minor).scaleb(-digits(unit)))
