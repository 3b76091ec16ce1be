"""Which column is which field: by its name in five languages, by its values, by what was before."""

from __future__ import annotations

import pytest

from headrace.sales.detect import Detected, detect
from headrace.sales.fields import KIND, KINDS
from headrace.sales.proposals import Remembered, attribute_name, attribute_type, propose, propose_kind
from headrace.sales.synonyms import names_of, words


@pytest.fixture
def look(tmp_path):
    def detected(*rows: str) -> Detected:
        path = tmp_path / "file.csv"
        path.write_text("\n".join(rows) + "\n")
        return detect(path)

    return detected


def fields(detected: Detected, organisation, kind: str = "sales", **remembered: str) -> dict[str, str]:
    proposals = propose(detected, KIND[kind], organisation, Remembered(remembered))
    return {
        one.column: ("id+" if one.is_id else "") + one.field for one in proposals if one.field or one.is_id
    }


SALES = ["order_id", "partner", "product", "on", "quantity", "net_amount"]
ROWS = ["A1;n1;b1;2026-02-28;2;10.50", "A1;n1;b2;2026-02-28;1;5.25", "A2;n2;b1;2026-02-27;1;5.25"]


@pytest.mark.parametrize(
    "header",
    [
        "Invoice Number;Dealer No.;Item Code;Invoice Date;Qty;Net Amount",
        "invoice_number;reseller_key;product_key;order_date;order_quantity;sales_amount",
        "Rechnungsnummer;Händler-Nr.;Artikelnummer;Rechnungsdatum;Stückzahl;Nettobetrag",
        "Numero fattura;Codice rivenditore;Codice articolo;Data fattura;Quantità;Importo netto",
        "Nombor invois;Kod pengedar;Kod produk;Tarikh invois;Kuantiti;Amaun bersih",
        "رقم الفاتورة;رمز الموزع;رمز المنتج;تاريخ الفاتورة;الكمية;صافي المبلغ",
    ],
)
def test_sales_in_five_languages(look, organisation, header):
    detected = look(header, *ROWS)
    assert propose_kind(detected).name == "sales"
    found = fields(detected, organisation)
    assert [found[name].removeprefix("id+") for name in header.split(";")] == SALES
    assert [name for name in found if found[name].startswith("id+")] == [
        header.split(";")[0],
        header.split(";")[2],
    ]


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        ("Dealer no;Name;Country", "partners"),
        ("SKU;Description;Category;List price", "products"),
        ("Kundennummer;Kunde Name", "customers"),
        ("Employee ID;Name;Role", "people"),
        ("Partner;Von;Bis;Zielwert", "targets"),
    ],
)
def test_the_kind_of_file(look, header, kind):
    assert propose_kind(look(header, "a;b;c;d"[: 2 * header.count(";") + 1])).name == kind


def test_values_contradict_a_name(look, organisation):
    found = fields(look("Order date;Total;Net", "x;yes;1.50", "y;no;2.50"), organisation)
    assert found == {"Net": "net_amount"}


def test_known_codes_are_found_under_any_name(look, desk):
    found = fields(look("Xyz;Abc", "p1;bike", "p2;bell"), desk.organisation)
    assert found == {}  # two are too few to go by
    from headrace.partners.models import Partner

    Partner.objects.create(organisation=desk.organisation, code="p3", name="West")
    found = fields(look("Xyz;Abc", "p1;bike", "p2;bell", "p3;horn"), desk.organisation)
    assert found == {"Xyz": "partner"}


def test_what_a_column_was_before_goes_first(look, organisation):
    found = fields(look("Total;Net", "1.50;2.50"), organisation, Total="net_amount", Net="list_amount")
    assert found == {"Total": "net_amount", "Net": "list_amount"}


def test_a_line_number_tells_lines_apart(look, organisation):
    found = fields(look("Order;Pos;Article;Net", "A;1;x;5", "A;2;x;6", "B;1;x;7"), organisation)
    assert [name for name, told in found.items() if told.startswith("id+")] == ["Order", "Pos"]


def test_every_field_but_the_odd_has_names_for_it():
    for kind in KINDS:
        for field in kind.fields:
            assert names_of(kind, field), (kind.name, field.name)
            assert all(words(name) == name for name in names_of(kind, field)), field.name


@pytest.mark.parametrize(
    ("column", "name"),
    [
        ("Sales Territory (Key)", "sales_territory_key"),
        ("Größe", "groesse"),
        ("2nd name", "nd_name"),
        ("المنطقة", ""),
    ],
)
def test_names_of_further_columns(column, name):
    assert attribute_name(column) == name


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (["1", "2.5"], "number"),
        (["007"], "text"),
        (["yes", "No"], "boolean"),
        ([""], "text"),
        (["1", "x"], "text"),
    ],
)
def test_types_of_further_columns(values, kind):
    assert attribute_type(values) == kind
