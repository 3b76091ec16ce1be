"""What an import makes doubtful: sales told twice, returns without a sale, more returned than sold."""

from __future__ import annotations

import pytest

from headrace.partners.models import Partner, PartnerAttributes
from headrace.sales import doubts as actions
from headrace.sales.models import Doubt, SalesLine
from headrace.sales.tests.conftest import HEADER, MAPPING, row, sales

# The same mapping with what a distributor or a till tells beyond.
TILL = MAPPING.replace("flow: {constant: sell_in}", "flow: Flow\n      serial: Serial")


def till(*rows):
    """A file with a flow and a serial number at the end of each row: (row, flow, serial)."""
    return (
        "\n".join([f"{HEADER};Flow;Serial", *(f"{one};{flow};{serial}" for one, flow, serial in rows)]) + "\n"
    )


def found(kind=None):
    """[(kind, earlier, later)] of all doubts."""
    doubts = Doubt.objects.filter(kind=kind) if kind else Doubt.objects.all()
    told = doubts.values_list("kind", "earlier__external_id", "later__external_id")
    return sorted(told.order_by("pk"))


def score():
    return Doubt.objects.get().score


@pytest.fixture
def family(desk):
    """p2 buys from p1."""
    p1, p2 = Partner.objects.order_by("code")
    PartnerAttributes.objects.create(organisation=desk.organisation, partner=p2, distributor=p1)


ONE = row("A1", Order="INV-0042", Buyer="c1")


def test_a_line_alone_raises_no_doubt(desk):
    desk.take("sales.csv", sales(ONE, row("A2", Order="INV-43", Date="01.03.2026")))
    assert found() == []


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        ({"Order": "42"}, "invoice"),
        ({"Order": "inv 42", "Date": "27.02.2026", "Net": "1.200,00", "Buyer": "c2"}, "invoice"),
        ({"Order": ""}, "alike"),
        ({"Order": "", "Date": "27.02.2026"}, "alike"),
        ({"Order": "", "Net": "1.234,00"}, "alike"),
        ({"Order": "INV-77"}, "alike"),
    ],
)
def test_another_file_that_tells_much_the_same(desk, cells, kind):
    desk.take("sales-1.csv", sales(ONE))
    desk.take("sales-2.csv", sales(row("B1", **{"Buyer": "c1"} | cells)))
    assert found() == [(kind, "A1", "B1")]


@pytest.mark.parametrize(
    "cells",
    [
        {"Order": "42", "Pieces": "3"},
        {"Order": "42", "Article": "bell"},
        {"Order": "42", "Dealer": "p2"},
        {"Order": "42", "Date": "20.02.2026"},
        {"Order": "42", "Pieces": "-2", "Net": "-1.234,50"},
        {"Order": "", "Buyer": ""},
        {"Order": "", "Buyer": "c2"},
        {"Order": "", "Date": "24.02.2026"},
        {"Order": "", "Net": "1.300,00"},
        {"Order": "INV-77", "Date": "27.02.2026"},
    ],
)
def test_another_file_that_tells_something_else(desk, cells):
    desk.take("sales-1.csv", sales(ONE))
    desk.take("sales-2.csv", sales(row("B1", **{"Buyer": "c1"} | cells)))
    assert [doubt for doubt in found() if doubt[0] != "return"] == []


def test_several_lines_of_one_product_on_one_invoice_of_one_file_are_its_own_affair(desk):
    desk.take("sales.csv", sales(ONE, row("A2", Order="INV-0042", Buyer="c1")))
    assert found() == []


def test_the_same_invoice_by_distributor_and_reseller_in_one_flow(desk, family):
    desk.take("sales-1.csv", sales(ONE))
    desk.take("sales-2.csv", sales(row("B1", Dealer="p2", Order="42", Net="1.400,00")))
    assert found() == [("invoice", "A1", "B1")]
    assert "related_partner" in Doubt.objects.get().reasons


@pytest.mark.parametrize(("flow", "told"), [("sell_out", []), ("sell_through", ["B1"]), ("", ["B1"])])
def test_two_steps_of_one_chain_are_two_views_and_no_duplicate(desk, family, flow, told):
    desk.take("sales-1.csv", till((ONE, "sell_through", "")), TILL)
    desk.take("sales-2.csv", till((row("B1", Dealer="p2", Order="42"), flow, "")), TILL)
    assert [later for _kind, _earlier, later in found()] == told


def test_a_serial_number_is_sold_once(desk):
    rows = [(row("A1", Order="1"), "sell_out", "SN1"), (row("A2", Order="2", Dealer="p2"), "sell_out", "SN1")]
    desk.take("sales.csv", till(*rows, (row("A3", Article="bell", Order="3"), "sell_out", "SN1")), TILL)
    assert found() == [("serial", "A1", "A2")]
    assert "other_partner" in Doubt.objects.get().reasons


