"""X12 transaction set 867, Product Transfer and Resale Report, versions 003020 to 008010."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from headrace.sales.edi.envelope import Level, checked
from headrace.sales.edi.lines import Lines, day_of, rows_of
from headrace.sales.edi.segments import Segment, Signs, read_segments
from headrace.sales.reasons import FileRefused
from headrace.sales.values import Format

# ISA has a fixed length, so that the signs can be read out of it before anything else is known.
ISA_LENGTH = 106
LEVELS = (
    Level("ISA", "IEA", ("",), 13),
    Level("GS", "GE", ("ISA",), 6),
    Level("ST", "SE", ("GS",), 2, is_message=True),
)
INTERCHANGE, MESSAGE, GROUP, QUANTITY = 1, 2, 3, 4

# N101, the part a party plays.
PARTIES = {
    "DS": "seller", "DB": "seller", "SE": "seller", "SU": "supplier", "MF": "supplier", "VN": "supplier",
    "BY": "buyer", "ST": "ship_to", "BT": "bill_to", "EN": "end_customer", "UC": "end_customer",
}  # fmt: skip
# LIN02 and so on, whose number for the product it is.
PRODUCTS = {
    "UK": "gtin", "EN": "gtin", "UP": "upc", "UA": "upc", "VN": "supplier", "VP": "supplier", "VC": "supplier",
    "MG": "manufacturer", "MF": "manufacturer", "SK": "seller", "BP": "buyer", "IN": "buyer",
}  # fmt: skip
# DTM01; the period of the report is told of a whole message or of one group.
DAYS = {
    "003": "invoice_date", "011": "date", "035": "date", "050": "date", "514": "date", "097": "document_date",
    "090": "period_from", "091": "period_to", "007": "date", "150": "period_from", "151": "period_to",
    "194": "period_from", "206": "period_to",
}  # fmt: skip
# REF01.
REFERENCES = {
    "IV": "invoice", "DI": "invoice", "IN": "invoice", "PO": "order", "CO": "order", "ON": "order",
    "CT": "contract", "SE": "serial", "LT": "lot", "BT": "lot",
}  # fmt: skip
# QTY01: what lies in store or is on order is no sale; what comes back counts below nothing.
NOT_SOLD = {"17", "20", "29", "33", "63", "QH", "QO"}
RETURNED = {"76", "QR", "QE"}
# BPT01: the report takes back one that was sent before.
CANCELLING = {"01", "03"}


def rows(path: Path, format: Format) -> Iterator[tuple[int, list[str]]]:
    """(number, cells) of each line of `lines.COLUMNS`; raises FileRefused where the envelopes are wrong."""
    with path.open("rb") as file:
        signs = _signs(file)
        reader = _Reader(Lines(format))
        segments = checked(read_segments(file, _codec(format), signs), LEVELS)
        yield from rows_of(segments, reader.level, reader.verbs)


def _codec(format: Format) -> str:
    return "utf-8-sig" if format.encoding == "utf-8" else format.encoding


def _signs(file: BinaryIO) -> Signs:
    """The separators, told by the places they have in ISA; the file stands at its begin afterwards."""
    head = file.read(ISA_LENGTH + len(codecs.BOM_UTF8)).removeprefix(codecs.BOM_UTF8).decode("latin-1")
    file.seek(0)
    if not head.startswith("ISA") or len(head) < ISA_LENGTH or head.count(head[3]) < 16:
        raise FileRefused("not_x12")
    signs = Signs(element=head[3], component=head[104], terminator=head[105])
    if len({signs.element, signs.component, signs.terminator}) < 3 or signs.element.isalnum():
        raise FileRefused("not_x12")
    return signs


class _Reader:
    """Walks the segments of an interchange and gives rows as they become complete."""

    def __init__(self, lines: Lines) -> None:
        self.lines = lines
        self.party = ""
        self.verbs: dict[str, Callable[[Segment], None]] = {
            "BPT": self.beginning, "CUR": self.currency, "DTM": self.day, "REF": self.reference, "N1": self.name,
            "N4": self.place, "LIN": self.product, "UIT": self.price, "AMT": self.amount, "PID": self.description,
        }  # fmt: skip

    def level(self, segment: Segment) -> list[str] | None:
        """Begins the level that a segment begins, and gives the row that ends with it."""
        lines, tag = self.lines, segment.tag
        if tag == "ISA":
            lines.begin(INTERCHANGE)
            lines.put("sender", segment.get(6))
            lines.put("receiver", segment.get(8))
            lines.put("interchange", segment.get(13))
        elif tag == "ST":
            self._check_kind(segment)
            lines.begin(MESSAGE)
            lines.put("message", segment.get(2))
            lines.number = 0
        elif tag == "PTD":
            return self._group(segment)
        elif tag in ("QTY", "SII"):
            row = lines.begin(QUANTITY)
            self._quantity(segment) if tag == "QTY" else self._sales_item(segment)
            return row
        elif tag in ("CTT", "SE"):
            return lines.begin(GROUP)
        return None

    def _check_kind(self, segment: Segment) -> None:
        if segment.get(1) != "867":
            raise FileRefused("edi_wrong_kind", found=segment.get(1), place=segment.place, right="867")

    def _group(self, segment: Segment) -> list[str] | None:
        row = self.lines.begin(GROUP)
        self.lines.put("type", segment.get(1))
        for place in (2, 4):
            self._refer(segment.get(place), segment.get(place + 1))
        self.lines.begin_line()
        self.party = ""
        return row

    def _quantity(self, segment: Segment) -> None:
        code = segment.get(1)
        self.lines.put_quantity(
            segment.get(2), code, segment.get(3), is_sale=code not in NOT_SOLD, is_return=code in RETURNED
        )

    def _sales_item(self, segment: Segment) -> None:
        self._identify(segment.get(1), segment.get(2))
        self.lines.put("quantity", segment.get(3))
        self.lines.put("unit", segment.get(4))
        self.lines.put("price", segment.get(5) or segment.get(6))
        self.lines.put("amount", segment.get(7))
        self.lines.begin_line()

    def beginning(self, segment: Segment) -> None:
        if segment.get(1) in CANCELLING:
            raise FileRefused("edi_cancelling", place=segment.place, code=segment.get(1))
        self.lines.put("purpose", segment.get(1))
        self.lines.put("document", segment.get(2))
        self.lines.put("document_date", day_of(segment.get(3)))

    def currency(self, segment: Segment) -> None:
        self.lines.put("currency", segment.get(2))

    def day(self, segment: Segment) -> None:
        code, day = segment.get(1), segment.get(2)
        if segment.get(5) == "RD8":
            first, _, last = segment.get(6).partition("-")
            self.lines.put("period_from", first)
            self.lines.put("period_to", last)
        elif column := DAYS.get(code):
            self.lines.put(column, day_of(day))

    def reference(self, segment: Segment) -> None:
        self._refer(segment.get(1), segment.get(2) or segment.get(3))

    def _refer(self, code: str, text: str) -> None:
        if column := REFERENCES.get(code):
            self.lines.put(column, text)
        elif text:
            self.lines.put("references", f"{code}:{text}")

    def name(self, segment: Segment) -> None:
        self.party = PARTIES.get(segment.get(1), "")
        if self.party:
            self.lines.put(f"{self.party}_name", segment.get(2))
            self.lines.put(f"{self.party}_id", segment.get(4))

    def place(self, segment: Segment) -> None:
        if self.party:
            self.lines.put(f"{self.party}_city", segment.get(1))
            self.lines.put(f"{self.party}_postal_code", segment.get(3))
            self.lines.put(f"{self.party}_country", segment.get(4))

    def product(self, segment: Segment) -> None:
        for place in range(2, len(segment.elements), 2):
            self._identify(segment.get(place), segment.get(place + 1))

    def _identify(self, code: str, number: str) -> None:
        if not number:
            return
        if code == "SN":
            self.lines.put("serial", number)
            return
        self.lines.put("product", number)
        owner = PRODUCTS.get(code)
        self.lines.put(f"product_{owner or 'other'}", number if owner else f"{code}:{number}")

    def description(self, segment: Segment) -> None:
        self.lines.put("product_name", segment.get(5))

    def price(self, segment: Segment) -> None:
        self.lines.put("price", segment.get(2))

    def amount(self, segment: Segment) -> None:
        self.lines.put("amount", segment.get(2))
        self.lines.put("amounts", f"{segment.get(1)}:{segment.get(2)}")
