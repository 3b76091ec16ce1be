"""Files as tables of text: CSV and others, row by row, memory bounded; what is no table is refused."""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TextIO

from headrace.sales import excel, parquet
from headrace.sales.edi import edifact, x12
from headrace.sales.edi.lines import COLUMNS as EDI_COLUMNS
from headrace.sales.mapping import DELIMITERS
from headrace.sales.reasons import FileRefused
from headrace.sales.values import Format

COLUMNS_MAX = 2_000
HEAD_BYTES = 4096
# A row of more signs than this is no row of a table; without a bound one line of a gigabyte would be read whole.
ROW_LENGTH_MAX = 8 << 20
# What a text may hold below the space: tab, line feed, form feed, carriage return, and DOS's end of file.
CONTROLS_OF_TEXT = {9, 10, 12, 13, 26}
ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
BYTE_ORDER_MARKS_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)

# The columns that a file of rejects has beside the original ones.
REJECT_COLUMN = "headrace_reject"
REASON_COLUMN = "headrace_reason"
# What stands in the first of them: import and row.
REFERENCE = re.compile(r"([0-9]{1,18})-([0-9]{1,9})")


class Table:
    """The header of a file and its rows: (number as a spreadsheet shows it, cells), the header being row 1.

    Empty rows are left out. A file of rejects that was repaired tells in `resent` that it is one.
    `rows_read` counts independently of whoever takes the rows, so that what they account for can be checked.
    """

    def __init__(self, columns: list[str], rows: Iterator[tuple[int, list[str]]], resent: bool) -> None:
        self.columns = columns
        self.resent = resent
        self.rows_read = 0
        self.rows = self._counted(rows)

    def _counted(self, rows: Iterator[tuple[int, list[str]]]) -> Iterator[tuple[int, list[str]]]:
        for row in rows:
            self.rows_read += 1
            yield row


# What a spreadsheet takes for a formula, and a number that only looks like one.
FORMULA = re.compile(r"'*(?:\s*[=+\-@]|[\t\r\n])")
PLAIN_NUMBER = re.compile(r"[+-]?[0-9.,]+")


def neutralised(cell: str) -> str:
    """A cell of an export that no spreadsheet runs: `=1+1` becomes `'=1+1`, `-12.50` stays."""
    return f"'{cell}" if FORMULA.match(cell) and not PLAIN_NUMBER.fullmatch(cell) else cell


def restored(cell: str) -> str:
    """The cell that `neutralised` was given."""
    return cell[1:] if cell.startswith("'") and FORMULA.match(cell) else cell


@contextmanager
def open_table(path: Path, format: Format) -> Iterator[Table]:
    """The table in a file. Raises FileRefused here, or while the rows are read, where it is none."""
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    if not head:
        raise FileRefused("empty_file")
    resent = _delimiter_of_rejects(head)
    if resent:
        # Rejects are written as CSV whatever the file was, and a spreadsheet may have changed the delimiter.
        format = replace(format, type="csv", delimiter=resent, encoding="utf-8", quote='"', header="")
    if read := READERS.get(format.type):
        yield _table(read(path, format), format, resent=False)
        return
    if head.startswith((ZIP, OLE)):
        raise FileRefused("excel_for_csv")
    if format.encoding != "utf-16":
        _check_text(head)
    with path.open(encoding=_codec(format.encoding), newline="") as text:
        rows = _csv_rows(text, path, format)
        if resent:
            rows = ((number, [restored(cell) for cell in cells]) for number, cells in rows)
        yield _table(rows, format, bool(resent))


def _excel_rows(path: Path, format: Format) -> Iterator[tuple[int, list[str]]]:
    with path.open("rb") as file:
        if not file.read(len(OLE)).startswith((ZIP, OLE)):
            raise FileRefused("not_excel")
    return excel.rows(path, format)


def _x12_rows(path: Path, format: Format) -> Iterator[tuple[int, list[str]]]:
    return chain([(1, list(EDI_COLUMNS))], x12.rows(path, format))


def _edifact_rows(path: Path, format: Format) -> Iterator[tuple[int, list[str]]]:
    return chain([(1, list(EDI_COLUMNS))], edifact.rows(path, format))


# CSV is read beside them: it alone can come back with rejects.
READERS: dict[str, Callable[[Path, Format], Iterator[tuple[int, list[str]]]]] = {
    "excel": _excel_rows,
    "parquet": parquet.rows,
    "x12": _x12_rows,
    "edifact": _edifact_rows,
}


