"""What a file is found to be: each key with its reason, each doubt told."""

from __future__ import annotations

import io

import openpyxl
import pytest

from headrace.sales.detect import Detected, detect
from headrace.sales.tests.interchanges import edifact, x12
from headrace.sales.tests.test_read_parquet import parquet_file


@pytest.fixture
def found(tmp_path):
    def look(content: bytes | str, **given: str) -> Detected:
        path = tmp_path / "file"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return detect(path, given)

    return look


def doubts(detected: Detected) -> list[str]:
    return [one.reason for one in detected.doubts]


def table(*days: str, net: str = "5", delimiter: str = ",") -> str:
    rows = [f"L{number},{day},{net}".replace(",", delimiter, 2) for number, day in enumerate(days)]
    return "\n".join([f"Line{delimiter}Date{delimiter}Net", *rows]) + "\n"


@pytest.mark.parametrize(
    ("delimiter", "quote"),
    [(",", '"'), (";", '"'), ("\t", '"'), ("|", '"'), ("^", '"'), ("~", '"'), (";", "'")],
)
def test_the_delimiter_and_the_quotes(found, delimiter, quote):
    names = [f"{quote}Smith{delimiter} Jones{quote}", f"{quote}A, b and c{quote}"]
    detected = found(
        "\n".join(
            delimiter.join(["Name", "Town", "No"]) if not n else delimiter.join([names[n % 2], "x", str(n)])
            for n in range(9)
        )
    )
    assert (detected.format.delimiter, detected.format.quote) == (delimiter, quote)
    assert detected.columns == ["Name", "Town", "No"]


def test_a_decimal_comma_parts_no_columns(found):
    assert found("Dealer;Net\nnorth;1,50\nsouth;2,75\n").format.delimiter == ";"


def test_one_column_is_a_doubt(found):
    assert "delimiter_none" in doubts(found("Name\nAnna\nBea\n"))


@pytest.mark.parametrize(
    ("text", "encoding", "name"),
    [
        ("Händler;Straße\nMüller;Köln\n", "utf-8", "utf-8"),
        ("Händler;Straße\nMüller;Köln\n", "utf-8-sig", "utf-8"),
        ("Händler;Straße\nMüller;Köln\n", "utf-16", "utf-16"),
        ("Händler;Straße\nMüller;Köln\n", "windows-1252", "windows-1252"),
        ("Cliente;Città\nPerché Srl;Forlì\n", "windows-1252", "windows-1252"),
        ("Zákazník;Částka\nDvořák s.r.o.;Plzeň\nŻółw;Łódź\n", "windows-1250", "windows-1250"),
        ("اسم الشريك;المبلغ\nشركة الأفق;5\n", "windows-1256", "windows-1256"),
    ],
)
def test_the_encoding(found, text, encoding, name):
    detected = found(text.encode(encoding))
    assert detected.format.encoding == name
    assert detected.columns == text.splitlines()[0].split(";")
    assert "encoding_doubt" not in doubts(detected)


@pytest.mark.parametrize(
    ("days", "pattern"),
    [
        (["2026-02-28", "2026-01-02"], "YYYY-MM-DD"),
        (["28.02.2026", "01.02.2026"], "DD.MM.YYYY"),
        (["01.02.2026", "03.04.2026"], "DD.MM.YYYY"),
        (["01/02/2026", "31/01/2026"], "DD/MM/YYYY"),
        (["01/02/2026", "01/31/2026"], "MM/DD/YYYY"),
        (["1/2/26", "1/31/26"], "MM/DD/YY"),
        (["20260228", "20260101"], "YYYYMMDD"),
        (["28-Feb-2026", "01-Mar-2026"], "DD-MMM-YYYY"),
        (["2026-02-28 10:30:00", "2026-01-01 00:00:00"], "YYYY-MM-DD hh:mm:ss"),
        (["2026-02-28T10:30:00Z", "2026-01-01T00:00:00Z"], "YYYY-MM-DDThh:mm:ssZ"),
    ],
)
def test_dates_are_decided_by_all_of_them(found, days, pattern):
    detected = found(table(*days))
    assert (detected.format.date, doubts(detected)) == (pattern, [])


