"""Lines that are known already: the same again is a duplicate, something else under its id is wrong."""

from __future__ import annotations

import pytest

from headrace.sales.models import Customer, LineWithdrawal, Repair, SalesLine
from headrace.sales.reasons import tell
from headrace.sales.tests.conftest import MAPPING, row, sales
from headrace.sales.withdrawals import withdraw_lines


def counts(run):
    return (run.rows, run.accepted, run.rejected, run.duplicates)


def reasons(run):
    """[(row, column, reason)] of what was not taken in."""
    return [
        (reject.row_number, problem["column"], problem["reason"])
        for reject in run.rejects.order_by("row_number")
        for problem in reject.problems
    ]


def withdraw(desk, *ids, **more):
    lines = SalesLine.objects.filter(external_id__in=ids)
    return withdraw_lines(
        organisation=desk.organisation, lines=lines, reason="A mistake.", subject="test:1", **more
    )


def test_the_same_line_by_another_file_is_a_duplicate(desk):
    first = desk.take("sales-1.csv", sales(row("L1"), row("L2", Buyer="c1", Discount="2,50"))).run
    second = desk.take("sales-2.csv", sales(row("L2", Buyer="c1", Discount="2,5"), row("L3"))).run
    assert counts(second) == (2, 1, 0, 1)
    assert reasons(second) == [(2, "Line", "duplicate")]
    reject = second.rejects.get()
    assert (reject.is_duplicate, list(second.rejects.waiting())) == (True, [])
    assert reject.problems[0]["params"] == {"id": "L2", "row": 3, "import": first.pk}
    assert tell(reject.problems[0]).endswith("It says the same, so there is nothing to do.")


@pytest.mark.parametrize(
    ("cells", "differs"),
    [
        ({"Net": "99,00"}, "Net: 99,00 ≠ 1234.5"),
        ({"Dealer": "p2"}, "Dealer: p2"),
        ({"Seller": ""}, "Seller: –"),
        ({"Buyer": "c1"}, "Buyer: c1"),
        ({"Order": ""}, "Order: – ≠ O1"),
        ({"Date": "27.02.2026"}, "Date: 27.02.2026 ≠ 2026-02-28"),
        ({"Money": "USD"}, "Money: USD ≠ EUR"),
        ({"Discount": "1"}, "Discount: 1 ≠ –"),
        ({"Pieces": "-1", "Returns": "L0"}, "Pieces: -1 ≠ 2; Returns: L0 ≠ –"),
    ],
)
def test_something_else_under_a_known_id_is_rejected_with_what_differs(desk, cells, differs):
    first = desk.take("sales-1.csv", sales(row("L1"))).run
    second = desk.take("sales-2.csv", sales(row("L1", **cells))).run
    assert counts(second) == (1, 0, 1, 0)
    problem = second.rejects.waiting().get().problems[0]
    assert problem["params"] == {"id": "L1", "row": 2, "import": first.pk, "differs": differs}
    assert f"says something else: {differs}." in tell(problem)
    assert SalesLine.objects.get().net_amount_e4 == 12345000


def test_a_file_that_tells_less_of_a_line_says_the_same(desk):
    desk.take("sales-1.csv", sales(row("L1", Discount="2")))
    less = MAPPING.replace("      flow: {constant: sell_in}\n", "").replace("      channel: Channel\n", "")
    less = less.replace("discount: {column: Discount, type: number}", "channel: Channel")
    again = desk.take("sales-2.csv", sales(row("L1", Discount="9")), less).run
    assert counts(again) == (1, 0, 0, 1)


def test_without_a_currency_a_line_says_that_it_is_in_the_organisations_own(desk):
    desk.take("sales-1.csv", sales(row("L1", Money="USD")))
    without = MAPPING.replace("      currency: {column: Money, values: {Euro: EUR}}\n", "")
    again = desk.take("sales-2.csv", sales(row("L1", Money="")), without).run
    assert again.rejects.get().problems[0]["params"]["differs"] == "currency: EUR ≠ USD"


