"""How each source writes its report of sales; the mapping document material/demo.yaml reads them back."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from headrace.demo.lines import DIRECT, Line

Row = dict[str, str]
"""Texts of one row by field; the dialect knows the headers."""

ENGLISH = {
    "id": "Line reference",
    "order": "Invoice",
    "on": "Invoice date",
    "partner": "Account",
    "person": "Salesperson",
    "customer": "End customer",
    "product": "Article",
    "quantity": "Quantity",
    "list": "List value",
    "net": "Net value",
    "channel": "Channel",
    "returns": "Credit for",
}
GERMAN = {
    "id": "Zeilenreferenz",
    "order": "Belegnummer",
    "on": "Belegdatum",
    "partner": "Kundennummer",
    "person": "Verkäufer",
    "customer": "Endkunde",
    "product": "Artikel",
    "quantity": "Menge",
    "list": "Listenwert",
    "net": "Nettowert",
    "channel": "Kanal",
    "returns": "Gutschrift zu",
}
CHANNELS = {
    "sell_in": ("Direct", "Direkt"),
    "sell_through": ("Trade", "Handel"),
    "sell_out": ("Retail", "Einzelhandel"),
}


@dataclass(frozen=True, slots=True)
class Dialect:
    """The habits of one source: headers, separators, dates, encoding."""

    headers: dict[str, str]
    delimiter: str
    decimal: str
    date_format: str
    encoding: str

    def row(self, line: Line) -> Row:
        return {
            "id": line.id,
            "order": line.order,
            "on": self.day(line.on),
            "partner": line.partner,
            "person": line.person,
            "customer": line.customer,
            "product": line.product,
            "quantity": str(line.quantity),
            "list": self.amount(line.list_cents),
            "net": self.amount(line.net_cents),
            "channel": CHANNELS[line.flow][self.headers is GERMAN],
            "returns": line.returns,
        }

    def day(self, on: date) -> str:
        return on.strftime(self.date_format)

    def impossible_day(self, year: int) -> str:
        """The 31st of February."""
        return self.date_format.replace("%d", "31").replace("%m", "02").replace("%Y", str(year))

    def amount(self, cents: int) -> str:
        return euros(cents).replace(".", self.decimal)

    def write(self, path: Path, rows: Iterable[Row]) -> None:
        with path.open("w", encoding=self.encoding, newline="") as file:
            writer = csv.writer(file, delimiter=self.delimiter, lineterminator="\r\n")
            writer.writerow(self.headers.values())
            writer.writerows([row[name] for name in self.headers] for row in rows)


CENTRAL = Dialect(GERMAN, ";", ",", "%d.%m.%Y", "windows-1252")
SOUTHERN = Dialect(ENGLISH, ";", ",", "%d/%m/%Y", "utf-8")
OVERSEAS = Dialect(ENGLISH, ",", ".", "%d/%m/%Y", "utf-8-sig")
OWN = Dialect(ENGLISH, ",", ".", "%Y-%m-%d", "utf-8")
BY_COUNTRY = {"DE": CENTRAL, "AT": CENTRAL, "IT": SOUTHERN, "ES": SOUTHERN, "FR": SOUTHERN}


def dialect_of(source: str) -> Dialect:
    return OWN if source == DIRECT else BY_COUNTRY.get(source[:2], OVERSEAS)


def euros(cents: int) -> str:
    """Exact decimal text with two digits."""
    whole, rest = divmod(abs(cents), 100)
    return f"{'-' if cents < 0 else ''}{whole}.{rest:02}"