def _delimiter_of_rejects(head: bytes) -> str:
    """The delimiter of a file of rejects, or nothing where the file is no such one."""
    start = head.removeprefix(codecs.BOM_UTF8).replace(b'"', b"")
    if not start.startswith(REJECT_COLUMN.encode()):
        return ""
    following = start[len(REJECT_COLUMN) : len(REJECT_COLUMN) + 1].decode("ascii", "replace")
    return following if following in DELIMITERS else ""


def _check_text(head: bytes) -> None:
    if head.startswith(BYTE_ORDER_MARKS_16):
        return
    if head.startswith(b"%PDF") or any(byte < 32 and byte not in CONTROLS_OF_TEXT for byte in head):
        raise FileRefused("not_text")


def _codec(encoding: str) -> str:
    return "utf-8-sig" if encoding == "utf-8" else encoding


def _csv_rows(text: TextIO, path: Path, format: Format) -> Iterator[tuple[int, list[str]]]:
    lines = _Lines(text)
    reader = csv.reader(
        lines, delimiter=format.delimiter, quotechar=format.quote, doublequote=True, strict=True
    )
    try:
        for number, row in enumerate(reader, start=1):
            lines.length = 0
            yield number, row
    except UnicodeError:
        line = _line_of_wrong_byte(path, format.encoding)
        raise FileRefused("wrong_encoding", line=line, encoding=format.encoding) from None
    except csv.Error as error:
        raise FileRefused("wrong_quotes", line=reader.line_num, detail=str(error)) from None


class _Lines:
    """The lines of a file, and how many signs were read since the last whole row."""

    def __init__(self, text: TextIO) -> None:
        self.text = text
        self.length = 0

    def __iter__(self) -> Iterator[str]:
        for line in iter(partial(self.text.readline, ROW_LENGTH_MAX), ""):
            self.length += len(line)
            if self.length >= ROW_LENGTH_MAX:
                raise FileRefused("row_too_long", limit=ROW_LENGTH_MAX)
            if "\0" in line:  # it is in no text, and PostgreSQL keeps none
                raise FileRefused("not_text")
            yield line


def _line_of_wrong_byte(path: Path, encoding: str) -> int:
    decoder = codecs.getincrementaldecoder(_codec(encoding))()
    line = 1
    with path.open("rb") as file:
        while chunk := file.read(1 << 16):
            try:
                line += decoder.decode(chunk).count("\n")
            except UnicodeDecodeError as error:
                before = bytes(error.object)[: error.start]
                return line + before.decode(encoding, "ignore").count("\n")
            except UnicodeError:  # UTF-16 without a byte-order mark
                return line
    return line


def _table(rows: Iterator[tuple[int, list[str]]], format: Format, resent: bool) -> Table:
    first = int(format.header or 1)  # 0: there is none, and the columns are numbered
    filled = ((number, row) for number, row in rows if number >= first and any(row))
    try:
        number, header = next(filled)
    except StopIteration:
        raise FileRefused("empty_file") from None
    if len(header) > COLUMNS_MAX:
        raise FileRefused("too_many_columns", columns=len(header), limit=COLUMNS_MAX)
    if first == 0:
        return Table(
            [str(place) for place in range(1, len(header) + 1)], chain([(number, header)], filled), resent
        )
    columns = [name.strip() for name in header]
    while columns and not columns[-1]:
        columns.pop()
    return Table(columns, filled, resent)


def estimated_rows(path: Path, format: Format) -> int:
    """About how many rows a file has: exactly only where it tells so itself. 0 where nothing can be told."""
    if format.type == "parquet":
        return parquet.count_rows(path)
    if format.type in ("excel", "x12"):
        return 0
    with path.open("rb") as file:
        return sum(chunk.count(b"\n") for chunk in iter(partial(file.read, 1 << 20), b""))


def check_columns(columns: list[str], needed: list[str], format: Format) -> None:
    """Raises FileRefused where a needed column is missing or stands twice."""
    missing = [name for name in needed if name not in columns]
    if missing and len(columns) == 1:
        with suppress(StopIteration):
            found = next(
                sign for sign in DELIMITERS.values() if sign != format.delimiter and sign in columns[0]
            )
            raise FileRefused("wrong_delimiter", delimiter=_shown(format.delimiter), found=_shown(found))
    if missing:
        raise FileRefused("missing_columns", missing=_listed(missing), columns=_listed(columns))
    for name in needed:
        if columns.count(name) > 1:
            raise FileRefused("double_column", column=name)


def _shown(delimiter: str) -> str:
    return "tab" if delimiter == "\t" else delimiter


def _listed(names: list[str]) -> str:
    shown = [f"“{name}”" for name in names[:30]]
    return ", ".join([*shown, "…"] if len(names) > len(shown) else shown)