def test_the_second_of_two_rows_of_a_file_is_known_unless_the_first_was_bad(desk):
    rows = (row("L1"), row("L1"), row("L1", Net="1"), row("L2", Net="x"), row("L2"))
    run = desk.take("sales.csv", sales(*rows)).run
    assert reasons(run) == [
        (3, "Line", "duplicate"),
        (4, "Line", "known_otherwise"),
        (5, "Net", "not_a_number"),
    ]
    assert counts(run) == (5, 2, 2, 1)


def test_a_row_of_a_batch_before_is_known(desk, monkeypatch):
    monkeypatch.setattr("headrace.sales.staging.BATCH_ROWS", 1)
    run = desk.take("sales.csv", sales(row("L1"), row("L1"), row("L1", Net="1"))).run
    assert counts(run) == (3, 1, 1, 1)


def test_no_customer_is_made_for_a_row_that_is_not_taken_in(desk):
    desk.take("sales-1.csv", sales(row("L1")))
    desk.take("sales-2.csv", sales(row("L1", Buyer="c1")))
    assert not Customer.objects.exists()


def test_a_duplicate_has_nothing_to_repair(desk):
    desk.take("sales-1.csv", sales(row("L1")))
    text = sales(row("L1"), row("L1"))
    first = desk.take("sales-2.csv", text).run
    again = desk.take("sales-2.csv", text).run
    assert (counts(first), counts(again)) == ((2, 0, 0, 2), (2, 0, 0, 2))
    assert not Repair.objects.exists()


def test_an_id_whose_line_was_withdrawn_comes_again_as_the_next_revision(desk):
    desk.take("sales-1.csv", sales(row("L1"), row("L2")))
    assert withdraw(desk, "L1") == 1
    again = desk.take("sales-2.csv", sales(row("L1", Net="7,00"), row("L1", Net="8,00"))).run
    assert counts(again) == (2, 1, 1, 0)
    assert list(SalesLine.objects.filter(external_id="L1").values_list("revision", "net_amount_e4")) == [
        (0, 12345000),
        (1, 70000),
    ]
    withdraw(desk, "L1")
    assert counts(desk.take("sales-3.csv", sales(row("L1"))).run) == (1, 1, 0, 0)
    assert SalesLine.objects.get(external_id="L1", withdrawal=None).revision == 2


def test_an_id_stays_known_as_long_as_the_line_in_its_stead_stands(desk):
    desk.take("sales-1.csv", sales(row("L1"), row("L2"), row("L3")))
    keys = dict(SalesLine.objects.values_list("external_id", "pk"))
    withdraw(desk, "L1", same_as={keys["L1"]: keys["L2"]})
    withdraw(desk, "L2", same_as={keys["L2"]: keys["L3"]})
    again = desk.take("sales-2.csv", sales(row("L1"), row("L2", Net="1"))).run
    assert reasons(again) == [(2, "Line", "duplicate"), (3, "Line", "known_otherwise")]
    withdraw(desk, "L3")
    assert counts(desk.take("sales-3.csv", sales(row("L1"))).run) == (1, 1, 0, 0)


def test_lines_are_withdrawn_once_and_only_those_of_the_organisation(desk, desk_of, other_organisation):
    other = desk_of(other_organisation)
    desk.take("sales-1.csv", sales(row("L1"), row("L2")))
    other.take("sales-1.csv", sales(row("L1")))
    assert (withdraw(desk, "L1", "L2"), withdraw(desk, "L1", "L2")) == (2, 0)
    withdrawal = LineWithdrawal.objects.get(line__external_id="L1")
    assert (withdrawal.organisation, withdrawal.reason, withdrawal.subject) == (
        desk.organisation,
        "A mistake.",
        "test:1",
    )


def test_many_lines_are_withdrawn_a_part_at_a_time(desk, monkeypatch):
    monkeypatch.setattr("headrace.sales.withdrawals.LINES_A_TIME", 2)
    desk.take("sales-1.csv", sales(*(row(f"L{n}") for n in range(5))))
    assert withdraw(desk, *(f"L{n}" for n in range(5))) == 5
