"""Mapping documents: what they say, and how their mistakes are told."""

import pytest

from headrace.sales import mapping, mappings
from headrace.sales.mapping import Finding, MappingError

RIGHT = """
mapping: north
files:
  - file: sales*.csv
    kind: sales
    columns:
      id: "{Order}-{Line}"
      partner: Dealer
      "on": Date
      quantity: Pieces
      net_amount: {column: Net, values: {n/a: ""}}
      currency: {constant: EUR}
    attributes:
      discount: {column: Discount, type: number}
"""


def findings(text):
    plan, found = mapping.check(text)
    assert plan is None
    return [str(finding) for finding in found]


def test_a_right_document():
    (entry,) = mapping.load(RIGHT).files
    assert entry.needed_columns() == ["Order", "Line", "Dealer", "Date", "Pieces", "Net", "Discount"]
    assert entry.columns["id"].parts == (("", "Order"), ("-", "Line"))
    assert entry.attributes["discount"].type == "number"


def test_everything_is_read_as_text():
    text = RIGHT + "      country: {column: C, values: {Norway: NO, Nowhere: 0042}}\n"
    (entry,) = mapping.load(text).files
    assert entry.attributes["country"].values == {"Norway": "NO", "Nowhere": "0042"}


def test_a_format_of_a_file_goes_before_that_of_the_document():
    text = "format: {decimal: ',', date: DD.MM.YYYY}\n" + RIGHT + "    format: {delimiter: tab}\n"
    (entry,) = mapping.load(text).files
    assert (entry.format.decimal, entry.format.date, entry.format.delimiter) == (",", "DD.MM.YYYY", "\t")


@pytest.mark.parametrize("name", mappings.names())
def test_what_is_shipped_is_right(name):
    assert mapping.load(mappings.text(name)).name == name


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            "mapping: north",
            "mapping: North!",
            "mapping: “North!”, small letters, digits, - and _ would be right",
        ),
        ("mapping: north", "source: north", "mapping: it is missing"),
        ("kind: sales", "kind: sale", "files[0].kind: “sale”, one of 'partners'"),
        (
            "partner: Dealer",
            "partnr: Dealer",
            "files[0].columns.partnr: it is not known here, partner would be",
        ),
        (
            "      partner: Dealer\n",
            "",
            "files[0].columns: “partner” is missing, a file of sales brings partner",
        ),
        (
            "{constant: EUR}",
            "{constant: EURO}",
            "files[0].columns.currency: “EURO”, A currency is a code of ISO 4217",
        ),
        (
            "{constant: EUR}",
            "{}",
            "files[0].columns.currency: no source, one of 'column', 'constant', 'template'",
        ),
        ("{constant: EUR}", "{constant: EUR, column: X}", "files[0].columns.currency: two sources"),
        ('"{Order}-{Line}"', '"{Order}-{Line"', "files[0].columns.id: “{Order}-{Line”, columns in braces"),
        (
            "type: number",
            "type: float",
            "files[0].attributes.discount.type: “float”, one of 'text', 'number'",
        ),
        ("discount:", "Discount %:", "files[0].attributes.Discount %: “Discount %”, small letters, digits"),
        ("discount:", "flow:", "files[0].attributes.flow: this is a standard field, name it under columns"),
        ("discount:", "recorded_at:", "files[0].attributes.recorded_at: this is a standard field"),
        ("kind: sales", "kind: targets", "files[0].attributes: targets have no further columns"),
        ("partner: Dealer", "partner: {column: Dealer, unknown: create}", "files[0].columns.partner.unknown"),
        ("mapping: north", "mapping: north\nempty: NULL", "empty: it is no list of texts"),
        ("mapping: north", "mapping: north\nformat: {encoding: latin}", "format.encoding: “latin”, one of"),
        ("mapping: north", "mapping: north\nformat: {delimiter: x}", "format.delimiter: “x”, one of"),
        (
            "mapping: north",
            "mapping: north\nformat: {date: D.M.Y}",
            "format.date: “D.M.Y”, year, month and day",
        ),
        ("mapping: north", "mapping: north\nformat: {thousands: .}", "format.thousands: “.” also parts"),
        ("mapping: north", "mapping: north\nfiels: []", "fiels: it is not known here, files would be right"),
        ("mapping: north", "mapping: north\nmapping: south", "no YAML: “mapping” stands twice"),
        ("mapping: north", "mapping: [", "no YAML"),
    ],
)
def test_a_mistake_is_told_with_its_path(old, new, told):
    assert old in RIGHT
    assert any(told in finding for finding in findings(RIGHT.replace(old, new))), findings(
        RIGHT.replace(old, new)
    )


@pytest.mark.parametrize(
    "text", ["", "just text", "- a\n- b", "a: " + "[" * 5000, "x" * 300_000, "? [a]\n: b", "\0"]
)
def test_what_is_no_document_is_told(text):
    assert findings(text)


def test_all_mistakes_are_told_at_once():
    with pytest.raises(MappingError) as error:
        mapping.load(RIGHT.replace("partner: Dealer", "x: y").replace("{constant: EUR}", "{constant: EURO}"))
    assert len(error.value.findings) == 3
    assert all(isinstance(finding, Finding) for finding in error.value.findings)
