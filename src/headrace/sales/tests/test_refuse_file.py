"""Files that can't be taken in at all are refused with the reason, and nothing of them stays."""

from __future__ import annotations

import pytest

from headrace.sales import actions, tables
from headrace.sales.models import Customer, Import, Reject, Result, SalesLine
from headrace.sales.reasons import FileRefused
from headrace.sales.tests.conftest import HEADER, MAPPING, row, sales

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"


@pytest.mark.parametrize(
    ("content", "reason", "told"),
    [
        (b"", "empty_file", "The file is empty."),
        (b"\n\n", "empty_file", "The file is empty."),
        (HEADER.encode() + b"\n", "no_rows", "The file has a header, but no rows."),
        (PNG, "not_text", "The file is no CSV"),
        (b"%PDF-1.7 and so on", "not_text", "The file is no CSV"),
        (b"PK\x03\x04 anything", "excel_for_csv", "This is an Excel file, but the mapping says CSV."),
        (sales(row()).replace(";", ",").encode(), "wrong_delimiter", "The header has no “;”, but “,”."),
        (sales(row()).replace(";", "\t").encode(), "wrong_delimiter", "The header has no “;”, but “tab”."),
        (b"Hello\nworld\n", "missing_columns", "The file has no column “Line”"),
        (
            sales(row()).replace("Net;", "Gross;").encode(),
            "missing_columns",
            "no column “Net”. It has: “Line”",
        ),
        (
            sales(row() + ";1").replace("Channel", "Channel;Net").encode(),
            "double_column",
            "The column “Net” stands",
        ),
        (sales(row("A"), row("Gruß")).encode("latin-1"), "wrong_encoding", "Line 3 can't be read as utf-8."),
        (sales(row("A"), row("B")).encode("utf-16"), "wrong_encoding", "Line 1 can't be read as utf-8."),
        (sales(row("A"), '"open;').encode(), "wrong_quotes", "Near line 3 the quotes don't match"),
        (sales(row("A"), '"a"b;c').encode(), "wrong_quotes", "Near line 3 the quotes don't match"),
        (sales(row("A"), '"' + "x" * 200_000).encode(), "wrong_quotes", "Near line 3 the quotes don't match"),
        (sales(*[row(f"{n}") for n in range(200)], "a\0b").encode(), "not_text", "The file is no CSV"),
        ((";".join(f"c{n}" for n in range(2001)) + "\n1\n").encode(), "too_many_columns", "2001 columns"),
    ],
)
def test_a_file_that_is_no_table_of_sales(desk, content, reason, told):
    outcome = desk.take("sales.csv", content)
    assert outcome.result is Result.REFUSED
    assert told in outcome.message
    run = Import.objects.get()
    assert (run.state, run.problem["reason"], run.rows) == (Import.State.REFUSED, reason, 0)
    assert not SalesLine.objects.exists()
    assert not Reject.objects.exists()


def test_what_is_found_at_the_end_takes_back_what_was_taken_in_before(desk, monkeypatch):
    monkeypatch.setattr("headrace.sales.staging.BATCH_ROWS", 2)
    lines = [row(f"L{n}", Buyer=f"c{n}") for n in range(7)]
    outcome = desk.take("sales.csv", sales(*lines, row("x", Net="y"), '"open'))
    assert outcome.result is Result.REFUSED
    assert not SalesLine.objects.exists()
    assert not Reject.objects.exists()
    assert not Customer.objects.exists()


def test_a_refused_file_may_be_sent_again_with_a_better_mapping(desk):
    text = sales(row()).replace("Net;", "Gross;")
    desk.take("sales.csv", text)
    assert (
        desk.take("sales.csv", text, MAPPING.replace("net_amount: Net\n", "net_amount: Gross\n")).run.accepted
        == 1
    )


@pytest.mark.parametrize("encoding", ["windows-1252", "utf-16", "windows-1256"])
def test_other_encodings_are_read_where_the_mapping_names_them(desk, encoding):
    letters = "شركة" if encoding == "windows-1256" else "Gruß"
    mapping = MAPPING.replace('delimiter: ";"', f'delimiter: ";", encoding: {encoding}')
    assert desk.take("sales.csv", sales(row(letters)).encode(encoding), mapping).run.accepted == 1
    assert SalesLine.objects.get().external_id == letters


@pytest.mark.parametrize("content", [sales(row()).encode("utf-16-le"), sales(row()).encode(), b"\xff\xfea"])
def test_what_is_no_utf_16_is_refused(desk, content):
    mapping = MAPPING.replace('delimiter: ";"', 'delimiter: ";", encoding: utf-16')
    assert desk.take("sales.csv", content, mapping).run.problem["reason"] == "wrong_encoding"


def test_a_byte_order_mark_is_read_over(desk):
    assert desk.take("sales.csv", sales(row()).encode("utf-8-sig")).run.accepted == 1


def test_windows_line_ends_are_read(desk):
    assert desk.take("sales.csv", sales(row("A"), row("B")).replace("\n", "\r\n")).run.accepted == 2


def test_a_file_is_found_by_its_columns_where_its_name_says_nothing(desk):
    assert desk.take("July.csv", sales(row())).run.kind == "sales"


def test_a_file_that_no_entry_describes(desk):
    outcome = desk.take("unknown.csv", "a,b\n1,2\n")
    assert outcome.result is Result.REFUSED
    assert "The mapping “north” describes no file like “unknown.csv”" in outcome.message


def test_a_file_may_be_skipped_on_purpose(desk):
    outcome = desk.take("notes.csv", "anything")
    assert (outcome.result, outcome.message) == (Result.SKIPPED, "Notes are for people.")


def test_a_file_that_is_too_large_is_not_even_kept(desk, monkeypatch):
    monkeypatch.setattr(actions, "FILE_BYTES_MAX", 10)
    with pytest.raises(FileRefused, match="at most 10 can be taken in"):
        desk.receive("sales.csv", sales(row()))


def test_the_longest_cell_is_bounded():
    """What a wrong quote swallows must not fill the memory: the csv module's own bound stays as it is."""
    import csv

    assert csv.field_size_limit() <= 131_072
    assert tables.COLUMNS_MAX <= 10_000
