"""EDIFACT message SLSRPT, sales data report, directories D.93A to D.01B and later, EANCOM among them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from headrace.sales.edi.envelope import Level, checked
from headrace.sales.edi.lines import Lines, day_of, rows_of
from headrace.sales.edi.segments import Segment, Signs, read_segments
from headrace.sales.reasons import FileRefused
from headrace.sales.values import Format

UNA_LENGTH = 9
LEVELS = (
    Level("UNB", "UNZ", ("",), 5),
    Level("UNG", "UNE", ("UNB",), 5),
    Level("UNH", "UNT", ("UNB", "UNG"), 1, is_message=True),
)
INTERCHANGE, MESSAGE, FIRST, SECOND, QUANTITY = 1, 2, 3, 4, 5
# UNB01, the syntax identifier, says which letters the rest is written in.
ENCODINGS = {
    "UNOA": "latin-1", "UNOB": "latin-1", "UNOC": "latin-1", "UNOD": "iso8859-2", "UNOE": "iso8859-5",
    "UNOF": "iso8859-7", "UNOG": "iso8859-3", "UNOH": "iso8859-4", "UNOI": "iso8859-6", "UNOJ": "iso8859-8",
    "UNOK": "iso8859-9", "UNOW": "utf-8", "UNOY": "utf-8",
}  # fmt: skip

# NAD01, the part a party plays; FR sends the report.
PARTIES = {
    "SE": "seller", "FR": "seller", "SU": "supplier", "MF": "supplier", "MR": "supplier", "BY": "buyer",
    "DP": "ship_to", "ST": "ship_to", "IV": "bill_to", "UC": "end_customer", "UD": "end_customer",
}  # fmt: skip
# C212 7143, whose number for the product it is.
PRODUCTS = {
    "EN": "gtin", "SRV": "gtin", "UP": "upc", "SA": "supplier", "IN": "buyer", "BP": "buyer", "MF": "manufacturer",
    "HS": "other",
}  # fmt: skip
# C507 2005. 324 is a period of two days in one.
DAYS = {
    "137": "document_date", "3": "invoice_date", "356": "date", "35": "date", "50": "date", "454": "date",
    "90": "period_from", "91": "period_to", "194": "period_from", "206": "period_to",
    "158": "period_from", "159": "period_to",
}  # fmt: skip
PERIODS = {"90", "91", "137", "263", "324", "356", "454"}
# C506 1153.
REFERENCES = {"IV": "invoice", "ON": "order", "VN": "order", "CT": "contract", "SE": "serial", "BT": "lot"}
# C516 5025: the value of the line, net of tax; the first that is told holds.
AMOUNTS = ("203", "66", "38", "79")
# C186 6063.
NOT_SOLD = {"17", "21", "145", "198"}
RETURNED = {"61", "210"}
# BGM03: the report takes back one that was sent before.
CANCELLING = {"1", "3"}


def rows(path: Path, format: Format) -> Iterator[tuple[int, list[str]]]:
    """(number, cells) of each line of `lines.COLUMNS`; raises FileRefused where the envelopes are wrong."""
    with path.open("rb") as file:
        signs, decimal = _signs(file)
        encoding = _encoding(file, signs)
        reader = _Reader(Lines(format), decimal)
        segments = checked(read_segments(file, encoding, signs), LEVELS)
        yield from rows_of(segments, reader.level, reader.verbs)


def _signs(file: BinaryIO) -> tuple[Signs, str]:
    """The separators and the decimal sign: told by UNA, else the standard's; the file stands at UNB then."""
    head = file.read(UNA_LENGTH).decode("latin-1")
    if not head.startswith("UNA"):
        file.seek(0)
        return Signs(element="+", component=":", terminator="'", release="?"), "."
    component, element, decimal, release, _reserved, terminator = tuple(head[3:].ljust(6))
    told = (element, component, terminator)
    if len(set(told)) < 3 or release in told or any(sign.isalnum() for sign in told):
        raise FileRefused("not_edifact")
    _read_over_line_end(file)
    return Signs(element, component, terminator, release.strip()), decimal


def _read_over_line_end(file: BinaryIO) -> None:
    while (sign := file.read(1)) in (b"\r", b"\n", b" "):
        pass
    file.seek(-len(sign), 1)


def _encoding(file: BinaryIO, signs: Signs) -> str:
    start = file.tell()
    head = file.read(8).decode("latin-1")
    file.seek(start)
    if not head.startswith(f"UNB{signs.element}"):
        raise FileRefused("not_edifact")
    return ENCODINGS.get(head[4:8], "utf-8")


