"""The journal as bookkeeping reads it: a document for each transfer, as CSV and as beancount."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby

from headrace.base import formats
from headrace.books.accounts import BookAccount
from headrace.books.names import Names, Owner
from headrace.earnings.screens import spreadsheet_safe
from headrace.ledger.models import Entry, Stage

COLUMNS = (
    *(
        "export",
        "document",
        "line",
        "date",
        "posted_on",
        "account",
        "account_name",
        "debit",
        "credit",
        "unit",
    ),
    *("programme", "partner", "partner_name", "person", "owner", "text", "corrects_period", "reference"),
)
CHUNK_LINES = 5_000


@dataclass(frozen=True, slots=True)
class JournalLine:
    """One side of a document. `document` is the position of the transfer in the ledger; a debit is above nought."""

    document: int
    line: int
    on: date
    posted_on: date
    account: BookAccount
    amount_minor: int
    unit: str
    programme: str
    owner: Owner
    text: str
    corrects_period: str
    reference: str

    @property
    def amount(self) -> Decimal:
        return formats.from_minor(self.amount_minor, self.unit)


def journal_lines(
    entries: Iterable[Entry], accounts: dict[Stage, BookAccount], names: Names
) -> Iterator[JournalLine]:
    """The entries (with their transfers and accounts, by transfer) as lines, numbered within each document."""
    for document, sides in groupby(entries, key=lambda entry: entry.transfer_id):
        for number, entry in enumerate(sides, start=1):
            transfer, key = entry.transfer, entry.account.key
            yield JournalLine(
                document=document,
                line=number,
                on=transfer.occurred_on,
                posted_on=transfer.posted_at.date(),
                account=accounts[key.stage],
                amount_minor=entry.amount_minor,
                unit=key.unit,
                programme=names.programme_key(key.programme),
                owner=names.owner(key.owner),
                text=transfer.kind,
                corrects_period=transfer.corrects_period,
                reference=transfer.key,
            )


def as_csv(lines: Iterable[JournalLine], number: int) -> Iterator[bytes]:
    """A row for each line, with a head; UTF-8, amounts with a point and the decimals of their unit."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")  # RFC 4180
    writer.writerow(COLUMNS)
    for count, line in enumerate(lines, start=1):
        writer.writerow(_csv_row(line, number))
        if count % CHUNK_LINES == 0:
            yield _taken(buffer)
    yield _taken(buffer)


def _csv_row(line: JournalLine, number: int) -> list[object]:
    texts = (
        line.programme,
        line.owner.partner_code,
        line.owner.partner_name,
        line.owner.person_name,
        line.owner.text,
        line.text,
        line.corrects_period,
        line.reference,
    )
    return [
        *(number, line.document, line.line, line.on.isoformat(), line.posted_on.isoformat()),
        *(spreadsheet_safe(line.account.code), spreadsheet_safe(line.account.name)),
        *((line.amount, "") if line.amount_minor > 0 else ("", -line.amount)),
        line.unit,
        *map(spreadsheet_safe, texts),
    ]


def as_beancount(lines: Iterable[JournalLine], number: int) -> Iterator[bytes]:
    """A transaction for each document. Accounts open by themselves, so one file may include several exports."""
    buffer = io.StringIO(newline="")
    buffer.write(f'; Journal export {number}\nplugin "beancount.plugins.auto_accounts"\n')
    for count, (_document, sides) in enumerate(groupby(lines, key=lambda line: line.document), start=1):
        _write_transaction(buffer, list(sides), number)
        if count % CHUNK_LINES == 0:
            yield _taken(buffer)
    yield _taken(buffer)


def _write_transaction(buffer: io.StringIO, sides: list[JournalLine], number: int) -> None:
    first = sides[0]
    buffer.write(f"\n{first.on.isoformat()} * {_quoted(first.text)}\n")
    buffer.write(f"  document: {_quoted(str(first.document))}\n  export: {_quoted(str(number))}\n")
    buffer.write(f"  reference: {_quoted(first.reference)}\n")
    if first.corrects_period:
        buffer.write(f"  corrects_period: {_quoted(first.corrects_period)}\n")
    for side in sides:
        buffer.write(f"  {beancount_account(side.account)}  {side.amount} {commodity(side.unit)}\n")
        for name, text in (("programme", side.programme), ("owner", side.owner.text)):
            if text:
                buffer.write(f"    {name}: {_quoted(text)}\n")


def beancount_account(account: BookAccount) -> str:
    """Root and code, as "Liabilities:2310": a part of a name holds letters, digits and hyphens only."""
    return f"{account.root}:{_part(account.code)}"


def _part(text: str) -> str:
    cleaned = re.sub(r"[^A-Za-z0-9-]", "-", text)
    return cleaned if re.match(r"[A-Z0-9]", cleaned) else f"X{cleaned}"


def commodity(unit: str) -> str:
    """A unit as beancount writes commodities: in capitals, of at most 24 signs; "points" is POINTS."""
    cleaned = re.sub(r"[^A-Z0-9._-]", "-", unit.upper()).strip("._-")[:22]
    return cleaned if re.fullmatch(r"[A-Z].*[A-Z0-9]", cleaned) else f"U-{cleaned or 'X'}-U"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")
    return f'"{escaped}"'


def _taken(buffer: io.StringIO) -> bytes:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text.encode()
