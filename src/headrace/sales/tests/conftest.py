"""A small brand to sell for: two partners, two products; and a short way to import a text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from threading import Event

import pytest

from headrace.base import jobs
from headrace.base.jobs import Handler
from headrace.base.models import Organisation
from headrace.partners.models import Partner, Person
from headrace.sales import actions
from headrace.sales.actions import Outcome
from headrace.sales.arrivals import LINES_ARRIVED
from headrace.sales.deliveries import FILES_DELIVERED, HANDLER
from headrace.sales.models import Product, SalesFile

MAPPING = """
mapping: north
files:
  - file: sales*.csv
    kind: sales
    format: {delimiter: ";", decimal: ",", thousands: ".", date: DD.MM.YYYY}
    columns:
      id: Line
      order_id: Order
      partner: Dealer
      person: Seller
      product: Article
      customer: {column: Buyer, unknown: create}
      "on": Date
      quantity: Pieces
      net_amount: Net
      currency: {column: Money, values: {Euro: EUR}}
      flow: {constant: sell_in}
      returns: Returns
    attributes:
      discount: {column: Discount, type: number}
      channel: Channel
  - file: sales*.xlsx
    kind: sales
    format: {type: excel, sheet: Sales, date: DD.MM.YYYY}
    columns: {id: Line, partner: Dealer, "on": Date, quantity: Pieces, net_amount: Net}
  - file: partners*.csv
    kind: partners
    columns: {id: Id, name: Name, tier: Tier, parent: Parent, valid_from: From, valid_to: To}
    attributes: {city: City}
  - file: people*.csv
    kind: people
    columns: {id: Id, name: Name, partner: Dealer, role: Role}
  - file: products*.csv
    kind: products
    columns: {id: Id, name: Name, category: Category, list_price: Price}
  - file: customers*.csv
    kind: customers
    columns: {id: Id, name: Name}
    attributes: {segment: Segment}
  - file: targets*.csv
    kind: targets
    columns: {partner: Dealer, person: Seller, measure: For, from: From, to: To, value: Value}
  - file: notes.csv
    skip: Notes are for people.
"""
HEADER = "Line;Order;Dealer;Seller;Article;Buyer;Date;Pieces;Net;Money;Returns;Discount;Channel"


def row(line: str = "L1", **cells: str) -> str:
    """A right row of a sales file, but for the cells that are given."""
    right = {
        "Line": line,
        "Order": "O1",
        "Dealer": "p1",
        "Seller": "anna",
        "Article": "bike",
        "Buyer": "",
        "Date": "28.02.2026",
        "Pieces": "2",
        "Net": "1.234,50",
        "Money": "EUR",
        "Returns": "",
        "Discount": "",
        "Channel": "shop",
    }
    assert cells.keys() <= right.keys()
    return ";".join((right | cells).values())


def sales(*rows: str) -> str:
    return "\n".join([HEADER, *rows]) + "\n"


def work() -> int:
    """Takes in what was delivered, as a worker does; what is earned by it is none of its business here."""
    handlers = {FILES_DELIVERED: HANDLER, LINES_ARRIVED: Handler(lambda _job: None)}
    return jobs.work(handlers, stop=Event(), until_empty=True)


@dataclass(frozen=True)
class Desk:
    """Where files of one organisation are taken in."""

    organisation: Organisation

    def receive(self, name: str, content: str | bytes) -> SalesFile:
        data = content.encode() if isinstance(content, str) else content
        return actions.receive_file(organisation=self.organisation, name=name, chunks=[data])

    def take(self, name: str, content: str | bytes, mapping: str = MAPPING) -> Outcome:
        document = actions.keep_mapping(organisation=self.organisation, text=mapping)
        return actions.import_file(
            organisation=self.organisation, file=self.receive(name, content), document=document
        )


@pytest.fixture
def desk_of() -> Callable[[Organisation], Desk]:
    def make(organisation: Organisation) -> Desk:
        partner = Partner.objects.create(organisation=organisation, code="p1", name="North")
        Partner.objects.create(organisation=organisation, code="p2", name="South")
        Person.objects.create(organisation=organisation, code="anna", name="Anna", partner=partner)
        for code in ("bike", "bell"):
            Product.objects.create(organisation=organisation, code=code, name=code.title())
        return Desk(organisation)

    return make


@pytest.fixture
def desk(organisation: Organisation, desk_of: Callable[[Organisation], Desk]) -> Desk:
    return desk_of(organisation)