class _Reader:
    """Walks the segments of an interchange and gives rows as they become complete.

    A report goes by place, with the products sold there, or by product, with the places where it was sold:
    whichever of LOC and LIN comes first in the message is the upper level.
    """

    def __init__(self, lines: Lines, decimal: str) -> None:
        self.lines = lines
        self.decimal = decimal
        self.ranks: dict[str, int] = {}
        self.verbs: dict[str, Callable[[Segment], None]] = {
            "BGM": self.beginning, "DTM": self.day, "RFF": self.reference, "NAD": self.party, "CUX": self.currency,
            "LOC": self.location, "LIN": self.line, "PIA": self.products, "IMD": self.description,
            "PRI": self.price, "MOA": self.amount, "QTY": self.quantity, "GIN": self.serial,
        }  # fmt: skip

    def level(self, segment: Segment) -> list[str] | None:
        """Begins the level that a segment begins, and gives the row that ends with it."""
        lines, tag = self.lines, segment.tag
        if tag == "UNB":
            lines.begin(INTERCHANGE)
            lines.put("sender", segment.get(2))
            lines.put("receiver", segment.get(3))
            lines.put("interchange", segment.get(5))
        elif tag == "UNH":
            self._check_kind(segment)
            lines.begin(MESSAGE)
            lines.put("message", segment.get(1))
            lines.number = 0
            self.ranks = {}
        elif tag in ("LOC", "LIN"):
            return lines.begin(self.ranks.setdefault(tag, SECOND if self.ranks else FIRST))
        elif tag == "QTY":
            return lines.begin(QUANTITY)
        elif tag in ("UNS", "UNT"):
            return lines.begin(FIRST)
        return None

    def _check_kind(self, segment: Segment) -> None:
        if segment.get(2) != "SLSRPT":
            raise FileRefused("edi_wrong_kind", found=segment.get(2), place=segment.place, right="SLSRPT")

    def _number(self, text: str) -> str:
        return text.replace(self.decimal, ".") if self.decimal != "." else text

    def beginning(self, segment: Segment) -> None:
        if segment.get(3) in CANCELLING:
            raise FileRefused("edi_cancelling", place=segment.place, code=segment.get(3))
        self.lines.put("purpose", segment.get(3))
        self.lines.put("document", segment.get(2))

    def day(self, segment: Segment) -> None:
        code, day, form = segment.get(1, 1), segment.get(1, 2), segment.get(1, 3)
        if form == "718" or (code in PERIODS and len(day) == 17 and "-" in day):
            first, _, last = day.partition("-")
            self.lines.put("period_from", first)
            self.lines.put("period_to", last)
        elif form == "711" or (code == "324" and len(day) == 16):
            self.lines.put("period_from", day[:8])
            self.lines.put("period_to", day[8:])
        elif column := DAYS.get(code):
            self.lines.put(column, day_of(day))

    def reference(self, segment: Segment) -> None:
        code, text = segment.get(1, 1), segment.get(1, 2)
        if column := REFERENCES.get(code):
            self.lines.put(column, text)
        elif text:
            self.lines.put("references", f"{code}:{text}")

    def party(self, segment: Segment) -> None:
        party = PARTIES.get(segment.get(1))
        if party is None:
            return
        self.lines.put(f"{party}_id", segment.get(2))
        self.lines.put(f"{party}_name", segment.get(4) or segment.get(3))
        self.lines.put(f"{party}_city", segment.get(6))
        self.lines.put(f"{party}_postal_code", segment.get(8))
        self.lines.put(f"{party}_country", segment.get(9))

    def currency(self, segment: Segment) -> None:
        self.lines.put("currency", segment.get(1, 2))

    def location(self, segment: Segment) -> None:
        self.lines.put("location", segment.get(2) or segment.get(2, 4))

    def line(self, segment: Segment) -> None:
        self._identify(segment.get(3, 1), segment.get(3, 2))
        self.lines.begin_line()

    def products(self, segment: Segment) -> None:
        for place in range(2, len(segment.elements) + 1):
            self._identify(segment.get(place, 1), segment.get(place, 2))

    def _identify(self, number: str, code: str) -> None:
        if not number:
            return
        if code == "SN":
            self.lines.put("serial", number)
            return
        self.lines.put("product", number)
        owner = PRODUCTS.get(code)
        self.lines.put(f"product_{owner or 'other'}", number if owner else f"{code}:{number}")

    def description(self, segment: Segment) -> None:
        self.lines.put("product_name", segment.get(3, 4))

    def price(self, segment: Segment) -> None:
        # A price for so many pieces at once would have to be divided: the amount is told then, or is missing.
        if segment.get(1, 5) in ("", "1"):
            column = "list_price" if segment.get(1, 1) == "AAB" else "price"
            self.lines.put(column, self._number(segment.get(1, 2)))

    def amount(self, segment: Segment) -> None:
        code, amount = segment.get(1, 1), self._number(segment.get(1, 2))
        if code in AMOUNTS:
            self.lines.put("amount", amount)
            self.lines.put("currency", segment.get(1, 3))
        self.lines.put("amounts", f"{code}:{amount}")

    def quantity(self, segment: Segment) -> None:
        code, quantity = segment.get(1, 1), self._number(segment.get(1, 2))
        self.lines.put_quantity(
            quantity,
            code,
            segment.get(1, 3),
            is_sale=code not in NOT_SOLD,
            is_return=code in RETURNED,
        )

    def serial(self, segment: Segment) -> None:
        if segment.get(1) == "SN" or segment.get(1) == "BN":
            self.lines.put("serial", segment.get(2))
