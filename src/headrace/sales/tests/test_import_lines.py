"""`import_file` on sales: good rows are lines, bad rows are rejects with their reasons."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from headrace.base.models import AuditEvent
from headrace.sales.models import Attribute, Customer, Import, Reject, Result, SalesLine
from headrace.sales.reasons import tell
from headrace.sales.tests.conftest import MAPPING, row, sales
from headrace.sales.withdrawals import withdraw_lines


def told(run):
    """[(row, column, value, reason)] of an import's rejects."""
    return [
        (reject.row_number, problem["column"], problem["value"], problem["reason"])
        for reject in run.rejects.order_by("row_number")
        for problem in reject.problems
    ]


def test_a_line_says_what_the_row_said(desk):
    outcome = desk.take("sales.csv", sales(row("L1", Discount="2,50", Buyer="c9", Net="-1.234,5678")))
    assert outcome.result is Result.IMPORTED
    line = SalesLine.objects.select_related("partner", "person", "product", "customer").get()
    assert (line.external_id, line.order_id, line.row_number, line.import_run) == ("L1", "O1", 2, outcome.run)
    assert (line.partner.code, line.person.code, line.product.code) == ("p1", "anna", "bike")
    assert (line.on, line.currency, line.flow) == (date(2026, 2, 28), "EUR", "sell_in")
    assert (line.quantity_e4, line.net_amount_e4, line.list_amount_e4) == (20000, -12345678, None)
    assert line.attributes == {"discount": "2.5", "channel": "shop"}
    assert (line.returns, line.supersedes, line.serial) == ("", "", "")
    assert line.recorded_at == outcome.run.started_at


def test_a_customer_is_made_where_the_mapping_says_so(desk):
    desk.take("sales.csv", sales(row("L1", Buyer="c9"), row("L2", Buyer="c9"), row("", Buyer="c10")))
    assert [customer.code for customer in Customer.objects.all()] == ["c9"]


def test_without_a_currency_it_is_that_of_the_organisation(desk):
    desk.take("sales.csv", sales(row("L1", Money=""), row("L2", Money="Euro"), row("L3", Money="usd")))
    assert [line.currency for line in SalesLine.objects.order_by("external_id")] == ["EUR", "EUR", "USD"]


def test_the_types_of_further_columns_are_kept(desk):
    desk.take("sales.csv", sales(row()))
    assert set(Attribute.objects.values_list("of", "name", "type")) == {
        ("sale", "discount", "number"),
        ("sale", "channel", "text"),
    }


@pytest.mark.parametrize(
    ("cells", "problem"),
    [
        ({"Date": "31.02.2026"}, ("Date", "31.02.2026", "not_a_date")),
        ({"Date": ""}, ("Date", "", "empty")),
        ({"Net": "12,x"}, ("Net", "12,x", "not_a_number")),
        ({"Net": "0,00001"}, ("Net", "0,00001", "too_many_decimals")),
        ({"Net": "1" * 15}, ("Net", "1" * 15, "too_large")),
        ({"Net": " "}, ("Net", "", "empty")),
        ({"Pieces": "two"}, ("Pieces", "two", "not_a_number")),
        ({"Dealer": "p9"}, ("Dealer", "p9", "unknown_partner")),
        ({"Seller": "otto"}, ("Seller", "otto", "unknown_person")),
        ({"Article": "boat"}, ("Article", "boat", "unknown_product")),
        ({"Money": "Taler"}, ("Money", "Taler", "unknown_currency")),
        ({"line": ""}, ("Line", "", "empty")),
        ({"line": "x" * 201}, ("Line", "x" * 200 + "…", "too_long")),
        ({"Discount": "much"}, ("Discount", "much", "not_a_number")),
        ({"Returns": "L0"}, ("Pieces", "2", "return_not_negative")),
    ],
)
def test_a_bad_row_is_rejected_with_its_reason_and_stops_no_other(desk, cells, problem):
    outcome = desk.take("sales.csv", sales(row("A"), row(**{"line": "B"} | cells), row("C")))
    assert (outcome.run.rows, outcome.run.accepted, outcome.run.rejected) == (3, 2, 1)
    assert told(outcome.run) == [(3, *problem)]
    assert [line.external_id for line in SalesLine.objects.order_by("pk")] == ["A", "C"]
    assert len(tell(outcome.run.rejects.get().problems[0])) > 30


def test_every_problem_of_a_row_is_told_at_once(desk):
    outcome = desk.take("sales.csv", sales(row("A", Date="x", Net="y", Dealer="z")))
    assert {reason for *_, reason in told(outcome.run)} == {"not_a_date", "not_a_number", "unknown_partner"}


def test_a_row_with_too_few_or_too_many_cells_is_rejected_as_it_came(desk):
    outcome = desk.take("sales.csv", sales("A;B;p9", row("C") + ";more", row("D") + ";;"))
    assert told(outcome.run) == [(2, "", "", "number_of_cells"), (3, "", "", "number_of_cells")]
    assert Reject.objects.get(row_number=2).cells == ["A", "B", "p9"]
    assert outcome.run.accepted == 1


def test_reasons_are_sentences_that_say_what_would_be_right(desk):
    run = desk.take("sales.csv", sales(row("A", Date="31.02.2026"))).run
    assert tell(run.rejects.get().problems[0]) == (
        "Date: “31.02.2026” is no date. A date is written as DD.MM.YYYY, for example 31.03.2026."
    )


