"""Excel files as rows of text, read by calamine after a look at whether they would fit into memory."""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, BinaryIO

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from headrace.sales.reasons import FileRefused
from headrace.sales.values import Format, strptime_format

UNPACKED_BYTES_MAX = 1 << 30
ENTRIES_MAX = 10_000
SHEETS_MAX = 50
# calamine lays a sheet out as a full rectangle: two cells in opposite corners would take all memory.
CELLS_MAX = 30_000_000
CHUNK_BYTES = 1 << 20
CELL_REFERENCE = re.compile(rb"""\br=["']([A-Z]{1,3})([0-9]{1,7})["']""")
LONGEST_REFERENCE = 20
# How Excel names the stream of an encrypted workbook, in UTF-16.
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


def rows(path: Path, format: Format) -> Iterator[tuple[int, list[str]]]:
    """(row number as Excel shows it, cells as text): numbers and dates are written as `format` says."""
    with _opened(path) as workbook:
        names = workbook.sheet_names
        wanted = format.sheet or (names[0] if names else "")
        if wanted not in names:
            raise FileRefused("no_sheet", sheet=wanted, sheets=", ".join(f"“{name}”" for name in names))
        sheet = workbook.get_sheet_by_name(wanted)
    date_format = strptime_format(format.date)
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        yield number, [_text(cell, format, date_format) for cell in cells]


def sheet_sizes(path: Path) -> dict[str, int]:
    """How many rows each visible sheet has, in their order."""
    with _opened(path) as workbook:
        shown = [
            sheet.name
            for sheet in workbook.sheets_metadata
            if sheet.visible == SheetVisibleEnum.Visible and sheet.typ == SheetTypeEnum.WorkSheet
        ]
        return {name: workbook.get_sheet_by_name(name).height for name in shown[:SHEETS_MAX]}


@contextmanager
def _opened(path: Path) -> Iterator[CalamineWorkbook]:
    """The workbook; what is wrong with it while it is used refuses the file in words."""
    _check(path)
    try:
        yield CalamineWorkbook.from_path(str(path))
    except PasswordError:
        raise FileRefused("excel_password") from None
    except (CalamineError, OSError) as error:
        raise FileRefused("broken_excel", detail=str(error)) from None
    except BaseException as error:
        # A panic of the Rust reader is no Exception, and a damaged file must not end the server.
        if type(error).__name__ != "PanicException":
            raise
        raise FileRefused("broken_excel", detail=str(error)) from None


def _text(cell: Any, format: Format, date_format: str) -> str:
    if isinstance(cell, str):
        return cell.replace("\0", "")
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float | int):
        # 15 digits are what Excel shows and means; the rest of a double is noise (0.1 + 0.2).
        return f"{Decimal(f'{cell:.15g}'):f}".replace(".", format.decimal)
    if isinstance(cell, date):
        return cell.strftime(date_format)
    return str(cell)


def _check(path: Path) -> None:
    """Refuses what calamine can't read, or what would unpack to more than memory should hold."""
    with path.open("rb") as file:
        if file.read(4) != b"PK\x03\x04":
            _check_old_excel(file)
            return
        try:
            with zipfile.ZipFile(file) as archive:
                entries = archive.infolist()
        except (
            zipfile.BadZipFile,
            ValueError,
            OverflowError,
            NotImplementedError,
            UnicodeDecodeError,
        ) as error:
            raise FileRefused("broken_excel", detail=str(error)) from None
        if "xl/workbook.xml" not in {entry.filename for entry in entries}:
            raise FileRefused("not_excel")
        if len(entries) > ENTRIES_MAX:
            raise FileRefused("excel_bomb", limit=UNPACKED_BYTES_MAX)
        unpacked = 0
        for entry in entries:
            unpacked += _check_entry(file, entry, UNPACKED_BYTES_MAX - unpacked)


def _check_old_excel(file: BinaryIO) -> None:
    file.seek(0)
    before = b""
    while chunk := file.read(CHUNK_BYTES):
        if ENCRYPTED in before + chunk:
            raise FileRefused("excel_password")
        before = chunk[-len(ENCRYPTED) :]


def _check_entry(file: BinaryIO, entry: zipfile.ZipInfo, left_bytes: int) -> int:
    """Unpacks an entry piece by piece, keeping nothing, and gives its true size: the stated one may lie."""
    if entry.flag_bits & 1:
        raise FileRefused("excel_password")
    size, columns, lines, tail = 0, 1, 1, b""
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise FileRefused(
            "broken_excel", detail=f"{entry.filename} is packed in a way that Excel does not use"
        )
    is_sheet = entry.filename.startswith("xl/worksheets/")
    try:
        for piece in _unpacked(file, entry):
            size += len(piece)
            if size > left_bytes:
                raise FileRefused("excel_bomb", limit=UNPACKED_BYTES_MAX)
            if is_sheet:
                for letters, digits in CELL_REFERENCE.findall(tail + piece):
                    columns, lines = max(columns, _column(letters)), max(lines, int(digits))
                tail = piece[-LONGEST_REFERENCE:]
    except (zlib.error, struct.error, OSError) as error:
        raise FileRefused("broken_excel", detail=str(error)) from None
    if columns * lines > CELLS_MAX:
        raise FileRefused("excel_bomb", limit=UNPACKED_BYTES_MAX)
    return size


def _unpacked(file: BinaryIO, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """The bytes of an entry, at most CHUNK_BYTES at a time, however far the deflated stream really goes."""
    file.seek(entry.header_offset)
    header = file.read(30)
    name_length, extra_length = struct.unpack("<HH", header[26:30])
    file.seek(name_length + extra_length, 1)
    if entry.compress_type == zipfile.ZIP_STORED:
        for start in range(0, entry.compress_size, CHUNK_BYTES):
            yield file.read(min(CHUNK_BYTES, entry.compress_size - start))
        return
    unpack = zlib.decompressobj(-zlib.MAX_WBITS)
    while not unpack.eof and (packed := unpack.unconsumed_tail or file.read(CHUNK_BYTES)):
        yield unpack.decompress(packed, CHUNK_BYTES)


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number
