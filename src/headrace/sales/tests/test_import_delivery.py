"""`import_delivery`: several files, in whatever order they are given."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pyarrow.compute as pc
import pytest
from django.db.models import Sum

from headrace.partners.models import Partner, PartnerAttributes, Person
from headrace.sales import actions, mappings, queries
from headrace.sales.models import Product, Result, SalesLine
from headrace.sales.tests.conftest import MAPPING, Desk, row, sales


def deliver(desk, mapping, contents):
    document = actions.keep_mapping(organisation=desk.organisation, text=mapping)
    received = [desk.receive(name, content) for name, content in contents.items()]
    return list(actions.import_delivery(organisation=desk.organisation, received=received, document=document))


def test_what_others_refer_to_comes_first(desk):
    outcomes = deliver(
        desk,
        MAPPING,
        {
            "sales.csv": sales(row("L1", Dealer="p3", Article="boat", Seller="bea")),
            "notes.csv": "whatever",
            "products.csv": "Id,Name,Category,Price\nboat,Boat,,\n",
            "people.csv": "Id,Name,Dealer,Role\nbea,Bea,p3,\n",
            "partners.csv": "Id,Name,Tier,Parent,From,To,City\np3,West,,,,,\n",
        },
    )
    assert [outcome.name for outcome in outcomes] == [
        "partners.csv", "people.csv", "products.csv", "sales.csv", "notes.csv"
    ]  # fmt: skip
    assert SalesLine.objects.count() == 1


def test_a_file_that_is_refused_stops_no_other(desk):
    outcomes = deliver(
        desk, MAPPING, {"sales-1.csv": "no sales", "sales-2.csv": sales(row("L1")), "x.csv": "x"}
    )
    assert [outcome.result for outcome in outcomes] == [Result.REFUSED, Result.IMPORTED, Result.REFUSED]


@pytest.mark.shared
@pytest.mark.slow
def test_adventureworks_to_the_cent(organisation, adventureworks_files: Path):
    organisation.currency = "USD"
    organisation.save()
    desk = Desk(organisation)
    contents = {path.name: path.read_bytes() for path in adventureworks_files.glob("*.csv")}
    outcomes = deliver(desk, mappings.text("adventureworks"), contents)
    accepted = {outcome.run.kind: outcome.run.accepted for outcome in outcomes if outcome.run}
    assert accepted == {"partners": 701, "people": 39, "products": 397, "sales": 57_851}
    assert sum(outcome.run.rejected for outcome in outcomes if outcome.run) == 0
    assert (Partner.objects.count(), Product.objects.count(), Person.objects.count()) == (701, 397, 18)
    assert SalesLine.objects.aggregate(net=Sum("net_amount_e4"))["net"] == 775_485_702_000
    assert SalesLine.objects.values("order_id").distinct().count() == 3_616
    assert not PartnerAttributes.objects.filter(type="Ware House").exists()
    table = queries.facts_table(organisation)
    assert pc.sum(table["net_amount"]).as_py() == Decimal("77548570.20")
    again = deliver(desk, mappings.text("adventureworks"), contents)
    assert {outcome.result for outcome in again} == {Result.ALREADY_IMPORTED, Result.SKIPPED}
