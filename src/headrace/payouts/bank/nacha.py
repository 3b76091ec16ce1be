"""NACHA files: payments by the American clearing house (ACH), CCD to companies and PPD to persons.

Records of 94 signs, blocked by ten, balanced: each batch debits the payer's account by what it credits to others.
Layout by the Nacha Operating Rules, appendix three ("ACH Record Format Specifications").
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from headrace.payouts.bank.orders import Account, BankFileError, Order, Payment, plain

RECORD_LENGTH, BLOCKING_FACTOR = 94, 10
AMOUNT_MAX = 10**10 - 1  # ten digits
MIXED = "200"  # service class: credits and the debit that balances them
MODIFIERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
CREDIT = {False: "22", True: "32"}  # to a checking account, to a savings account
DEBIT = {False: "27", True: "37"}


@dataclass(frozen=True, slots=True)
class Sums:
    """What control records tell: entries, the sum of the first eight digits of their banks, cents both ways."""

    entries: int = 0
    hash: int = 0
    debit_minor: int = 0
    credit_minor: int = 0

    def __add__(self, other: Sums) -> Sums:
        return Sums(
            self.entries + other.entries,
            self.hash + other.hash,
            self.debit_minor + other.debit_minor,
            self.credit_minor + other.credit_minor,
        )


def write(order: Order) -> bytes:
    """The file. Raises `BankFileError` where the order doesn't fit the format."""
    _check(order)
    records, sums, batches = [_file_header(order)], Sums(), 0
    for code, is_company in (("CCD", True), ("PPD", False)):
        payments = [payment for payment in order.payments if payment.is_company is is_company]
        if payments:
            batches += 1
            written, found = _batch(order, code, batches, payments)
            records += written
            sums += found
    blocks = -(-(len(records) + 1) // BLOCKING_FACTOR)
    records.append(
        f"9{batches:06}{blocks:06}{sums.entries:08}{_hash(sums)}{sums.debit_minor:012}{sums.credit_minor:012}"
        f"{'':39}"
    )
    records += ["9" * RECORD_LENGTH] * (blocks * BLOCKING_FACTOR - len(records))
    assert all(len(record) == RECORD_LENGTH for record in records), "each record has 94 signs"
    return ("\r\n".join(records) + "\r\n").encode("ascii")


def _check(order: Order) -> None:
    if order.unit != "USD":
        raise BankFileError(f"NACHA: payments are in USD, not in {order.unit}")
    # The debit that balances a batch is an entry like any other.
    if order.total_minor > AMOUNT_MAX:
        raise BankFileError("NACHA: the total has more than the ten digits that the format has places for")


def _file_header(order: Order) -> str:
    serial = int("".join(sign for sign in order.reference if sign.isdigit()) or "0")
    return (
        f"101 {order.payer.routing}{_text(order.company_id, 10)}{order.made_at:%y%m%d%H%M}"
        f"{MODIFIERS[serial % len(MODIFIERS)]}094{BLOCKING_FACTOR}1{_text(order.bank_name, 23)}"
        f"{_text(order.payer.holder, 23)}{serial % 10**8:08}"
    )


def _batch(order: Order, code: str, number: int, payments: Sequence[Payment]) -> tuple[list[str], Sums]:
    bank = order.payer.routing[:8]
    header = (
        f"5{MIXED}{_text(order.payer.holder, 16)}{'':20}{_text(order.company_id, 10)}{code}"
        f"{_text('PAYOUT', 10)}{'':6}{order.execution_on:%y%m%d}{'':3}1{bank}{number:07}"
    )
    entries = list(_entries(order, payments))
    total = sum(payment.amount_minor for payment in payments)
    sums = Sums(len(entries), sum(int(entry[3:11]) for entry in entries), total, total)
    control = (
        f"8{MIXED}{sums.entries:06}{_hash(sums)}{total:012}{total:012}{_text(order.company_id, 10)}"
        f"{'':19}{'':6}{bank}{number:07}"
    )
    return [header, *entries, control], sums


def _entries(order: Order, payments: Sequence[Payment]) -> Iterator[str]:
    for sequence, payment in enumerate(payments, start=1):
        yield _entry(
            CREDIT[payment.to.is_savings],
            payment.to,
            payment.amount_minor,
            payment.reference,
            order.payer.routing[:8],
            sequence,
        )
    yield _entry(
        DEBIT[order.payer.is_savings],
        order.payer,
        sum(payment.amount_minor for payment in payments),
        order.reference,
        order.payer.routing[:8],
        len(payments) + 1,
    )


def _entry(
    transaction: str, account: Account, amount_minor: int, reference: str, bank: str, sequence: int
) -> str:
    return (
        f"6{transaction}{account.routing}{_text(account.number, 17)}{amount_minor:010}{_text(reference, 15)}"
        f"{_text(account.holder, 22)}{'':2}0{bank}{sequence:07}"
    )


def _hash(sums: Sums) -> str:
    """Its last ten digits: what overflows is cut off on the left."""
    return f"{sums.hash % 10**10:010}"


def _text(text: str, length: int) -> str:
    return f"{plain(text, length).upper():{length}}"
