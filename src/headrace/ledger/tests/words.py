"""The words in which the tests of the ledger are written."""

from __future__ import annotations

from datetime import date
from typing import Any

from headrace.ledger.drafts import EntryDraft, TransferDraft, move
from headrace.ledger.models import AccountKey, Stage

MARCH = date(2025, 3, 31)
APRIL = date(2025, 4, 30)


def expense(unit: str = "EUR") -> AccountKey:
    return AccountKey("", unit, Stage.EXPENSE, "programme:1")


def accrued(owner: str = "partner:1", unit: str = "EUR") -> AccountKey:
    return AccountKey(owner, unit, Stage.ACCRUED, "programme:1")


def payable(owner: str = "partner:1", unit: str = "EUR") -> AccountKey:
    return AccountKey(owner, unit, Stage.PAYABLE, "programme:1")


def available(owner: str = "person:1", unit: str = "points") -> AccountKey:
    return AccountKey(owner, unit, Stage.AVAILABLE, "programme:1")


def spent(owner: str = "person:1", unit: str = "points") -> AccountKey:
    return AccountKey(owner, unit, Stage.PAID, "programme:1")


def accrual(
    key: str = "earning:1",
    amount_minor: int = 12_50,
    owner: str = "partner:1",
    unit: str = "EUR",
    occurred_on: date = MARCH,
    **details: Any,
) -> TransferDraft:
    """A partner earned something."""
    entries = move(amount_minor, debit=expense(unit), credit=accrued(owner, unit))
    return TransferDraft(key, "earning", occurred_on, entries, details)


def settlement(key: str = "settle:1", amount_minor: int = 12_50, owner: str = "partner:1") -> TransferDraft:
    """What was accrued is now to be paid."""
    entries = move(amount_minor, debit=accrued(owner), credit=payable(owner))
    return TransferDraft(key, "settlement", APRIL, entries, {})


def two_sided(debit_minor: int, credit_minor: int, unit: str = "EUR") -> tuple[EntryDraft, EntryDraft]:
    """Entries that balance only where the amounts are the same."""
    return EntryDraft(expense(unit), debit_minor), EntryDraft(accrued(unit=unit), -credit_minor)
