"""The tables that a calculation reads: names, types, exact amounts, attributes as they stood."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pyarrow as pa
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from headrace.engine import tables
from headrace.sales import facts, queries
from headrace.sales.models import SalesLine
from headrace.sales.tests.conftest import row, sales
from headrace.sales.tests.test_import_dimensions import PARTNERS


@pytest.fixture
def three(desk):
    """Three lines of three days; the last is a return of the first."""
    desk.take(
        "sales.csv",
        sales(
            row("L1", Discount="2,50", Net="0,0001", Date="01.01.2026"),
            row("L2", Seller="", Article="", Order="", Channel="", Buyer="c1", Date="02.01.2026"),
            row("R1", Returns="L1", Pieces="-1", Net="-99.999.999.999.999,9999", Date="03.01.2026"),
        ),
    )
    return desk.organisation


def test_columns_are_those_of_the_engine_and_the_further_ones(three):
    table = queries.facts_table(three)
    standard = {name: tables.ARROW[kind] for name, kind in tables.FACTS["sale"].items() if name != "credits"}
    further = {"discount": tables.NUMBER, "channel": pa.string()}
    assert dict(zip(table.schema.names, table.schema.types, strict=True)) == standard | further


def test_rows_are_exact(three):
    first, second, third = queries.facts_table(three).to_pylist()
    assert first == {
        "id": "L1", "partner": "p1", "person": "anna", "on": date(2026, 1, 1), "currency": "EUR",
        "recorded_at": SalesLine.objects.get(external_id="L1").recorded_at, "supersedes": None, "order_id": "O1",
        "product": "bike", "quantity": Decimal(2), "net_amount": Decimal("0.0001"), "list_amount": None,
        "unit_cost": None, "flow": "sell_in", "customer": None, "serial": None, "returns": None,
        "discount": Decimal("2.5"), "channel": "shop",
    }  # fmt: skip
    assert (second["person"], second["product"], second["order_id"], second["channel"]) == (None,) * 4
    assert second["customer"] == "c1"
    assert (third["returns"], third["net_amount"]) == ("L1", Decimal("-99999999999999.9999"))


def test_days_and_the_moment_of_knowing_bound_the_lines(three):
    def ids(**bounds):
        return queries.facts_table(three, **bounds)["id"].to_pylist()

    recorded = SalesLine.objects.first().recorded_at
    assert ids(first=date(2026, 1, 2)) == ["L2", "R1"]
    assert ids(last=date(2026, 1, 2)) == ["L1", "L2"]
    assert ids(as_of=recorded) == ["L1", "L2", "R1"]
    assert ids(as_of=recorded - timedelta(microseconds=1)) == []


def test_a_brand_sees_only_its_own_lines(three, other_organisation):
    assert queries.facts_table(other_organisation).num_rows == 0


def test_batches_are_bounded(three, monkeypatch):
    monkeypatch.setattr(facts, "ROWS_PER_BATCH", 2)
    assert [batch.num_rows for batch in queries.facts_batches(three)] == [2, 1]


def test_partners_have_a_row_for_each_span(desk):
    rows = "p1,North,silver,p2,2026-01-01,2026-02-28,Ulm\np1,North,gold,p2,2026-03-01,,Ulm\n"
    desk.take("partners.csv", PARTNERS + rows)
    table = queries.partners_table(desk.organisation)
    of_north = [found for found in table.to_pylist() if found["id"] == "p1"]
    assert [(found["tier"], found["valid_from"], found["valid_to"]) for found in of_north] == [
        ("silver", date(2026, 1, 1), date(2026, 2, 28)),
        ("gold", date(2026, 3, 1), None),
    ]
    assert {(found["parent"], found["city"], found["type"]) for found in of_north} == {("p2", "Ulm", None)}
    assert [found["name"] for found in table.to_pylist() if found["id"] == "p2"] == ["South"]


def test_people_products_customers_and_targets(desk):
    desk.take("products.csv", "Id,Name,Category,Price\nbike,Bike,Bikes,1.50\n")
    desk.take("customers.csv", "Id,Name,Segment\nc1,Club,sport\n")
    desk.take("targets.csv", "Dealer,Seller,For,From,To,Value\n,anna,,2026-01-01,2026-03-31,5.50\n")
    inputs = queries.engine_inputs(desk.organisation)
    assert inputs.people.to_pylist() == [
        {
            "id": "anna",
            "partner": "p1",
            "name": "Anna",
            "role": "salesperson",
            "valid_from": None,
            "valid_to": None,
        }
    ]
    bike = inputs.products.to_pylist()[1]
    assert (bike["id"], bike["category"], bike["list_price"], bike["brand"]) == (
        "bike",
        "Bikes",
        Decimal("1.5"),
        None,
    )
    assert inputs.targets.to_pylist() == [
        {"partner": None, "person": "anna", "measure": None, "from": date(2026, 1, 1), "to": date(2026, 3, 31),
         "value": Decimal("5.5")}
    ]  # fmt: skip
    assert inputs.customers.to_pylist() == [{"id": "c1", "name": "Club", "segment": "sport"}]


def test_the_engine_can_calculate_with_every_column(three):
    for table in queries.engine_inputs(three).by_name().values():
        if table is not None:
            for field in table.schema:
                assert tables.kind_of(field.type) in tables.ARROW


def test_lines_of_some_sellers_are_read_without_looking_at_each_line_again(three):
    if connection.vendor != "sqlite":
        pytest.skip("SQLite's way of telling a plan")
    with CaptureQueriesContext(connection) as asked:
        queries.facts_table(three, sellers=queries.Sellers({1}, {2}))
    (query,) = [one["sql"] for one in asked if "sales_line" in one["sql"]]
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {query}")
        plan = [row[-1] for row in cursor.fetchall()]
    assert plan
    assert not [step for step in plan if "CORRELATED" in step]
