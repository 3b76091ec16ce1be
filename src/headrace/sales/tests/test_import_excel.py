"""Excel files: read as they are shown, and refused where they would do harm."""

from __future__ import annotations

import io
import struct
import zipfile
from datetime import date, datetime

import openpyxl
import pytest

from headrace.sales import excel, rejects
from headrace.sales.models import Result, SalesLine
from headrace.sales.tests.conftest import MAPPING

# As Excel has it: without a time zone.
HALF_PAST_TEN = datetime(2026, 2, 28, 10, 30)  # noqa: DTZ001
HEADER = ["Line", "Dealer", "Date", "Pieces", "Net"]


def workbook(*rows, sheet="Sales", above=0):
    book = openpyxl.Workbook()
    page = book.active
    page.title = sheet
    for number, cells in enumerate([HEADER, *rows], start=1 + above):
        for place, cell in enumerate(cells, start=1):
            page.cell(number, place, cell)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def with_entry(data, name, content, **changes):
    """The workbook with one entry replaced, and fields of that entry's directory changed."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            if entry.filename != name:
                new.writestr(entry.filename, old.read(entry.filename))
        new.writestr(name, content)
    return file.getvalue()


def test_cells_are_read_as_excel_shows_them(desk):
    run = desk.take(
        "sales.xlsx",
        workbook(
            ["L1", "p1", date(2026, 2, 28), 2, 1234.5],
            ["L2", "p1", HALF_PAST_TEN, 2.0, 0.1 + 0.2],
            [3, "p1", "28.02.2026", "2", "-0.0001"],
        ),
    ).run
    assert (run.accepted, run.rejected) == (3, 0)
    assert list(
        SalesLine.objects.order_by("pk").values_list("external_id", "on", "quantity_e4", "net_amount_e4")
    ) == [
        ("L1", date(2026, 2, 28), 20000, 12345000),
        ("L2", date(2026, 2, 28), 20000, 3000),
        ("3", date(2026, 2, 28), 20000, -1),
    ]


def test_numbers_pass_through_the_decimal_comma_of_a_mapping(desk):
    mapping = MAPPING.replace("type: excel,", 'type: excel, decimal: ",",')
    data = workbook(["L1", "p1", "28.02.2026", 2, 1234.5], ["L2", "p1", "28.02.2026", 2, "1,5"])
    assert desk.take("sales.xlsx", data, mapping).run.accepted == 2
    assert [line.net_amount_e4 for line in SalesLine.objects.order_by("pk")] == [12345000, 15000]


def test_rows_are_numbered_as_excel_shows_them(desk):
    run = desk.take("sales.xlsx", workbook(["L1", "p9", "28.02.2026", 2, 1], above=3)).run
    assert [reject.row_number for reject in run.rejects.all()] == [5]


def test_rejects_of_excel_come_back_as_csv(desk):
    run = desk.take("sales.xlsx", workbook(["L1", "p9", date(2026, 2, 28), 2, 1234.5])).run
    repaired = "".join(rejects.as_csv(run)).replace("p9", "p1")
    again = desk.take(rejects.file_name(run), repaired)
    assert again.run.accepted == 1
    assert SalesLine.objects.get().net_amount_e4 == 12345000


def test_a_sheet_that_is_not_there(desk):
    outcome = desk.take("sales.xlsx", workbook(["L1", "p1", "28.02.2026", 2, 1], sheet="Tabelle1"))
    assert "There is no sheet “Sales”. The file has: “Tabelle1”." in outcome.message


def _encrypted():
    """The head of an encrypted workbook: an OLE file that names its stream."""
    return (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
        + b"\0" * 504
        + "EncryptedPackage".encode("utf-16-le")
        + b"\0" * 480
    )


def _lying_bomb():
    """A sheet that unpacks to more than it says: its directory states 100 bytes."""
    data = bytearray(with_entry(workbook(), "xl/worksheets/sheet1.xml", b"0" * 5_000_000))
    for signature, place in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = data.rfind(signature)
        struct.pack_into("<I", data, at + place, 100)
    return bytes(data)


def _far_corner():
    sheet = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
        "</sheetData></worksheet>"
    )
    return with_entry(workbook(), "xl/worksheets/sheet1.xml", sheet)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"Line,Dealer\n1,2\n", "not_excel"),
        (b"PK\x03\x04 and then nothing that fits", "broken_excel"),
        (workbook(["L1"])[:2000], "broken_excel"),
        (with_entry(workbook(), "xl/workbook.xml", "no xml"), "broken_excel"),
        (with_entry(workbook(), "xl/worksheets/sheet1.xml", "<worksheet><sheetData><row"), "broken_excel"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 1000, "broken_excel"),
        (_encrypted(), "excel_password"),
        (_far_corner(), "excel_bomb"),
    ],
)
def test_what_is_no_workbook_is_refused(desk, content, reason):
    outcome = desk.take("sales.xlsx", content)
    assert outcome.result is Result.REFUSED
    assert outcome.run.problem["reason"] == reason
    assert not SalesLine.objects.exists()


@pytest.mark.parametrize("bomb", [with_entry(workbook(), "xl/media/x", b"0" * 5_000_000), _lying_bomb()])
def test_a_file_that_unpacks_to_too_much_is_refused_whatever_it_says(desk, monkeypatch, bomb):
    monkeypatch.setattr(excel, "UNPACKED_BYTES_MAX", 1_000_000)
    assert desk.take("sales.xlsx", bomb).run.problem["reason"] == "excel_bomb"


def test_an_archive_without_a_workbook_is_no_excel_file(desk):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("hello.txt", "hello")
    assert desk.take("sales.xlsx", file.getvalue()).run.problem["reason"] == "not_excel"


def test_entities_are_not_expanded(desk):
    """A billion laughs in the shared texts: refused or read as nothing, but quickly and in little memory."""
    tenfold = [f"&a{n - 1};" * 10 for n in range(1, 12)]
    entities = "".join(f'<!ENTITY a{n} "{ten}">' for n, ten in enumerate(tenfold, start=1))
    strings = (
        f'<?xml version="1.0"?><!DOCTYPE sst [<!ENTITY a0 "ha">{entities}]><sst><si><t>&a11;</t></si></sst>'
    )
    data = with_entry(workbook(["L1", "p1", "28.02.2026", 2, 1]), "xl/sharedStrings.xml", strings)
    assert desk.take("sales.xlsx", data).result is Result.REFUSED
