"""EDIFACT SLSRPT: one row for each quantity sold, by place or by product, and no file that is not whole."""

from __future__ import annotations

from datetime import date

import pytest

from headrace.sales import mappings
from headrace.sales.models import Result, SalesLine
from headrace.sales.reasons import FileRefused
from headrace.sales.tables import open_table
from headrace.sales.tests.interchanges import BODY_SLSRPT, edifact
from headrace.sales.values import Format


def read(tmp_path, content: bytes, **format: str) -> list[dict[str, str]]:
    path = tmp_path / "report.edi"
    path.write_bytes(content)
    with open_table(path, Format(type="edifact", **format)) as table:
        return [dict(zip(table.columns, cells, strict=True)) for _number, cells in table.rows]


def changed(old: str, new: str) -> tuple[str, ...]:
    assert old in BODY_SLSRPT
    return tuple(new if segment == old else segment for segment in BODY_SLSRPT)


def test_a_row_holds_what_its_line_and_all_levels_above_it_say(tmp_path):
    first = read(tmp_path, edifact())[0]
    assert {column: value for column, value in first.items() if value} == {
        "interchange": "R77", "message": "1", "document": "SLS-0226", "line": "1", "purpose": "9",
        "document_date": "2026-03-01", "date": "2026-02-10", "period_from": "2026-02-01", "period_to": "2026-02-28",
        "sender": "4098765000003", "receiver": "4012345000009", "seller_id": "p1",
        "seller_name": "Fahrradhändler Süd GmbH", "supplier_id": "4012345000009", "location": "STORE-1",
        "product": "4012345678901", "product_gtin": "4012345678901", "product_supplier": "bike",
        "product_name": "Rad 'Sport' + Zubehör", "quantity_code": "153", "quantity": "3", "unit": "PCE",
        "price": "1234.5", "amount": "3703.5", "amounts": "203:3703.5", "currency": "EUR", "invoice": "INV-1001",
        "contract": "C-77",
    }  # fmt: skip


def test_a_return_counts_below_nothing_and_stock_is_no_sale(tmp_path):
    told = [(row["location"], row["line"], row["product"], row["quantity"], row["amount"], row["date"])
            for row in read(tmp_path, edifact())]  # fmt: skip
    assert told == [
        ("STORE-1", "1", "4012345678901", "3", "3703.5", "2026-02-10"),
        ("STORE-1", "3", "bell", "-1", "-9.99", "2026-02-10"),
        ("STORE-2", "4", "bell", "2", "20", "2026-02-28"),
    ]


def test_a_report_by_product_tells_the_places_under_each(tmp_path):
    body = (
        "BGM+73E+SLS-1+9", "DTM+356:20260210:102", "NAD+SE+p1::9",
        "LIN+1++bike:SA", "PRI+AAA:10", "LOC+162+A", "QTY+153:1", "LOC+162+B", "QTY+153:2",
        "LIN+2++bell:SA", "PRI+AAA:1", "LOC+162+A", "QTY+153:3",
    )  # fmt: skip
    told = [
        (row["product"], row["location"], row["quantity"], row["amount"])
        for row in read(tmp_path, edifact(body))
    ]
    assert told == [("bike", "A", "1", "10"), ("bike", "B", "2", "20"), ("bell", "A", "3", "3")]


def test_an_amount_of_a_line_is_counted_once_and_below_nothing_for_a_return(tmp_path):
    body = (
        "BGM+73E+SLS-1+9", "NAD+SE+p1::9", "LOC+162+A", "LIN+1++bike:SA", "MOA+203:50", "PRI+AAA:10", "QTY+153:5",
        "QTY+61:1", "LIN+2++bell:SA", "QTY+61:2", "MOA+203:8",
    )  # fmt: skip
    told = [(row["quantity"], row["amount"]) for row in read(tmp_path, edifact(body))]
    assert told == [("5", "50"), ("-1", "-10"), ("-2", "-8")]


