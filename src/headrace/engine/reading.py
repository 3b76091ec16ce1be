"""Reads a CSV or Parquet file into a table, and knows on which line of the file each row stands."""

import csv
import io
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as arrow_csv
import pyarrow.parquet as parquet

from headrace.engine.faults import SHOWN_FAULTS_MAX, Fault, InputError, shown

STANDARD_INPUT = "-"
# The longest record that can be read: a block must hold at least one.
BLOCK_BYTES = 1 << 24
UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
SPREADSHEETS = (".xlsx", ".xls", ".xlsm", ".ods")


@dataclass(frozen=True, slots=True)
class Source:
    """Rows as they were read: `untyped` where all columns are text, with the bytes of a CSV file."""

    name: str
    table: pa.Table
    untyped: bool = False
    data: bytes | None = None
    row_name: str = "row"

    def places(self, rows: Sequence[int]) -> list[str]:
        """Where rows (counted from 0) stand: "line 2" of a CSV file, "row 1" of a Parquet file."""
        if self.data is None or not rows:
            return [f"{self.row_name} {row + 1}" for row in rows]
        wanted = set(rows)
        body = islice(_records(self.data), 1, None)
        lines = {row: line for row, (line, _) in enumerate(islice(body, max(rows) + 1)) if row in wanted}
        return [f"line {lines[row]}" for row in rows]


def read(path: str) -> Source:
    """The rows of the file; `-` is CSV on standard input. Raises InputError."""
    if path == STANDARD_INPUT:
        return read_csv(name_of(path), _bytes(path))
    ending = Path(path).suffix.lower()
    if ending in SPREADSHEETS:
        raise InputError([Fault(path, "a spreadsheet", "save it as CSV (UTF-8) or Parquet")])
    try:
        if ending != ".parquet":
            return read_csv(path, _bytes(path))
        with Path(path).open("rb") as file:
            table = parquet.ParquetFile(file).read()
        _check_names(path, "", table.column_names)
        return Source(path, table)
    except pa.ArrowInvalid as error:
        raise InputError(
            [Fault(path, f"no Parquet file ({error})", "a Parquet file would be right")]
        ) from error
    except OSError as error:
        reason = error.strerror or str(error)
        raise InputError(
            [Fault(path, f"can't be read ({reason})", "name a file that can be read")]
        ) from error


def read_text(path: str) -> str:
    """The text of a file; `-` is standard input. Raises InputError."""
    data = _bytes(path)
    _check_encoding(name_of(path), data)
    return data.decode("utf-8-sig")


def name_of(path: str) -> str:
    """What to call the file in a sentence."""
    return "standard input" if path == STANDARD_INPUT else path


def _bytes(path: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if path == STANDARD_INPUT else Path(path).read_bytes()
    except OSError as error:
        raise unreadable(path, error) from error


def unreadable(path: str, error: OSError) -> InputError:
    """What to tell a user of a file that the system does not give."""
    reason = error.strerror or str(error)
    return InputError([Fault(path, f"can't be read ({reason})", "name a file that can be read")])


def read_csv(name: str, data: bytes) -> Source:
    """A table of text columns; an empty value is null. Raises InputError."""
    header = _header(name, data)
    ragged = 0

    def skip(_row: object) -> str:
        nonlocal ragged
        ragged += 1
        return "skip"

    try:
        table = arrow_csv.read_csv(
            pa.BufferReader(data if data.endswith((b"\n", b"\r")) else data + b"\n"),
            read_options=arrow_csv.ReadOptions(block_size=BLOCK_BYTES),
            parse_options=arrow_csv.ParseOptions(newlines_in_values=True, invalid_row_handler=skip),
            convert_options=arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(header, pa.string()),
                null_values=[""],
                strings_can_be_null=True,
                quoted_strings_can_be_null=True,
            ),
        )
    except pa.ArrowInvalid as error:
        _check_encoding(name, data)
        raise InputError(
            [Fault(name, f"no CSV ({error})", "comma-separated UTF-8 would be right")]
        ) from error
    if data.count(b'"') % 2:
        _check_quotes(name, data)
    if ragged:
        raise _ragged(name, data, len(header), ragged)
    return Source(name, table.rename_columns([column.strip() for column in header]), untyped=True, data=data)


