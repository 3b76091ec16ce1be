"""A file without a mapping, from the upload to the import: by plain forms, as a browser sends them."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Sum
from django.test import Client
from django.urls import reverse

from headrace.partners.models import Partner, Person
from headrace.sales import rejects
from headrace.sales.models import Draft, Import, MappingDocument, Product, SalesLine, Source
from headrace.sales.tests.conftest import row, sales, work
from headrace.sales.tests.interchanges import edifact, x12
from headrace.sales.tests.pages import Page

GERMAN = """Umsatzmeldung Februar;;;;;;
Nord Fahrrad GmbH;;;;;;

Rechnung;Pos;Händler-Nr.;Artikel;Rechnungsdatum;Stück;Nettobetrag
R1;1;p1;bike;28.02.2026;2;1.234,50
R1;2;p1;bell;28.02.2026;1;9,99
R2;1;p9;bike;27.02.2026;1;617,25
"""


@pytest.fixture
def client(channel_manager) -> Client:
    client = Client()
    client.force_login(channel_manager)
    return client


def upload(client: Client, name: str, content: bytes | str, mapping: str = "") -> Page:
    data = content.encode() if isinstance(content, str) else content
    sent = {"upload": [SimpleUploadedFile(name, data)], "mapping": mapping}
    return Page(client, client.post(reverse("console:upload"), sent, follow=True))


def columns(page: Page) -> Page:
    return page.open(page.path + "columns/")


def test_a_german_file_with_titles_is_taken_in_with_two_clicks(client, desk):
    found = upload(client, "Umsatz-2026-02.csv", GERMAN.encode("windows-1252"))
    assert "Above it stand titles or notes" in found.text
    assert "As in “28.02.2026”" in found.text
    mapped = columns(found)
    assert "2 of 3 rows right" in mapped.text
    assert "There is no partner “p9”." in mapped.text
    named = mapped.send("use-0", "continue")
    done = named.send("new_source", new_source="Nord Fahrrad GmbH")
    assert "Umsatz-2026-02.csv: accepted 2, rejected 1." in done.text
    assert list(SalesLine.objects.order_by("pk").values_list("external_id", "order_id", "net_amount_e4")) == [
        ("R1-1", "R1", 12345000),
        ("R1-2", "R1", 99900),
    ]
    assert Source.objects.get().code == "nord-fahrrad-gmbh"
    assert Draft.objects.get().run == Import.objects.get()


def test_the_next_file_of_the_same_columns_needs_no_question(client, desk):
    found = upload(client, "Umsatz-2026-02.csv", GERMAN)
    columns(found).send("use-0", "continue").send("new_source", new_source="Nord")
    again = upload(client, "Umsatz-2026-03.csv", GERMAN.replace("R1", "R8").replace("R2", "R9"))
    assert "A file with the same columns was imported before, by the mapping “nord 1”." in again.text
    done = again.send("as-before/")
    assert "Umsatz-2026-03.csv: accepted 2, rejected 1." in done.text
    assert MappingDocument.objects.count() == 1


def test_a_wrong_guess_is_corrected(client, desk):
    """1.234 may be a thousand or a little more than one; what was chosen for the columns stays."""
    text = "Line,Dealer,Date,Pieces,Net\nL1,p1,03/04/2026,1,1.234\n"
    found = upload(client, "sales.csv", text)
    assert "2 doubts" in found.text
    assert "could be MM/DD/YYYY as well" in found.text
    corrected = found.send("delimiter", decimal=".", thousands="", date="MM/DD/YYYY")
    assert "You chose this." in corrected.text
    assert "No doubt" in corrected.text
    columns(corrected).send("use-0", "continue").send("new_source", new_source="North")
    line = SalesLine.objects.get()
    assert (str(line.on), line.net_amount_e4) == ("2026-03-04", 12340)


def test_what_is_missing_is_told_and_nothing_that_was_chosen_is_lost(client, desk):
    page = columns(
        upload(client, "sales.csv", "Line,Dealer,Date,Pieces,Gross,Shop type\nL1,p1,2026-02-28,1,5,web\n")
    )
    wrong = page.send(
        "use-0", "continue", **{"use-5": "@further", "attribute-5": "shop", "constant-currency": "EUR"}
    )
    assert "“Net amount” is missing." in wrong.text
    assert wrong.form("use-0").values["attribute-5"] == "shop"
    assert wrong.form("use-0").values["constant-currency"] == "EUR"
    right = wrong.send("use-0", "continue", **{"use-4": "net_amount"})
    right.send("new_source", new_source="North")
    line = SalesLine.objects.get()
    assert (line.currency, line.net_amount_e4, line.attributes) == ("EUR", 50000, {"shop": "web"})


def test_other_kinds_bring_other_fields(client, organisation):
    page = columns(upload(client, "x.csv", "Code,Bezeichnung,Warengruppe\nb1,Rad,Räder\n"))
    page = page.send("kind", kind="products")
    assert "Category" in page.text
    page.send("use-0", "continue", **{"id-0": "on", "use-1": "name"}).send("new_source", new_source="Own")
    assert Product.objects.get().name == "Rad"


def test_values_are_replaced(client, organisation):
    text = "Dealer no,Name,Country\nd1,North,Germany\nd2,Sud,Italia\nd3,Ost,Nowhere\n"
    page = columns(upload(client, "dealers.csv", text))
    assert page.form("use-0").values["value-country-0"] == "DE"
    page = page.send("use-0", "update", **{"value-country-2": "XX"})
    page.send("use-0", "continue").send("new_source", new_source="Own")
    assert "values:" in MappingDocument.objects.get().text
    assert Partner.objects.count() == 3


def test_a_second_kind_of_file_is_added_to_the_mapping_of_its_source(client, desk):
    columns(upload(client, "dealers.csv", "Dealer no,Name\nd1,North\n")).send("use-0", "continue").send(
        "new_source", new_source="North"
    )
    page = columns(upload(client, "sales.csv", "Line,Dealer,Date,Pieces,Net\nL1,d1,2026-02-28,1,5\n"))
    page.send("use-0", "continue").send("source", source="North")
    last = MappingDocument.objects.order_by("version").last()
    assert (last.name, last.version) == ("north", 2)
    assert [part in last.text for part in ("dealers.csv", "sales.csv")] == [True, True]
    assert SalesLine.objects.count() == 1


def test_a_file_is_left_out(client, organisation):
    page = upload(client, "targets.csv", "Year,M01,M02\n2026,1,2\n").send("leave-out/")
    assert "targets.csv was left out." in page.text
    assert "No file waits" in page.text


def test_the_same_file_again_goes_on_where_it_was_left(client, desk):
    page = columns(upload(client, "sales.csv", "Line,Dealer,Date,Pieces,Net\nL1,p1,2026-02-28,1,5\n"))
    page.send("use-0", "update", **{"constant-currency": "EUR"})
    again = columns(upload(client, "sales.csv", "Line,Dealer,Date,Pieces,Net\nL1,p1,2026-02-28,1,5\n"))
    assert again.form("use-0").values["constant-currency"] == "EUR"


def test_rejects_without_a_mapping_go_back_to_where_they_came_from(client, desk):
    run = desk.take("sales.csv", sales(row("L1", Net="x"))).run
    repaired = "".join(rejects.as_csv(run)).replace(";x;", ";5;")
    done = upload(client, "anything.csv", repaired)
    assert "anything.csv: accepted 1, none rejected." in done.text


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 no workbook"])
def test_what_is_no_file_of_rows_is_told(client, organisation, content):
    page = upload(client, "x.xlsx", content)
    assert not Draft.objects.exists()
    assert "x.xlsx: The " in page.text


def test_what_cannot_be_read_as_found_is_read_otherwise(client, desk):
    text = "Line;Dealer;Date;Pieces;Net\nL'1;p1;2026-02-28;1;5\nL2;p1;2026-02-28;1;\"5\n"
    page = upload(client, "sales.csv", text)
    assert "Read like this, the file is no table:" in page.text
    assert "Map the columns" not in page.text
    assert "Net" in page.send("quote", quote="'").text


def test_a_type_that_the_file_is_not_is_told_and_taken_back(client, desk):
    page = upload(client, "sales.csv", "Line,Dealer,Date,Pieces,Net\nL1,p1,2026-02-28,1,5\n")
    for kind in ("excel", "parquet", "x12", "edifact"):
        page = page.send("type", type=kind)
        assert "Read like this, the file is no table:" in page.text
    page = page.send("type", type="csv")
    assert "No doubt" in page.text


def test_rows_that_were_shown_are_not_kept_longer_than_needed(client, desk):
    page = columns(upload(client, "sales.csv", "Line,Dealer,Date,Pieces,Net\nL1,p1,2026-02-28,1,5\n"))
    assert Draft.objects.get().found["rows"] == [[2, ["L1", "p1", "2026-02-28", "1", "5"]]]
    page.send("use-0", "continue").send("new_source", new_source="North")
    assert Draft.objects.get().found["rows"] == []
    closed = page.open(page.path)
    assert closed.path == reverse("console:import", args=[Import.objects.get().pk])


@pytest.mark.parametrize(("name", "content"), [("r.x12", x12()), ("r.edi", edifact())])
def test_electronic_data_interchange_is_proposed_as_its_shipped_mapping_has_it(client, desk, name, content):
    page = columns(upload(client, name, content))
    proposed = {
        value: place for place, value in page.form("use-0").values.items() if place.startswith("use-")
    }
    assert {"partner", "product", "customer", "on", "currency", "quantity", "net_amount"} <= proposed.keys()
    assert "2 of 3 rows right" in page.text  # of one row nobody knows the product
    page.send("use-0", "continue").send("new_source", new_source="Partner")
    assert (Import.objects.get().accepted, Import.objects.get().rows) == (2, 3)
    assert (
        SalesLine.objects.filter(external_id__contains="-2026" if name == "r.x12" else "-SLS-0226-").count()
        == 2
    )


@pytest.mark.shared
@pytest.mark.slow
def test_adventureworks_from_nothing(client, organisation, adventureworks_files: Path):
    """No mapping document is used: every file goes through the browser."""

    def begin(name: str) -> Page:
        return upload(client, name, (adventureworks_files / name).read_bytes())

    def finish(page: Page, source: str = "") -> Page:
        chosen = {"source": "AdventureWorks"} if source else {"new_source": "AdventureWorks"}
        return page.send("use-0", "continue").send("new_source", **chosen)

    page = columns(begin("Resellers.csv")).send("use-0", "update", **{"use-3": "@further"})
    assert "accepted 701, none rejected" in finish(page).text
    assert "accepted 397, none rejected" in finish(columns(begin("Product.csv")), "known").text
    people = columns(begin("DimEmployeeSalesTerritory.csv")).send(
        "use-0", "update", **{"constant-role": "salesperson"}
    )
    assert "none rejected" in finish(people, "known").text
    assert "was left out" in begin("ResellerSalesTargets.csv").send("leave-out/").text
    page = columns(begin("FactResellerSales.csv"))
    page = page.send(
        "use-0", "update", **{"constant-currency": "USD", "constant-flow": "sell_in", "create-person": "on"}
    )
    assert "all right" in page.text
    page = finish(page, "known")
    work()
    assert "accepted 57851, none rejected" in page.open(page.path).text
    assert SalesLine.objects.aggregate(total=Sum("net_amount_e4"))["total"] == 775485702000
    assert Person.objects.count() >= 17
    last = MappingDocument.objects.order_by("version").last()
    assert last.version == 4
    assert "United States: US" in last.text
