"""By which ways value is paid out: one small interface, one explicit tuple.

A method says which accounts and units it pays, and makes the file that a bank takes, or none where none is needed.
Whatever the method, a payout is held, approved and handed over in the same way.
"""

from __future__ import annotations

from typing import ClassVar, Protocol

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from headrace.kernel.currency import is_currency
from headrace.payouts.bank import nacha, pain001
from headrace.payouts.bank.orders import Order
from headrace.payouts.models import AccountNumbers

Kind = AccountNumbers.Kind


class PaymentMethod(Protocol):
    """One way to pay. `kind` is the kind of account it pays to; `ending` and `media_type` are those of its file."""

    code: ClassVar[str]
    label: ClassVar[str | Promise]
    kind: ClassVar[str]
    ending: ClassVar[str]
    media_type: ClassVar[str]
    # Whether a bank answers what became of each payout; without one it is paid when it is handed over.
    is_answered: ClassVar[bool]

    def takes(self, unit: str) -> bool:
        """Whether amounts of the unit can be paid by it."""

    def write(self, order: Order) -> bytes:
        """The file for the bank, the same bytes for the same order. Raises `BankFileError`."""


class SepaFile:
    """An ISO 20022 file: euros within the SEPA, other currencies to accounts that have an IBAN."""

    code: ClassVar[str] = "sepa"
    label: ClassVar[str | Promise] = _("Bank file, ISO 20022")
    kind: ClassVar[str] = Kind.IBAN
    ending: ClassVar[str] = "xml"
    media_type: ClassVar[str] = "application/xml"
    is_answered: ClassVar[bool] = True

    def takes(self, unit: str) -> bool:
        return is_currency(unit)

    def write(self, order: Order) -> bytes:
        return pain001.write(order)


class NachaFile:
    """A file for the American clearing house."""

    code: ClassVar[str] = "ach"
    label: ClassVar[str | Promise] = _("Bank file, ACH")
    kind: ClassVar[str] = Kind.US
    ending: ClassVar[str] = "ach"
    media_type: ClassVar[str] = "text/plain"
    is_answered: ClassVar[bool] = True

    def takes(self, unit: str) -> bool:
        return unit == "USD"

    def write(self, order: Order) -> bytes:
        return nacha.write(order)


class CreditNote:
    """No bank: the amount is credited to what the partner owes to the brand."""

    code: ClassVar[str] = "credit_note"
    label: ClassVar[str | Promise] = _("Credit to the customer account")
    kind: ClassVar[str] = Kind.CREDIT_NOTE
    ending: ClassVar[str] = ""
    media_type: ClassVar[str] = ""
    is_answered: ClassVar[bool] = False

    def takes(self, unit: str) -> bool:
        return is_currency(unit)

    def write(self, order: Order) -> bytes:
        return b""


METHODS: tuple[PaymentMethod, ...] = (SepaFile(), NachaFile(), CreditNote())


def method_of(code: str) -> PaymentMethod:
    """Raises KeyError for a code that no method has."""
    return {method.code: method for method in METHODS}[code]


def method_for(kind: str, unit: str) -> PaymentMethod | None:
    """The method that pays amounts of the unit to accounts of this kind."""
    return next((method for method in METHODS if method.kind == kind and method.takes(unit)), None)