def test_unless_it_came_back_or_moved_on(desk):
    back = row("R1", Order="1", Pieces="-2", Net="-1", Returns="A1")
    rows = [(row("A1", Order="1"), "sell_out", "SN1"), (back, "sell_out", "SN1")]
    moved = [(row("M1", Order="5"), "sell_in", "SN2"), (row("M2", Order="6"), "sell_out", "SN2")]
    desk.take("sales.csv", till(*rows, *moved), TILL)
    desk.take("sales-2.csv", till((row("A2", Order="2"), "sell_out", "SN1")), TILL)
    assert found("serial") == []


def test_a_text_in_the_stead_of_a_number_tells_nothing(desk):
    rows = [(row(f"A{n}", Order="CASH", Pieces="3"), "sell_out", "NONE") for n in range(25)]
    desk.take("sales-1.csv", till(*rows), TILL)
    rows = [(row(f"B{n}", Order="CASH", Pieces="3"), "sell_out", "NONE") for n in range(25)]
    desk.take("sales-2.csv", till(*rows), TILL)
    assert found() == []


def test_so_many_equal_sales_a_day_are_a_way_of_selling(desk):
    desk.take("sales-1.csv", sales(*(row(f"A{n}", Order="", Buyer="c1") for n in range(4))))
    desk.take("sales-2.csv", sales(*(row(f"B{n}", Order="", Buyer="c1") for n in range(4))))
    assert found() == []


def test_equal_lines_are_doubted_by_pairs_and_not_each_with_each(desk):
    for name in "ABC":
        desk.take(f"sales-{name}.csv", sales(row(name, Order="", Buyer="c1")))
    assert found() == [("alike", "A", "B"), ("alike", "B", "C")]


def test_what_was_corrected_or_withdrawn_is_not_doubted(desk):
    desk.take("sales-1.csv", sales(ONE))
    corrects = MAPPING.replace("returns: Returns", "supersedes: Returns")
    desk.take("sales-2.csv", sales(row("B1", Order="42", Buyer="c1", Returns="A1")), corrects)
    assert found() == []


def test_a_dismissed_pair_is_not_doubted_again(desk, channel_manager):
    desk.take("sales-1.csv", sales(ONE))
    run = desk.take("sales-2.csv", sales(row("B1", Order="42"))).run
    actions.dismiss_doubt(doubt=Doubt.objects.get(), user=channel_manager)
    assert actions.raise_doubts(run) == 0
    assert Doubt.objects.count() == 1


def test_of_another_brand_nothing_is_compared(desk, desk_of, other_organisation):
    desk.take("sales-1.csv", sales(ONE))
    desk_of(other_organisation).take("sales-2.csv", sales(row("B1", Order="42", Buyer="c1")))
    assert found() == []


BACK = {"Pieces": "-1", "Net": "-617,25"}


@pytest.mark.parametrize(
    ("cells", "sale"),
    [
        ({"Order": "INV-42"}, "A1"),
        ({"Order": "", "Buyer": "c1"}, "A1"),
        ({"Order": "", "Buyer": ""}, "A2"),
        ({"Order": "", "Buyer": "", "Date": "01.02.2026"}, None),
        ({"Order": "", "Buyer": "", "Net": "-100,00"}, None),
        ({"Order": "INV-42", "Dealer": "p2"}, None),
        ({"Order": "INV-42", "Pieces": "-5"}, None),
    ],
)
def test_a_return_that_names_no_sale_gets_one_proposed(desk, cells, sale):
    desk.take("sales-1.csv", sales(ONE, row("A2", Order="INV-50", Buyer="c2", Date="01.03.2026")))
    desk.take("sales-2.csv", sales(row("R1", **{"Date": "02.03.2026"} | BACK | cells)))
    assert found() == ([("return", sale, "R1")] if sale else [])


def test_a_return_that_came_before_its_sale_is_found_when_the_sale_comes(desk):
    desk.take("sales-1.csv", sales(row("R1", Date="02.03.2026", Order="INV-42", **BACK)))
    assert found() == []
    desk.take("sales-2.csv", sales(ONE))
    assert found() == [("return", "A1", "R1")]


def test_a_sale_of_which_too_little_is_left_is_not_proposed(desk):
    desk.take("sales-1.csv", sales(ONE, row("R0", Date="02.03.2026", Order="", Returns="A1", **BACK)))
    desk.take(
        "sales-2.csv", sales(row("R1", Date="02.03.2026", Order="INV-42", Pieces="-2", Net="-1.234,50"))
    )
    assert found() == []


def test_more_returned_than_sold_is_told(desk):
    desk.take("sales-1.csv", sales(ONE, row("R1", Returns="A1", Order="1", **BACK)))
    assert found() == []
    desk.take("sales-2.csv", sales(row("R2", Returns="A1", Order="2", Pieces="-2", Net="-1.234,50")))
    assert found() == [("excess", "A1", "R2")]


def test_an_import_raises_only_so_many(desk, monkeypatch):
    monkeypatch.setattr(actions, "DOUBTS_PER_IMPORT_MAX", 2)
    desk.take("sales-1.csv", sales(*(row(f"A{n}", Order=f"{n}") for n in range(1, 5))))
    desk.take("sales-2.csv", sales(*(row(f"B{n}", Order=f"{n}") for n in range(1, 5))))
    assert Doubt.objects.count() == 2
    assert SalesLine.objects.count() == 8