def test_an_amount_for_several_places_is_nobodys(tmp_path):
    body = (
        "BGM+73E+SLS-1+9",
        "NAD+SE+p1::9",
        "LIN+1++bike:SA",
        "MOA+203:50",
        "LOC+162+A",
        "QTY+153:2",
        "LOC+162+B",
        "QTY+153:3",
    )
    assert [row["amount"] for row in read(tmp_path, edifact(body))] == ["", ""]


def test_the_separators_and_the_decimal_sign_are_those_of_una(tmp_path):
    body = changed("PRI+AAA:1234.5", "PRI+AAA:1234,5")
    content = edifact(body, una="UNA:+,? '").decode("latin-1")
    told = content[:9].replace("'", "~") + content[9:].replace("'\n", "~").replace("?'", "'")
    assert read(tmp_path, told.encode("latin-1"))[0]["price"] == "1234.5"
    assert read(tmp_path, told.encode("latin-1"))[0]["product_name"] == "Rad 'Sport' + Zubehör"


def test_without_una_the_signs_are_the_standard_ones(tmp_path):
    assert len(read(tmp_path, edifact(una=""))) == 3


def test_a_price_for_more_than_one_piece_gives_no_amount(tmp_path):
    body = changed("PRI+AAA:10", "PRI+AAA:10:::100")
    assert (read(tmp_path, edifact(body))[2]["price"], read(tmp_path, edifact(body))[2]["amount"]) == ("", "")


def test_a_period_in_one_element(tmp_path):
    body = changed("DTM+90:20260201:102", "DTM+263:20260101-20260131:718")
    assert read(tmp_path, edifact(body))[0]["period_from"] == "2026-01-01"


@pytest.mark.parametrize("cut", [700, 7])
def test_a_segment_may_lie_across_two_pieces_of_the_file(tmp_path, monkeypatch, cut):
    monkeypatch.setattr("headrace.sales.edi.segments.CHUNK_BYTES", cut)
    assert len(read(tmp_path, edifact())) == 3


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"UNH+1+SLSRPT'", "not_edifact"),
        (edifact(una="UNA++.? '"), "not_edifact"),
        (edifact()[: edifact().index(b"UNZ")], "edi_no_end"),
        (edifact()[:-4], "edi_cut_off"),
        (edifact(UNT="UNT+26+1"), "edi_wrong_count"),
        (edifact(UNT="UNT+27+2"), "edi_wrong_number"),
        (edifact(UNZ="UNZ+2+R77"), "edi_wrong_count"),
        (edifact(UNZ="UNZ+1+R78"), "edi_wrong_number"),
        (edifact(kind="INVRPT"), "edi_wrong_kind"),
        (edifact(changed("BGM+73E::9+SLS-0226+9", "BGM+73E::9+SLS-0226+1")), "edi_cancelling"),
        (edifact() + b"LIN+1'", "edi_out_of_place"),
        (edifact()[:40] + b"x" * 200_000, "edi_no_terminator"),
        (edifact().replace(b"UNOC", b"UNOY"), "edi_encoding"),
    ],
)
def test_what_is_no_whole_interchange_is_refused(tmp_path, content, reason):
    with pytest.raises(FileRefused) as refused:
        read(tmp_path, content)
    assert refused.value.reason == reason
    assert str(refused.value).endswith(".")


def test_the_shipped_mapping_takes_a_report_in(desk):
    body = changed("LIN+1++4012345678901:EN", "LIN+1++bike:SA")
    outcome = desk.take("report.edi", edifact(body), mappings.text("edifact-slsrpt"))
    assert (outcome.result, outcome.run.accepted, outcome.run.rejected) == (Result.IMPORTED, 3, 0)
    assert list(
        SalesLine.objects.order_by("pk").values_list("external_id", "on", "quantity_e4", "net_amount_e4")
    ) == [
        ("4098765000003-SLS-0226-1", date(2026, 2, 10), 30000, 37035000),
        ("4098765000003-SLS-0226-3", date(2026, 2, 10), -10000, -99900),
        ("4098765000003-SLS-0226-4", date(2026, 2, 28), 20000, 200000),
    ]
