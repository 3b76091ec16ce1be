"""A file with forty kinds of damage, each row answered rightly: taken in, or rejected for the right reason."""

from __future__ import annotations

import datetime

import pytest

from headrace.sales.models import SalesLine
from headrace.sales.tests.conftest import HEADER, row

ACCEPTED: tuple[str, str] = ("", "")
LONG = "x" * 201

# The row as it comes, and what must be said of it: the column and the reason; nothing where it is taken in.
DAMAGE: dict[str, tuple[str, tuple[str, str]]] = {
    "right": (row("D1"), ACCEPTED),
    "spaces around values": (row("  D2 ", Dealer=" p1 ", Net=" 1.234,50 "), ACCEPTED),
    "quoted for nothing": (row('"D3"', Dealer='"p1"'), ACCEPTED),
    "a delimiter within quotes": (row("D4", Order='"a;b"'), ACCEPTED),
    "a doubled quote": (row("D5", Order='"a ""b"" c"'), ACCEPTED),
    "a line end within quotes": (row("D6", Order='"a\nb"'), ACCEPTED),
    "a number without thousands": (row("D7", Net="1234,5"), ACCEPTED),
    "a decimal sign and nothing behind": (row("D8", Net="12,"), ACCEPTED),
    "zeros before a number": (row("D9", Pieces="007"), ACCEPTED),
    "a date without zeros": (row("D10", Date="1.2.2026"), ACCEPTED),
    "a leap day": (row("D11", Date="29.02.2024"), ACCEPTED),
    "a plus sign": (row("D12", Net="+5"), ACCEPTED),
    "a return": (row("D13", Pieces="-2", Net="-5", Returns="D1"), ACCEPTED),
    "an empty further column": (row("D14", Channel=""), ACCEPTED),
    "a formula as text": (row("D15", Channel="=HYPERLINK(1)"), ACCEPTED),
    "letters of other scripts": (row("D16", Order="شركة 東京 🚲"), ACCEPTED),
    "an empty cell too many": (row("D17") + ";", ACCEPTED),
    "markup": (row("D18", Order="<script>alert(1)</script>"), ACCEPTED),
    "no id": (row(""), ("Line", "empty")),
    "the id of a row before": (row("D1", Net="7"), ("Line", "known_otherwise")),
    "an id that is too long": (row(LONG), ("Line", "too_long")),
    "an unknown partner": (row("D21", Dealer="p77"), ("Dealer", "unknown_partner")),
    "a partner in other capitals": (row("D22", Dealer="P1X"), ("Dealer", "unknown_partner")),
    "no partner": (row("D23", Dealer=""), ("Dealer", "empty")),
    "an unknown salesperson": (row("D24", Seller="nobody"), ("Seller", "unknown_person")),
    "an unknown product": (row("D25", Article="horn"), ("Article", "unknown_product")),
    "a day that is none": (row("D26", Date="31.02.2026"), ("Date", "not_a_date")),
    "a leap day of another year": (row("D27", Date="29.02.2026"), ("Date", "not_a_date")),
    "month and day exchanged": (row("D28", Date="02/28/2026"), ("Date", "not_a_date")),
    "the serial number of a day": (row("D29", Date="46081"), ("Date", "not_a_date")),
    "a day far away": (row("D30", Date="28.02.2926"), ("Date", "date_out_of_range")),
    "no day": (row("D31", Date=""), ("Date", "empty")),
    "words for a number": (row("D32", Net="twelve"), ("Net", "not_a_number")),
    "a point for decimals": (row("D33", Net="12.5"), ("Net", "not_a_number")),
    "thousands in the wrong place": (row("D34", Net="12.34,5"), ("Net", "not_a_number")),
    "a currency sign in a number": (row("D35", Net="5 €"), ("Net", "not_a_number")),
    "brackets for a minus": (row("D36", Net="(5)"), ("Net", "not_a_number")),
    "a minus behind": (row("D37", Net="5-"), ("Net", "not_a_number")),
    "a number as a spreadsheet shortens it": (row("D38", Net="1,5E+3"), ("Net", "not_a_number")),
    "digits of another script": (row("D39", Net="١٢"), ("Net", "not_a_number")),
    "not a number": (row("D40", Net="NaN"), ("Net", "not_a_number")),
    "more decimals than can be kept": (row("D41", Net="1,00001"), ("Net", "too_many_decimals")),
    "a number that is too large": (row("D42", Net="9" * 15), ("Net", "too_large")),
    "no number": (row("D43", Pieces=""), ("Pieces", "empty")),
    "a currency that is none": (row("D44", Money="EURO$"), ("Money", "unknown_currency")),
    "a return that is not negative": (row("D45", Returns="D1"), ("Pieces", "return_not_negative")),
    "a cell too few": (row("D46").rsplit(";", 1)[0], ("", "number_of_cells")),
    "a cell too many": (row("D47") + ";more", ("", "number_of_cells")),
    "a delimiter within a value": (row("D48", Order="a;b"), ("", "number_of_cells")),
    "half a row": ("D49;O1;p1", ("", "number_of_cells")),
    "words instead of a row": ("Total", ("", "number_of_cells")),
    "words for a further number": (row("D51", Discount="much"), ("Discount", "not_a_number")),
    "an order that is too long": (row("D52", Order="x" * 101), ("Order", "too_long")),
    "a further text that is too long": (row("D53", Channel="x" * 501), ("Channel", "too_long")),
    "two things wrong": (row("D54", Net="x", Date="y"), ("Date", "not_a_date")),
}  # fmt: skip


