"""Rejects are downloaded, repaired and sent again; the repaired rows know what they repair."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headrace.sales import rejects
from headrace.sales.models import Repair, SalesLine
from headrace.sales.tables import neutralised, restored
from headrace.sales.tests.conftest import HEADER, row, sales


def download(run):
    return "".join(rejects.as_csv(run))


def cells(text):
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff")), delimiter=";"))


@pytest.fixture
def run(desk):
    return desk.take("sales.csv", sales(row("L1"), row("L2", Net="12,x"), row("L3", Dealer="p9"))).run


def test_the_file_has_the_columns_as_they_came_between_reference_and_reasons(run):
    header, first, second = cells(download(run))
    assert header == ["headrace_reject", *HEADER.split(";"), "headrace_reason"]
    assert first[:-1] == [f"{run.pk}-3", *row("L2", Net="12,x").split(";")]
    assert first[-1].startswith("Net: “12,x” is no number.")
    assert second[0] == f"{run.pk}-4"


def test_repaired_rows_are_accepted_and_linked_to_what_they_repair(desk, run):
    repaired = download(run).replace("12,x", "12,00").replace("p9", "p2")
    again = desk.take(rejects.file_name(run), repaired).run
    assert (again.accepted, again.rejected) == (2, 0)
    assert SalesLine.objects.count() == 3
    assert [
        (repair.reject.row_number, repair.row_number, repair.accepted) for repair in again.repairs.all()
    ] == [
        (3, 2, True),
        (4, 3, True),
    ]
    assert cells(download(run))[1:] == []


def test_what_is_still_wrong_is_a_reject_again_and_can_be_repaired_in_turn(desk, run):
    second = desk.take(rejects.file_name(run), download(run).replace("12,x", "12,y")).run
    assert (second.accepted, second.rejected) == (0, 2)
    header, first, _ = cells(download(second))
    assert header == ["headrace_reject", *HEADER.split(";"), "headrace_reason"]
    assert first[0] == f"{second.pk}-2"
    third = desk.take(
        rejects.file_name(second), download(second).replace("12,y", "12,00").replace("p9", "p2")
    ).run
    assert third.accepted == 2
    assert rejects.file_name(third) == f"sales.csv-rejects-{third.pk}.csv"


def test_rows_that_are_repaired_twice_are_duplicates(desk, run):
    repaired = download(run).replace("12,x", "12,00").replace("p9", "p2")
    desk.take(rejects.file_name(run), repaired)
    again = desk.take(rejects.file_name(run), repaired + "\n").run
    assert (again.accepted, again.duplicates) == (0, 2)
    assert Repair.objects.count() == 2


def test_a_spreadsheet_may_change_delimiter_and_quotes(desk, run):
    rows = cells(download(run).replace("12,x", "12,00").replace("p9", "p2"))
    file = io.StringIO()
    csv.writer(file, delimiter="\t", quoting=csv.QUOTE_ALL).writerows(rows)
    assert desk.take("my repaired rows.csv", file.getvalue()).run.accepted == 2


def test_a_browser_may_change_the_name(desk, run):
    repaired = download(run).replace("12,x", "12,00")
    assert desk.take(f"sales.csv-rejects-{run.pk} (1).csv", repaired).run.accepted == 1


def test_references_of_another_brand_are_read_over(desk, run, desk_of, other_organisation):
    repaired = download(run).replace("12,x", "12,00").replace("p9", "p2")
    other = desk_of(other_organisation).take(rejects.file_name(run), repaired).run
    assert other.accepted == 2
    assert not Repair.objects.exists()


@pytest.mark.parametrize("reference", ["", "12", "1-2-3", "x-y", "9" * 30 + "-1", "1-" + "9" * 30])
def test_references_that_name_nothing_are_read_over(desk, reference):
    run = desk.take("sales.csv-rejects-1.csv", f"headrace_reject;{HEADER}\n{reference};{row('L9')}\n").run
    assert run.accepted == 1
    assert not Repair.objects.exists()


@pytest.mark.parametrize("formula", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "'=1", " =1"])
def test_no_spreadsheet_runs_what_is_downloaded_and_it_comes_back_as_it_was(desk, formula):
    run = desk.take("sales.csv", sales(row("L1", Channel=formula, Net="x"))).run
    (_, found) = cells(download(run))
    assert found[-2] == f"'{formula}"
    desk.take(rejects.file_name(run), download(run).replace(";x;", ";1;"))
    assert SalesLine.objects.get().attributes["channel"] == formula.strip()


def test_a_reason_that_shows_a_formula_is_neutral_too(desk):
    run = desk.take("sales.csv", sales(row("L1", Net="=1"))).run
    assert not cells(download(run))[1][-1].startswith(("=", "+", "-", "@"))


@pytest.mark.parametrize("number", ["-12.50", "+1", "-1.234,50"])
def test_numbers_stay_as_they_are(number):
    assert neutralised(number) == number


@given(st.text(st.sampled_from("'=+-@\t\r\n 1a,")))
def test_what_was_made_neutral_is_restored(cell):
    safe = neutralised(cell)
    assert restored(safe) == cell
    assert safe.strip()[:1] not in ("=", "+", "-", "@") or not set(safe) - set("+-0123456789.,")


def test_a_header_is_made_neutral_too(desk):
    text = sales(row("L1", Net="x") + ";1").replace("Channel\n", "Channel;=1+1\n")
    run = desk.take("sales.csv", text).run
    assert cells(download(run))[0][-2] == "'=1+1"
    assert desk.take(rejects.file_name(run), download(run).replace(";x;", ";1;")).run.accepted == 1
