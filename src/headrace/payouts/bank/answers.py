"""What a bank answered, as plain records, out of pain.002, camt.053 and camt.054 of any version.

Element names are read without their namespaces: banks send versions 02 to 13, and what is read here is the same in
all of them. A document with a DOCTYPE is refused before it is parsed: neither entities nor other files are reached.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from lxml import etree

from headrace.kernel.currency import digits, is_currency

BYTES_MAX = 50_000_000
ENTRIES_MAX = 200_000
ROOTS = {
    "CstmrPmtStsRpt": "pain.002",
    "BkToCstmrStmt": "camt.053",
    "BkToCstmrDbtCdtNtfctn": "camt.054",
}
DOCTYPE = re.compile(rb"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)
# What the bank says of a whole file or of one payment: ISO 20022 external code set "payment status".
REFUSED = frozenset({"RJCT", "CANC"})
TEXT_LENGTH_MAX, REFERENCE_LENGTH_MAX = 500, 35
NOT_PROVIDED = "NOTPROVIDED"


class AnswerError(ValueError):
    """The file is no answer of a bank that can be read. `code` says why; `text` is a detail of it."""

    def __init__(self, code: str, text: str = "") -> None:
        super().__init__(f"{code} {text}".strip())
        self.code, self.text = code, text


class Kind(StrEnum):
    ACCEPTED = "accepted"
    REFUSED = "refused"
    PAID = "paid"
    RETURNED = "returned"


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing the bank says: of one payment by its `reference`, or of a whole file by `batch_reference` alone.

    `amount_minor` in minor units of `unit`, None where the bank names none.
    """

    kind: Kind
    reference: str = ""
    batch_reference: str = ""
    bank_reference: str = ""
    amount_minor: int | None = None
    unit: str = ""
    booked_on: date | None = None
    reason_code: str = ""
    reason_text: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """A file: which message it is, the id that the bank gave it, and what it says."""

    message: str
    message_id: str
    entries: tuple[Entry, ...]


def read(content: bytes) -> Answer:
    """Raises `AnswerError` for what is no such file, is too large, or holds a DOCTYPE."""
    root = _root(_parse(content))
    message = ROOTS[etree.QName(root).localname]
    found = _statuses(root) if message == "pain.002" else _bookings(root)
    entries = []
    for entry in found:
        entries.append(entry)
        if len(entries) > ENTRIES_MAX:
            raise AnswerError("too_large")
    return Answer(message, _text(root, "GrpHdr", "MsgId")[:REFERENCE_LENGTH_MAX], tuple(entries))


def _parse(content: bytes) -> Any:
    if len(content) > BYTES_MAX:
        raise AnswerError("too_large")
    # Also in UTF-16, in which the signs lie two bytes apart.
    if DOCTYPE.search(content.replace(b"\0", b"")):
        raise AnswerError("doctype")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        document = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise AnswerError("not_xml", str(error)) from error
    if document.getroottree().docinfo.internalDTD is not None:
        raise AnswerError("doctype")
    return document


def _root(document: Any) -> Any:
    for child in document:
        if isinstance(child.tag, str) and etree.QName(child).localname in ROOTS:
            return child
    raise AnswerError("other_message", etree.QName(document).localname)


def _all(element: Any, *path: str) -> list[Any]:
    """The elements at the end of a path of names, whatever their namespace."""
    found = [element]
    for name in path:
        found = [
            child
            for one in found
            for child in one
            if isinstance(child.tag, str) and etree.QName(child).localname == name
        ]
    return found


def _text(element: Any, *path: str) -> str:
    found = _all(element, *path)
    return (found[0].text or "").strip() if found else ""


def _first(*texts: str) -> str:
    return next((text for text in texts if text), "")


def _statuses(root: Any) -> Iterator[Entry]:
    """Of pain.002: the whole file, a block of it, or single payments."""
    group = _all(root, "OrgnlGrpInfAndSts")
    for element in group:
        if _text(element, "GrpSts"):
            yield _status(element, "GrpSts", "", _text(element, "OrgnlMsgId"))
    of_file = _text(group[0], "OrgnlMsgId") if group else ""
    for block in _all(root, "OrgnlPmtInfAndSts"):
        if _text(block, "PmtInfSts"):
            yield _status(block, "PmtInfSts", "", _first(_text(block, "OrgnlPmtInfId"), of_file))
        for one in _all(block, "TxInfAndSts"):
            if _text(one, "TxSts"):
                yield _status(one, "TxSts", _text(one, "OrgnlEndToEndId"), of_file)