@pytest.fixture
def run(desk):
    """The whole file, with an empty row and Windows line ends between the damage."""
    rows = [line for line, _answer in DAMAGE.values()]
    rows.insert(5, "")
    outcome = desk.take("sales.csv", "\r\n".join([HEADER, *rows]) + "\r\n")
    assert outcome.run is not None, outcome.message
    return outcome.run


def test_there_are_at_least_forty_kinds():
    assert sum(answer != ACCEPTED for _row, answer in DAMAGE.values()) >= 35
    assert len(DAMAGE) >= 50


def test_each_row_is_answered_rightly(run):
    answers = {}
    for reject in run.rejects.all():
        answers[reject.row_number] = [(told["column"], told["reason"]) for told in reject.problems]
    taken = dict(SalesLine.objects.values_list("row_number", "external_id"))
    numbers = [number for number in range(2, len(DAMAGE) + 3) if number != 7]
    for number, (what, (line, answer)) in zip(numbers, DAMAGE.items(), strict=True):
        if answer == ACCEPTED:
            assert taken.pop(number) in line, what
        else:
            assert answer in answers.pop(number), what
    assert (taken, answers) == ({}, {})


def test_no_row_is_lost_or_counted_twice(run):
    good = sum(answer == ACCEPTED for _row, answer in DAMAGE.values())
    assert (run.rows, run.accepted) == (len(DAMAGE), good)
    assert SalesLine.objects.count() == good


def test_what_was_taken_in_is_what_the_file_says(run):
    lines = {line.external_id: line for line in SalesLine.objects.all()}
    assert lines["D2"].net_amount_e4 == 12345000
    assert lines["D4"].order_id == "a;b"
    assert lines["D5"].order_id == 'a "b" c'
    assert lines["D8"].net_amount_e4 == 120000
    assert lines["D9"].quantity_e4 == 70000
    assert lines["D11"].on == datetime.date(2024, 2, 29)
    assert lines["D13"].net_amount_e4 == -50000
    assert lines["D15"].attributes["channel"] == "=HYPERLINK(1)"
    assert lines["D16"].order_id == "شركة 東京 🚲"


def test_a_row_with_two_mistakes_tells_both(run):
    (reject,) = [one for one in run.rejects.all() if one.cells[0] == "D54"]
    assert {told["reason"] for told in reject.problems} == {"not_a_date", "not_a_number"}
