"""Choices made into a document: what it says, and what it keeps of the one before."""

from __future__ import annotations

import pytest
import yaml

from headrace.sales import mapping
from headrace.sales.drafting import compose
from headrace.sales.drafting.choices import FURTHER, Choices, ColumnChoice
from headrace.sales.values import Format

BEFORE = """
mapping: north
source: north-source
source_name: North
format: {delimiter: ";", decimal: ","}
empty: ["-"]
files:
  - file: dealers.csv
    kind: partners
    columns: {id: No, name: Name}
  - file: sales-*.csv
    kind: sales
    columns: {id: Old, partner: P, "on": D, quantity: Q, net_amount: N}
  - skip: It is for people.
    file: readme.txt
"""


def sales(*columns: ColumnChoice, **more) -> Choices:
    needed = [
        ColumnChoice("P", "partner"),
        ColumnChoice("D", "on"),
        ColumnChoice("Q", "quantity"),
        ColumnChoice("N", "net_amount"),
    ]
    return Choices("sales", (*columns, *needed), **more)


def made(choices: Choices, format: Format = Format(), before: str = "") -> mapping.MappingPlan:  # noqa: B008
    entry = compose.entry(choices, format, "sales-2026-02.csv")
    return mapping.load(
        compose.document(entry, name="north", source="north", source_name="North", before=before)
    )


@pytest.mark.parametrize(
    ("name", "pattern"),
    [
        ("sales.csv", "sales.csv"),
        ("sales-2026-02.csv", "sales-*.csv"),
        ("Report 1.2.2026 final2.xlsx", "Report * final*.xlsx"),
        ("20260201.csv", "*.csv"),
        ("a[1].csv", "a?*?.csv"),
    ],
)
def test_files_that_differ_by_numbers_are_one_pattern(name, pattern):
    assert compose.pattern_of(name) == pattern


def test_what_was_chosen_stands_in_the_entry():
    choices = sales(
        ColumnChoice("Order", "order_id", is_id=True),
        ColumnChoice("Line", is_id=True),
        ColumnChoice("Person", "person"),
        ColumnChoice("Way", "flow"),
        ColumnChoice("Shop size", FURTHER, attribute="shop_size", type="number"),
        ColumnChoice("Not wanted"),
        constants={"currency": "EUR", "partner": "nobody: a column goes first"},
        create=("person",),
        values={"flow": {"IN": "sell_in", "odd": ""}},
        empty=("NULL",),
    )
    (entry,) = made(choices).files
    assert entry.columns["id"].parts == (("", "Order"), ("-", "Line"))
    assert entry.columns["partner"].columns == ("P",)
    assert entry.columns["currency"].parts == (("EUR", ""),)
    assert (entry.columns["person"].unknown, entry.columns["flow"].values) == ("create", {"IN": "sell_in"})
    assert (entry.attributes["shop_size"].type, entry.empty) == ("number", ("NULL",))
    assert "Not wanted" not in entry.needed_columns()


def test_a_column_with_braces_is_no_template():
    (entry,) = made(sales(ColumnChoice("Line {no}", is_id=True))).files
    assert entry.columns["id"].columns == ("Line {no}",)


def test_an_entry_takes_the_place_of_the_one_for_the_same_files_and_leaves_the_others():
    plan = made(sales(ColumnChoice("L", is_id=True)), Format(delimiter=","), BEFORE)
    assert [entry.pattern for entry in plan.files] == ["sales-*.csv", "dealers.csv", "readme.txt"]
    assert plan.files[0].columns["id"].columns == ("L",)
    # The document's own format stands for its other files, and must not for this one.
    assert (plan.files[0].format.delimiter, plan.files[0].format.decimal) == (",", ".")
    assert (plan.files[1].format.delimiter, plan.source) == (";", "north-source")


def test_texts_that_yaml_takes_for_something_else_stay_texts():
    choices = sales(ColumnChoice("NO", is_id=True), constants={"currency": "EUR", "country": "NO"})
    text = compose.document(
        compose.entry(choices, Format(), "f.csv"), name="n", source="n", source_name="Yes"
    )
    assert yaml.load(text, Loader=yaml.BaseLoader)["source_name"] == "Yes"
    assert mapping.load(text).files[0].columns["id"].columns == ("NO",)
