"""X12 867: one row for each quantity sold, and no file that was cut off or counted wrongly."""

from __future__ import annotations

from datetime import date

import pytest

from headrace.sales import mappings
from headrace.sales.models import Result, SalesLine
from headrace.sales.reasons import FileRefused
from headrace.sales.tables import open_table
from headrace.sales.tests.interchanges import BODY_867, x12
from headrace.sales.values import Format


def read(tmp_path, content: bytes, **format: str) -> list[dict[str, str]]:
    path = tmp_path / "report.x12"
    path.write_bytes(content)
    with open_table(path, Format(type="x12", **format)) as table:
        return [dict(zip(table.columns, cells, strict=True)) for _number, cells in table.rows]


def changed(old: str, new: str) -> tuple[str, ...]:
    assert old in BODY_867
    return tuple(new if segment == old else segment for segment in BODY_867)


def test_a_row_holds_what_its_line_and_all_levels_above_it_say(tmp_path):
    first = read(tmp_path, x12())[0]
    assert {column: value for column, value in first.items() if value} == {
        "interchange": "000000007", "message": "0001", "document": "RPT-2026-02", "line": "1", "purpose": "00",
        "document_date": "2026-03-01", "date": "2026-02-28", "period_from": "2026-02-01", "period_to": "2026-02-28",
        "sender": "NORTH", "receiver": "HEADRACE", "supplier_name": "Bike Maker", "supplier_id": "001122334",
        "seller_name": "North Distribution", "seller_id": "p1", "ship_to_name": "Ace Bikes", "ship_to_id": "C100",
        "ship_to_city": "Springfield", "ship_to_postal_code": "62701", "ship_to_country": "US",
        "customer_id": "C100", "customer_name": "Ace Bikes", "type": "SS", "product": "012345678905",
        "product_upc": "012345678905", "product_supplier": "bike", "serial": "S-900", "quantity_code": "32",
        "quantity": "3", "unit": "EA", "price": "1234.5", "amount": "3703.5", "amounts": "1:3703.5",
        "currency": "USD", "invoice": "INV-1001", "invoice_date": "2026-02-10", "order": "4711", "contract": "C-77",
    }  # fmt: skip


def test_a_return_counts_below_nothing_and_stock_is_no_sale(tmp_path):
    told = [(row["line"], row["product"], row["quantity"], row["amount"]) for row in read(tmp_path, x12())]
    assert told == [
        ("1", "012345678905", "3", "3703.5"),
        ("2", "bell", "-1", "-9.99"),
        ("4", "bell", "2", "20"),
    ]


def test_the_amount_of_a_return_is_below_nothing(tmp_path):
    body = changed("UIT*EA*9.99", "AMT*1*12.5")
    assert [(row["quantity"], row["amount"]) for row in read(tmp_path, x12(body))][1] == ("-1", "-12.5")


def test_what_one_line_says_does_not_hold_for_the_next(tmp_path):
    last = read(tmp_path, x12())[-1]
    assert (last["invoice"], last["customer_id"], last["ship_to_id"], last["serial"]) == (
        "INV-1002", "Mrs. O'Hara", "", "",
    )  # fmt: skip


def test_numbers_and_dates_are_written_as_the_mapping_says(tmp_path):
    first = read(tmp_path, x12(), decimal=",", date="DD.MM.YYYY")[0]
    assert (first["price"], first["invoice_date"]) == ("1234,5", "10.02.2026")


@pytest.mark.parametrize("signs", ["|^\n", "\x1d\x1f\x1e"])
def test_the_separators_are_those_of_isa(tmp_path, signs):
    element, component, terminator = signs
    content = x12().replace(b"~\n", b"~").decode()
    swapped = content.translate(str.maketrans("*>~", element + component + terminator))
    assert len(read(tmp_path, swapped.encode())) == 3


def test_a_day_without_century_is_of_this_one(tmp_path):
    body = changed("DTM*091*20260228", "DTM*091*260228")
    assert read(tmp_path, x12(body))[0]["date"] == "2026-02-28"


def test_a_report_without_a_number_is_known_by_that_of_its_message(tmp_path):
    body = changed("BPT*00*RPT-2026-02*20260301*04", "BPT*00**20260301*04")
    assert read(tmp_path, x12(body))[0]["document"] == "000000007-0001"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"ISA*00*too short~", "not_x12"),
        (b"GS*PT*A*B~" * 30, "not_x12"),
        (x12()[: x12().index(b"GE*")], "edi_no_end"),
        (x12()[:-4], "edi_cut_off"),
        (x12(SE="SE*26*0001"), "edi_wrong_count"),
        (x12(SE="SE*27*0002"), "edi_wrong_number"),
        (x12(GE="GE*2*7"), "edi_wrong_count"),
        (x12(IEA="IEA*1*000000008"), "edi_wrong_number"),
        (x12(BODY_867[:10]).replace(b"GE*1*7~\n", b""), "edi_out_of_place"),
        (x12(kind="810"), "edi_wrong_kind"),
        (x12(changed("BPT*00*RPT-2026-02*20260301*04", "BPT*01*RPT-2026-02*20260301")), "edi_cancelling"),
        (x12() + b"PTD*SS~", "edi_out_of_place"),
        (x12().replace(b"North", b"N\xf6rth"), "edi_encoding"),
        (x12()[:106] + b"x" * 200_000, "edi_no_terminator"),
    ],
)
def test_what_is_no_whole_interchange_is_refused(tmp_path, content, reason):
    with pytest.raises(FileRefused) as refused:
        read(tmp_path, content)
    assert refused.value.reason == reason
    assert str(refused.value).endswith(".")


def test_the_shipped_mapping_takes_a_report_in(desk):
    outcome = desk.take(
        "report.x12",
        x12(changed("LIN**UP*012345678905*VN*bike*SN*S-900", "LIN**VN*bike")),
        mappings.text("x12-867"),
    )
    assert (outcome.result, outcome.run.accepted, outcome.run.rejected) == (Result.IMPORTED, 3, 0)
    assert list(
        SalesLine.objects.order_by("pk").values_list(
            "external_id", "on", "quantity_e4", "net_amount_e4", "currency"
        )
    ) == [
        ("NORTH-RPT-2026-02-1", date(2026, 2, 28), 30000, 37035000, "USD"),
        ("NORTH-RPT-2026-02-2", date(2026, 2, 28), -10000, -99900, "USD"),
        ("NORTH-RPT-2026-02-4", date(2026, 2, 28), 20000, 200000, "USD"),
    ]


def test_of_a_file_that_ends_wrongly_nothing_stays(desk):
    outcome = desk.take("report.x12", x12(IEA="IEA*3*000000007"), mappings.text("x12-867"))
    assert outcome.result is Result.REFUSED
    assert "IEA, segment" in outcome.message
    assert not SalesLine.objects.exists()
