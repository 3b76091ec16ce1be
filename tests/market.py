"""A small market for tests: partners, products and sales, taken in by the real import."""

import csv
import io
from collections.abc import Sequence
from typing import Any

from headrace.base.models import Organisation
from headrace.sales.actions import Outcome, import_file, keep_mapping, receive_file
from headrace.sales.models import Import, Result

MAPPING = """
mapping: market
source: market
format: {type: csv, date: YYYY-MM-DD}
files:
  - file: partners*.csv
    kind: partners
    columns: {id: id, name: name, type: type, tier: tier, distributor: distributor}
  - file: people*.csv
    kind: people
    columns: {id: id, name: name, partner: partner, role: role}
  - file: products*.csv
    kind: products
    columns: {id: id, name: name, category: category}
  - file: sales*.csv
    kind: sales
    columns:
      id: id
      order_id: order_id
      partner: partner
      person: person
      product: product
      on: on
      currency: {constant: EUR}
      quantity: quantity
      net_amount: net_amount
      returns: returns
      flow: flow
"""

COLUMNS = {
    "partners": ("id", "name", "type", "tier", "distributor"),
    "people": ("id", "name", "partner", "role"),
    "products": ("id", "name", "category"),
    "sales": (
        "id",
        "order_id",
        "partner",
        "person",
        "product",
        "on",
        "quantity",
        "net_amount",
        "returns",
        "flow",
    ),
}


def deliver(organisation: Organisation, kind: str, *rows: dict[str, Any]) -> Outcome:
    """Imports a file of these rows; columns that a row leaves out are empty. Every row must be taken."""
    outcome = _imported(organisation, kind, rows)
    assert outcome.result is Result.IMPORTED, outcome.message
    assert outcome.run is not None
    assert outcome.run.rejected == 0, list(outcome.run.rejects.values("problems"))
    return outcome


def send(organisation: Organisation, *rows: dict[str, Any]) -> Import:
    """Imports a file of sales of which rows may be rejected."""
    outcome = _imported(organisation, "sales", rows)
    assert outcome.run is not None
    return outcome.run


def _imported(organisation: Organisation, kind: str, rows: Sequence[dict[str, Any]]) -> Outcome:
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS[kind], restval="")
    writer.writeheader()
    writer.writerows(rows)
    document = keep_mapping(organisation=organisation, text=MAPPING)
    file = receive_file(
        organisation=organisation, name=f"{kind}.csv", chunks=[text.getvalue().encode("utf-8")]
    )
    return import_file(organisation=organisation, file=file, document=document)


def open_market(organisation: Organisation) -> None:
    """Two rival partners with an owner and a salesperson each, and two products."""
    deliver(
        organisation,
        "partners",
        {"id": "north", "name": "North Cycles", "type": "reseller", "tier": "gold"},
        {"id": "south", "name": "South Cycles", "type": "reseller", "tier": "silver"},
    )
    deliver(
        organisation,
        "people",
        {"id": "olga", "name": "Olga Owner", "partner": "north", "role": "owner"},
        {"id": "sven", "name": "Sven Seller", "partner": "north", "role": "salesperson"},
        {"id": "rita", "name": "Rita Rival", "partner": "south", "role": "owner"},
    )
    deliver(
        organisation,
        "products",
        {"id": "bike", "name": "Bike", "category": "Bikes"},
        {"id": "bell", "name": "Bell", "category": "Accessories"},
    )


def sale(number: str, partner: str, on: str, net_amount: str, **more: str) -> dict[str, str]:
    """A line of one bike unless `more` says otherwise."""
    row = {"id": number, "order_id": number, "partner": partner, "product": "bike", "on": on}
    return {**row, "quantity": "1", "net_amount": net_amount, **more}
