"""What a message says on several levels, brought together as one row for each quantity that was sold."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation

from headrace.sales.edi.segments import Segment
from headrace.sales.values import Format, strptime_format

PARTIES = ("seller", "supplier", "buyer", "ship_to", "bill_to", "end_customer")
PARTY_PARTS = ("id", "name", "city", "postal_code", "country")
PRODUCTS = ("gtin", "upc", "supplier", "seller", "buyer", "manufacturer", "other")
# The columns of both standards, so that one mapping reads either.
COLUMNS = (
    "interchange", "message", "document", "line", "purpose", "document_date", "date", "period_from", "period_to",
    "sender", "receiver", *(f"{party}_{part}" for party in PARTIES for part in PARTY_PARTS),
    "customer_id", "customer_name", "location", "type",
    "product", *(f"product_{owner}" for owner in PRODUCTS), "product_name", "serial", "lot",
    "quantity_code", "quantity", "unit", "price", "list_price", "amount", "currency",
    "invoice", "invoice_date", "order", "contract", "references", "amounts",
)  # fmt: skip
DATES = {"document_date", "date", "period_from", "period_to", "invoice_date"}
NUMBERS = {"quantity", "price", "list_price", "amount"}
# Columns that gather whatever has none of its own.
GATHERING = {"references", "amounts", "product_other"}
DIGITS_MAX = 40


class Lines:
    """Collects values by level and gives a row when the next line begins.

    A level (message, location, line, quantity ...) holds until one as high or higher begins; what was said
    last and lowest holds for the row. A second value for the same column of the same level is read over.
    """

    def __init__(self, format: Format) -> None:
        self.date_format = strptime_format(format.date)
        self.decimal = format.decimal
        self.levels: list[tuple[int, dict[str, str]]] = []
        self.number = 0
        # The rank at which the line that stands was begun, 0 where none stands.
        self.line_rank = 0
        self.is_sale = True

    def begin(self, rank: int) -> list[str] | None:
        """Begins a level; gives the row of the line that this ends, if there is one."""
        row = self.end_line() if rank <= self.line_rank else None
        while self.levels and self.levels[-1][0] >= rank:
            self.levels.pop()
        self.levels.append((rank, {}))
        return row

    def begin_line(self, *, is_sale: bool = True) -> None:
        """From here on there is a row to give; of stock that was only counted there is none."""
        self.line_rank, self.is_sale = self.levels[-1][0], is_sale

    def put_quantity(self, quantity: str, code: str, unit: str, *, is_sale: bool, is_return: bool) -> None:
        """What was sold or came back; here the line begins for which there is a row."""
        self.put("quantity", quantity)
        self.put("quantity_code", code)
        self.put("unit", unit)
        self.put("returned", "yes" if is_return else "")
        self.begin_line(is_sale=is_sale)

    def put(self, column: str, value: str) -> None:
        if not value or not self.levels:
            return
        values = self.levels[-1][1]
        if column in GATHERING and column in values:
            values[column] += f" {value}"
        else:
            values.setdefault(column, value)

    def end_line(self) -> list[str] | None:
        """The row of the line that stands, with what all levels above it say."""
        if not self.line_rank:
            return None
        self.line_rank = 0
        self.number += 1
        if not self.is_sale:
            return None
        told: dict[str, str] = {"line": str(self.number)}
        for _rank, values in self.levels:
            told.update(values)
        told["amount"] = self._amount()
        _complete(told)
        return [self._written(column, told.get(column, "")) for column in COLUMNS]

    def _amount(self) -> str:
        """The amount of the line itself, or of what stands right above it, and that but once.

        Further up an amount is for several lines together, and what of it is whose was not told.
        """
        own, above = self.levels[-1][1], self.levels[-2][1] if len(self.levels) > 1 else {}
        return own.get("amount") or above.pop("amount", "")

    def _written(self, column: str, value: str) -> str:
        """A value as the mapping's format writes it, so that numbers and dates are read as any others."""
        if column in DATES:
            try:
                return datetime.strptime(value, "%Y%m%d").date().strftime(self.date_format)  # noqa: DTZ007
            except ValueError:
                return value
        return value.replace(".", self.decimal) if column in NUMBERS else value


def _complete(told: dict[str, str]) -> None:
    """Fills what the sender left out but said in another way."""
    told.setdefault("document", f"{told.get('interchange', '')}-{told.get('message', '')}")
    told.setdefault("seller_id", told.get("sender", ""))
    told["amount"] = told["amount"] or _product(told.get("quantity", ""), told.get("price", ""))
    if "returned" in told:
        told["quantity"], told["amount"] = negative(told.get("quantity", "")), negative(told["amount"])
    if "date" not in told:
        told["date"] = told.get("period_to") or told.get("invoice_date") or told.get("document_date", "")
    for party in ("end_customer", "buyer", "ship_to"):
        if f"{party}_id" in told or f"{party}_name" in told:
            name = told.get(f"{party}_name", "")
            told["customer_id"], told["customer_name"] = told.get(f"{party}_id", name), name
            return


def _product(quantity: str, price: str) -> str:
    """Quantity times price, exactly; empty where one of them is no number."""
    if not quantity or not price or len(quantity) + len(price) > DIGITS_MAX:
        return ""
    try:
        product = Decimal(quantity) * Decimal(price)
    except InvalidOperation:
        return ""
    return f"{product:f}" if product.is_finite() else ""


def day_of(text: str) -> str:
    """CCYYMMDD of a date with or without century and time: `260131` and `202601311530` are 20260131."""
    if len(text) == 6 and text.isdigit():
        return f"20{text}"
    return text[:8] if len(text) > 8 and text.isdigit() else text


def negative(number: str) -> str:
    """The quantity or amount of a return: below nothing, whichever way the sender writes it."""
    return number if number.startswith("-") or not number else f"-{number}"


def rows_of(
    segments: Iterable[Segment],
    level: Callable[[Segment], list[str] | None],
    verbs: Mapping[str, Callable[[Segment], None]],
) -> Iterator[tuple[int, list[str]]]:
    """The numbered rows of an interchange, the names of the columns being row 1.

    `level` begins the level that a segment begins and gives the row that ends with it, if any; the verb of the
    segment's tag then takes in what it tells.
    """
    number = 1
    for segment in segments:
        if row := level(segment):
            number += 1
            yield number, row
        if verb := verbs.get(segment.tag):
            verb(segment)