def _header(name: str, data: bytes) -> list[str]:
    """The names of the columns as written. Raises InputError for what can be no header or no text at all."""
    if not data[:BLOCK_BYTES].strip():
        raise InputError([Fault(name, "the file is empty", "its first line must name the columns")])
    if data.startswith(UTF16_MARKS):
        raise InputError([Fault(name, "the file is UTF-16", "save it as UTF-8")])
    if (position := data.find(b"\0")) >= 0:
        raise InputError(
            [_at_byte(name, data, position, "a NUL byte: this is no text", "CSV in UTF-8 would be right")]
        )
    try:
        line, header = next(_records(data))
    except UnicodeDecodeError:
        _check_encoding(name, data)
        raise
    except csv.Error as error:
        raise InputError(
            [Fault(name, f"no CSV ({error})", "comma-separated UTF-8 would be right")]
        ) from error
    _check_names(name, f"line {line}", header)
    return header


def _check_names(file: str, place: str, header: list[str]) -> None:
    names = [name.strip() for name in header]
    if len(names) == 1 and (separator := next((mark for mark in ";\t|" if mark in names[0]), "")):
        found = f"the columns are separated by {shown(separator)}"
        raise InputError([Fault(file, found, "separate them by commas", place)])
    for position, name in enumerate(names):
        if not name:
            raise InputError(
                [Fault(file, f"column {position + 1} has no name", "give each column a name", place)]
            )
        if name in names[:position]:
            found = f"the header names it twice (columns {names.index(name) + 1} and {position + 1})"
            raise InputError([Fault(file, found, "name each column once", place, name)])


def _records(data: bytes) -> Iterator[tuple[int, list[str]]]:
    """Each record with the line (from 1) it begins on; blank lines are no records."""
    reader = csv.reader(io.TextIOWrapper(io.BytesIO(data), "utf-8-sig", newline=""))
    line = 1
    # The bound is that of the process: whoever else reads relies on theirs.
    bound = csv.field_size_limit(BLOCK_BYTES)
    try:
        for cells in reader:
            if cells:
                yield line, cells
            line = reader.line_num + 1
    finally:
        csv.field_size_limit(bound)


def _ragged(name: str, data: bytes, width: int, count: int) -> InputError:
    wrong = ((line, len(cells)) for line, cells in _records(data) if len(cells) != width)
    faults = [
        Fault(name, f"{cells} values", f"the header names {width} columns", f"line {line}")
        for line, cells in islice(wrong, SHOWN_FAULTS_MAX)
    ]
    return InputError(faults, max(0, count - len(faults)))


def _check_encoding(name: str, data: bytes) -> None:
    try:
        data.decode()
    except UnicodeDecodeError as error:
        found = f"the byte 0x{data[error.start]:02x} is no UTF-8"
        raise InputError([_at_byte(name, data, error.start, found, "save the file as UTF-8")]) from error


def _check_quotes(name: str, data: bytes) -> None:
    """An opening quote that is never closed would swallow the rest of the file as one value."""
    reader = csv.reader(io.TextIOWrapper(io.BytesIO(data), "utf-8-sig", newline=""), strict=True)
    line = 1
    try:
        for _ in reader:
            line = reader.line_num + 1
    except csv.Error as error:
        found = f"a quotation mark is not closed or stands inside a value ({error})"
        raise InputError(
            [Fault(name, found, "put the value in quotes and double those inside it", f"line {line}")]
        ) from error


def _at_byte(name: str, data: bytes, position: int, found: str, right: str) -> Fault:
    line = data.count(b"\n", 0, position) + 1
    return Fault(name, found, right, f"line {line}")