def _status(element: Any, name: str, reference: str, batch_reference: str) -> Entry:
    reason = _all(element, "StsRsnInf")
    code, text = _reason(reason[0] if reason else None)
    amount = _all(element, "OrgnlTxRef", "Amt", "InstdAmt")
    amount_minor, unit = _amount(amount[0]) if amount else (None, "")
    return Entry(
        kind=Kind.REFUSED if _text(element, name) in REFUSED else Kind.ACCEPTED,
        reference=reference[:REFERENCE_LENGTH_MAX],
        batch_reference=batch_reference[:REFERENCE_LENGTH_MAX],
        bank_reference=_text(element, "AcctSvcrRef")[:REFERENCE_LENGTH_MAX],
        amount_minor=amount_minor,
        unit=unit,
        reason_code=code,
        reason_text=text,
    )


def _reason(element: Any) -> tuple[str, str]:
    """Code and text."""
    if element is None:
        return "", ""
    code = _first(_text(element, "Rsn", "Cd"), _text(element, "Rsn", "Prtry"))
    text = " ".join((one.text or "").strip() for one in _all(element, "AddtlInf"))
    return code[:REFERENCE_LENGTH_MAX], text[:TEXT_LENGTH_MAX]


def _bookings(root: Any) -> Iterator[Entry]:
    """Of camt.053 and camt.054: what is booked, not what is only announced."""
    statements = [*_all(root, "Stmt"), *_all(root, "Ntfctn")]
    for statement in statements:
        for entry in _all(statement, "Ntry"):
            status = _first(_text(entry, "Sts", "Cd"), _text(entry, "Sts"))
            if status == "BOOK":
                yield from _booked(entry)


def _booked(entry: Any) -> Iterator[Entry]:
    transactions = _all(entry, "NtryDtls", "TxDtls")
    if not transactions:
        batch = _first(
            _text(entry, "NtryDtls", "Btch", "MsgId"), _text(entry, "NtryDtls", "Btch", "PmtInfId")
        )
        yield _booking(entry, entry, batch)
    for one in transactions:
        yield _booking(entry, one, "")


def _booking(entry: Any, one: Any, batch_reference: str) -> Entry:
    """One transaction; what it doesn't say itself is said by the entry that it is part of."""
    amounts = [*_all(one, "Amt"), *_all(one, "AmtDtls", "TxAmt", "Amt"), *_all(entry, "Amt")]
    amount_minor, unit = _amount(amounts[0]) if amounts else (None, "")
    direction = _first(_text(one, "CdtDbtInd"), _text(entry, "CdtDbtInd"))
    returned = _all(one, "RtrInf")
    code, text = _reason(returned[0] if returned else None)
    reference = _text(one, "Refs", "EndToEndId")
    of_file = _first(batch_reference, _text(one, "Refs", "MsgId"), _text(one, "Refs", "PmtInfId"))
    return Entry(
        kind=Kind.PAID if direction == "DBIT" else Kind.RETURNED,
        reference="" if reference == NOT_PROVIDED else reference[:REFERENCE_LENGTH_MAX],
        batch_reference=of_file[:REFERENCE_LENGTH_MAX],
        bank_reference=_first(_text(one, "Refs", "AcctSvcrRef"), _text(entry, "AcctSvcrRef"))[
            :REFERENCE_LENGTH_MAX
        ],
        amount_minor=amount_minor,
        unit=unit,
        booked_on=_day(_first(_text(entry, "BookgDt", "Dt"), _text(entry, "BookgDt", "DtTm"))),
        reason_code=code,
        reason_text=text,
    )


def _amount(element: Any) -> tuple[int | None, str]:
    """Minor units and currency; no amount where it has more decimals than the currency, or is none."""
    unit = element.get("Ccy") or ""
    if not is_currency(unit):
        return None, ""
    try:
        value = Decimal((element.text or "").strip()).scaleb(digits(unit))
    except InvalidOperation:
        return None, unit
    if not value.is_finite() or abs(value) >= 10**15 or value != value.to_integral_value():
        return None, unit
    return int(value), unit


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None
