"""ISO 20022 pain.001.001.09, the credit transfers a customer asks its bank for.

Written as the bank's guidelines for SEPA have it (EPC132-08) where the unit is the euro, else as a transfer whose
charges are shared. Every file is checked against the schema before it is given out.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

from lxml import etree

from headrace.payouts.bank.orders import Account, BankFileError, Order, Payment, decimal_text, plain

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
NAME_LENGTH_MAX, TEXT_LENGTH_MAX = 70, 140


def write(order: Order) -> bytes:
    """The file. Raises `BankFileError` where it would not be valid."""
    document = etree.Element(f"{{{NAMESPACE}}}Document", nsmap={None: NAMESPACE})
    root = _add(document, "CstmrCdtTrfInitn")
    _add_header(root, order)
    _add_payments(root, order)
    check(document)
    return bytes(etree.tostring(document, xml_declaration=True, encoding="UTF-8", pretty_print=True))


def check(document: Any) -> None:
    """Raises `BankFileError` with what the schema objects to."""
    schema = _schema()
    if not schema.validate(document):
        found = schema.error_log.last_error
        raise BankFileError(f"pain.001.001.09: {found.message if found else 'not valid'}")


@cache
def _schema() -> Any:
    path = files("sepaxml").joinpath("schemas/pain.001.001.09.xsd")
    return etree.XMLSchema(etree.fromstring(path.read_bytes()))


def _add(parent: Any, name: str, text: str | None = None) -> Any:
    element = etree.SubElement(parent, f"{{{NAMESPACE}}}{name}")
    element.text = text
    return element


def _add_sums(parent: Any, order: Order) -> None:
    _add(parent, "NbOfTxs", str(len(order.payments)))
    _add(parent, "CtrlSum", decimal_text(order.total_minor, order.unit))


def _add_header(root: Any, order: Order) -> None:
    header = _add(root, "GrpHdr")
    _add(header, "MsgId", order.reference)
    _add(header, "CreDtTm", order.made_at.strftime("%Y-%m-%dT%H:%M:%S"))
    _add_sums(header, order)
    _add(_add(header, "InitgPty"), "Nm", plain(order.payer.holder, NAME_LENGTH_MAX))


def _add_payments(root: Any, order: Order) -> None:
    is_sepa = order.unit == "EUR"
    block = _add(root, "PmtInf")
    _add(block, "PmtInfId", order.reference)
    _add(block, "PmtMtd", "TRF")
    _add(block, "BtchBookg", "true")
    _add_sums(block, order)
    if is_sepa:
        _add(_add(_add(block, "PmtTpInf"), "SvcLvl"), "Cd", "SEPA")
    _add(_add(block, "ReqdExctnDt"), "Dt", order.execution_on.isoformat())
    _add(_add(block, "Dbtr"), "Nm", plain(order.payer.holder, NAME_LENGTH_MAX))
    _add_account(block, "DbtrAcct", order.payer)
    _add_bank(block, "DbtrAgt", order.payer, is_required=True)
    _add(block, "ChrgBr", "SLEV" if is_sepa else "SHAR")
    for payment in order.payments:
        _add_payment(block, payment, order.unit)


def _add_payment(block: Any, payment: Payment, unit: str) -> None:
    one = _add(block, "CdtTrfTxInf")
    _add(_add(one, "PmtId"), "EndToEndId", payment.reference)
    amount = _add(_add(one, "Amt"), "InstdAmt", decimal_text(payment.amount_minor, unit))
    amount.set("Ccy", unit)
    _add_bank(one, "CdtrAgt", payment.to)
    _add(_add(one, "Cdtr"), "Nm", plain(payment.to.holder, NAME_LENGTH_MAX))
    _add_account(one, "CdtrAcct", payment.to)
    _add(_add(one, "RmtInf"), "Ustrd", plain(payment.text, TEXT_LENGTH_MAX))


def _add_account(parent: Any, name: str, account: Account) -> None:
    _add(_add(_add(parent, name), "Id"), "IBAN", account.iban)


def _add_bank(parent: Any, name: str, account: Account, *, is_required: bool = False) -> None:
    """Within the SEPA the IBAN alone names the bank; the payer's must be there, if only to say so."""
    if not account.bic and not is_required:
        return
    bank = _add(_add(parent, name), "FinInstnId")
    if account.bic:
        _add(bank, "BICFI", account.bic)
    else:
        _add(_add(bank, "Othr"), "Id", "NOTPROVIDED")