def test_a_day_and_a_month_that_may_be_either_are_a_doubt(found):
    detected = found(table("01/02/2026", "03/04/2026"))
    assert doubts(detected) == ["date_doubt"]
    assert "could be MM/DD/YYYY as well" in str(detected.doubts[0])


def test_a_day_that_decides_may_stand_far_down(found):
    """A file sorted by date begins with the first days of a month; places from all over it are looked at."""
    many = [f"{day:02}/01/2026" for day in range(1, 32) for _ in range(3000)]
    detected = found(table(*many))
    assert (detected.format.date, doubts(detected)) == ("DD/MM/YYYY", [])


@pytest.mark.parametrize(
    ("values", "decimal", "thousands", "doubt"),
    [
        (["1.234,50", "7,25"], ",", ".", []),
        (["1,234.50", "7.25"], ".", ",", []),
        (["1'234.50"], ".", "'", []),
        (["1 234,50"], ",", " ", []),
        (["1\u202f234,50"], ",", "\u202f", []),
        (["1.234.567", "12"], ",", ".", []),
        (["1.234", "5.678"], ",", ".", ["decimal_doubt"]),
        (["1,234"], ".", ",", ["decimal_doubt"]),
        (["0.125", "1.234"], ".", "", []),
        (["1.5", "1,5"], ".", "", ["decimal_doubt"]),
        (["12", "7"], ".", "", []),
    ],
)
def test_the_signs_of_numbers(found, values, decimal, thousands, doubt):
    detected = found("Line;Net\n" + "".join(f"L{n};{value}\n" for n, value in enumerate(values)))
    assert (detected.format.decimal, detected.format.thousands) == (decimal, thousands)
    assert doubts(detected) == doubt


def test_titles_above_the_table(found):
    detected = found(
        "Report of February\n\nPrepared by: Anna\nLine;Date;Net\nL1;2026-02-28;5\nL2;2026-02-27;6\n"
    )
    assert (detected.format.header, detected.columns) == ("4", ["Line", "Date", "Net"])


def test_a_file_without_names_of_columns(found):
    detected = found("1;2026-02-28;5\n2;2026-02-27;6\n")
    assert doubts(detected) == ["header_doubt"]
    again = found("1;2026-02-28;5\n2;2026-02-27;6\n", header="0")
    assert (again.columns, len(again.samples), doubts(again)) == (["1", "2", "3"], 2, [])


def test_texts_that_mean_nothing(found):
    assert found("Line;Cost;Size\nL1;NULL;x\nL2;-;NA\nL3;5;x\n").empty == ("NULL", "-")


def test_a_name_that_stands_twice(found):
    assert "double_column" in doubts(found("Line;Net;Net\nL1;5;6\n"))


def test_what_was_chosen_is_kept_and_the_rest_found_anew(found):
    text = "Line;Net\nL1;1.234\n"
    detected = found(text, decimal=".", thousands="")
    assert (detected.format.decimal, detected.format.thousands, doubts(detected)) == (".", "", [])


@pytest.mark.parametrize(
    ("content", "kind"),
    [(x12(), "x12"), (edifact(), "edifact"), (edifact(una=""), "edifact"), (b"a;b\n1;2\n", "csv")],
)
def test_the_type_by_the_first_bytes(found, content, kind):
    assert found(content).format.type == kind


def test_parquet(found):
    import pyarrow as pa

    detected = found(parquet_file({"Line": pa.array(["a"]), "Net": pa.array([1.5])}))
    assert (detected.format.type, detected.columns, detected.samples) == (
        "parquet",
        ["Line", "Net"],
        [["a", "1.5"]],
    )


def workbook(**sheets: list[list[object]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        page = book.create_sheet(name)
        for cells in rows:
            page.append(cells)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def test_the_sheet_with_most_rows_and_its_header(found):
    data = [["Sales 2026"], ["Line", "Date", "Net"], *[[f"L{n}", "28.02.2026", "1,50"] for n in range(5)]]
    detected = found(workbook(Cover=[["Hello"]], Data=data, Codes=[["a", "b"], ["1", "2"]]))
    assert (detected.format.sheet, detected.format.header, detected.format.date) == (
        "Data",
        "2",
        "DD.MM.YYYY",
    )
    assert doubts(detected) == ["sheet_doubt"]
    assert detected.format.decimal == ","