def test_a_return_takes_back_a_line(desk):
    desk.take("sales.csv", sales(row("L1"), row("R1", Returns="L1", Pieces="-1", Net="-617,25")))
    assert SalesLine.objects.get(external_id="R1").returns == "L1"


def test_the_same_file_twice_is_one_import(desk):
    first = desk.take("sales.csv", sales(row("L1"), row("L2", Net="x")))
    again = desk.take("sales again.csv", sales(row("L1"), row("L2", Net="x")))
    assert (again.result, again.run) == (Result.ALREADY_IMPORTED, first.run)
    assert f"as import {first.run.pk}; nothing was imported again" in again.message
    assert (Import.objects.count(), SalesLine.objects.count(), Reject.objects.count()) == (1, 1, 1)


def test_a_file_of_which_nothing_was_accepted_may_be_tried_again(desk):
    text = sales(row("L1", Dealer="new"), row("L2", Dealer="new", Net="x"))
    first = desk.take("sales.csv", text)
    desk.take("partners.csv", "Id,Name,Tier,Parent,From,To,City\nnew,New,,,,,\n")
    again = desk.take("sales.csv", text)
    assert (again.run.accepted, again.run.rejected) == (1, 1)
    assert [hasattr(reject, "repair") for reject in first.run.rejects.all()] == [True, True]
    assert [reject.repair.accepted for reject in first.run.rejects.order_by("row_number")] == [True, False]


def test_another_brand_may_have_lines_of_the_same_id(desk, desk_of, other_organisation):
    desk.take("sales.csv", sales(row("L1")))
    other = desk_of(other_organisation).take("sales.csv", sales(row("L1")))
    assert other.run.accepted == 1


def test_a_partner_of_another_brand_is_unknown(desk, desk_of, other_organisation):
    desk_of(other_organisation).take("partners.csv", "Id,Name,Tier,Parent,From,To,City\nonly,Only,,,,,\n")
    assert told(desk.take("sales.csv", sales(row("L1", Dealer="only"))).run)[0][3] == "unknown_partner"


def test_rows_are_numbered_as_a_spreadsheet_shows_them(desk):
    text = sales('"L\n1";O;p1;;;;28.02.2026;1;1;;;;', "", row("L2"), ";" * 12, row("L3", Net="x"))
    run = desk.take("sales.csv", text).run
    assert list(SalesLine.objects.order_by("pk").values_list("external_id", "row_number")) == [
        ("L\n1", 2),
        ("L2", 4),
    ]
    assert (run.rows, told(run)) == (3, [(6, "Net", "x", "not_a_number")])


def test_it_is_told_in_the_audit_trail(desk, organisation):
    run = desk.take("sales.csv", sales(row("L1"), row("L2", Net="x"))).run
    event = AuditEvent.objects.get(organisation=organisation, action="sales.import")
    assert (event.subject, event.details) == (
        f"import:{run.pk}",
        {"rows": 2, "accepted": 1, "rejected": 1, "duplicates": 0},
    )


def test_a_further_column_keeps_its_type(desk):
    desk.take("sales.csv", sales(row("L1")))
    changed = MAPPING.replace("discount: {column: Discount, type: number}", "discount: Discount")
    outcome = desk.take("sales-2.csv", sales(row("L2")), changed)
    assert outcome.result is Result.REFUSED
    assert "“discount” was taken in as number" in outcome.message


@pytest.mark.parametrize("table", ["sales_line", "sales_reject", "sales_repair", "sales_line_withdrawal"])
@pytest.mark.parametrize("change", ["UPDATE {} SET organisation_id = 7", "DELETE FROM {}"])
def test_the_database_itself_refuses_to_change_what_was_taken_in(desk, table, change):
    text = sales(row("L1"), row("L2", Dealer="x"))
    run = desk.take("sales.csv", text).run
    desk.take("sales.csv-rejects-1.csv", f"headrace_reject;{text.splitlines()[0]}\n{run.pk}-3;{row('L2')}\n")
    lines = SalesLine.objects.filter(external_id="L1")
    withdraw_lines(organisation=desk.organisation, lines=lines, reason="Wrong.", subject="test:1")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        connection.cursor().execute(change.format(table))


cells = st.sampled_from(
    ["", " ", "x", "p1", "L1", "L2", "1", "-1,5", "28.02.2026", "31.02.2026", "EUR", '"a;b"', "'"]
)
rows = st.lists(
    st.lists(cells, min_size=1, max_size=15).map(";".join) | st.builds(row, st.sampled_from("ABC"))
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(rows)
def test_rows_in_are_rows_accepted_rejected_and_duplicate(desk, found):
    with transaction.atomic():
        outcome = desk.take("sales.csv", sales(*found))
        filled = [text for text in found if text.replace(";", "").replace('"', "")]
        if outcome.result is Result.REFUSED:
            assert outcome.run.problem["reason"] == "no_rows"
            assert not filled
        else:
            assert outcome.run.rows == len(filled)
            assert outcome.run.accepted == outcome.run.lines.count()
            assert outcome.run.rejected == outcome.run.rejects.wrong().count()
            assert outcome.run.duplicates == outcome.run.rejects.filter(is_duplicate=True).count()
            assert outcome.run.accepted + outcome.run.rejected + outcome.run.duplicates == outcome.run.rows
        transaction.set_rollback(True)
