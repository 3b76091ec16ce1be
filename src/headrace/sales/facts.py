"""Sales and what is known of partners, people, products and customers, as tables for a calculation.

Columns and types are those of `engine.tables`; amounts are exact decimals all the way.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from django.db import connection

from headrace.base.models import Organisation
from headrace.engine.tables import ARROW, STANDARD, Inputs, Kind
from headrace.sales.bulk import moment
from headrace.sales.models import Attribute

ROWS_PER_BATCH = 50_000
E4 = pa.scalar(Decimal("0.0001"), pa.decimal128(5, 4))
KIND_OF_TYPE: Mapping[str, Kind] = {"text": "text", "number": "number", "boolean": "truth"}


@dataclass(frozen=True, slots=True)
class Sellers:
    """Whose lines are meant: those of any of the partners, and those of any of the people (keys)."""

    partners: Collection[int]
    people: Collection[int]


def engine_inputs(
    organisation: Organisation, as_of: datetime | None = None, sellers: Sellers | None = None
) -> Inputs:
    """All that the organisation's data gives a calculation; sales as known at `as_of`, or now.

    With `sellers`, the sales are theirs alone.
    """
    return Inputs(
        sales=facts_table(organisation, as_of=as_of, sellers=sellers),
        partners=partners_table(organisation),
        people=people_table(organisation),
        products=products_table(organisation),
        customers=customers_table(organisation),
        targets=targets_table(organisation),
    )


def facts_table(
    organisation: Organisation,
    *,
    first: date | None = None,
    last: date | None = None,
    as_of: datetime | None = None,
    sellers: Sellers | None = None,
) -> pa.Table:
    """The sales lines from `first` to `last`, both included, recorded by `as_of`; all when left out."""
    batches = facts_batches(organisation, first=first, last=last, as_of=as_of, sellers=sellers)
    return pa.Table.from_batches(batches, sales_schema(organisation))


def facts_batches(
    organisation: Organisation,
    *,
    first: date | None = None,
    last: date | None = None,
    as_of: datetime | None = None,
    sellers: Sellers | None = None,
) -> Iterator[pa.RecordBatch]:
    """The rows of `facts_table` in batches of bounded size, for whoever writes them on at once."""
    bounds = {
        'line."on" >= %s': first,
        'line."on" <= %s': last,
        "line.recorded_at <= %s": as_of and moment(as_of),
    }
    given = {clause: bound for clause, bound in bounds.items() if bound is not None}
    clauses = ["line.organisation_id = %s", *given]
    if sellers is not None:
        clauses.append(_sold_by(organisation, sellers))
    where = " AND ".join(clauses)
    yield from _selection(organisation, Attribute.Of.SALE).batches(
        f"{FROM_LINES} WHERE {where} ORDER BY line.id", [organisation.pk, *given.values()]
    )


def _sold_by(organisation: Organisation, sellers: Sellers) -> str:
    """A condition for the lines of some sellers, and for what those take back or correct, or are taken back by.

    No subquery looks at the line itself, so each is worked out once, not once for each line.
    """
    partners, people = _keys(sellers.partners), _keys(sellers.people)

    def of_theirs(column: str) -> str:
        return (
            f"(SELECT {column} FROM sales_line other WHERE other.organisation_id = {int(organisation.pk)}"
            f" AND {column} <> '' AND (other.partner_id IN ({partners}) OR other.person_id IN ({people})))"
        )

    return f"""(line.partner_id IN ({partners}) OR line.person_id IN ({people})
        OR line.external_id IN {of_theirs("other.returns")}
        OR line.returns <> '' AND line.returns IN {of_theirs("other.external_id")}
        OR line.supersedes <> '' AND line.supersedes IN {of_theirs("other.external_id")})"""


def _keys(keys: Collection[int]) -> str:
    """Keys as a list in SQL: there may be more of them than parameters are allowed. Never empty."""
    return ", ".join(str(int(key)) for key in sorted(keys)) or "NULL"


def sales_schema(organisation: Organisation) -> pa.Schema:
    """The columns of `facts_table`: those of a sale, and the further ones that imports brought."""
    return _selection(organisation, Attribute.Of.SALE).schema


def partners_table(organisation: Organisation) -> pa.Table:
    """One row for each span in which nothing changed of a partner."""
    return _dimension(
        organisation,
        Attribute.Of.PARTNER,
        """FROM partners_partner partner
        LEFT JOIN partners_attributes held ON held.partner_id = partner.id
        LEFT JOIN partners_partner parent ON parent.id = held.parent_id
        LEFT JOIN partners_partner distributor ON distributor.id = held.distributor_id
        WHERE partner.organisation_id = %s ORDER BY partner.code, held.valid_from""",
    )


def people_table(organisation: Organisation) -> pa.Table:
    """The people of partners and of the brand, valid from the day they joined to the day they left."""
    return _dimension(
        organisation,
        Attribute.Of.PERSON,
        """FROM partners_person person LEFT JOIN partners_partner partner ON partner.id = person.partner_id
        WHERE person.organisation_id = %s ORDER BY person.code""",
    )


def products_table(organisation: Organisation) -> pa.Table:
    return _dimension(
        organisation,
        Attribute.Of.PRODUCT,
        "FROM sales_product product WHERE product.organisation_id = %s ORDER BY product.code",
    )


def customers_table(organisation: Organisation) -> pa.Table:
    return _dimension(
        organisation,
        Attribute.Of.CUSTOMER,
        "FROM sales_customer customer WHERE customer.organisation_id = %s ORDER BY customer.code",
    )


def targets_table(organisation: Organisation) -> pa.Table:
    return _dimension(
        organisation,
        "targets",
        """FROM sales_target target
        LEFT JOIN partners_partner partner ON partner.id = target.partner_id
        LEFT JOIN partners_person person ON person.id = target.person_id
        WHERE target.organisation_id = %s ORDER BY target.id""",
    )


FROM_LINES = """FROM sales_line line
    JOIN partners_partner partner ON partner.id = line.partner_id
    LEFT JOIN partners_person person ON person.id = line.person_id
    LEFT JOIN sales_product product ON product.id = line.product_id
    LEFT JOIN sales_customer customer ON customer.id = line.customer_id"""

# Column of the table -> where it is kept. What ends in _e4 is an integer at 1e-4.
SELECTED: Mapping[str, Mapping[str, str]] = {
    Attribute.Of.SALE: {
        "id": "line.external_id",
        "partner": "partner.code",
        "person": "person.code",
        "on": 'line."on"',
        "currency": "line.currency",
        "recorded_at": "line.recorded_at",
        "supersedes": "line.supersedes",
        "order_id": "line.order_id",
        "product": "product.code",
        "quantity": "line.quantity_e4",
        "net_amount": "line.net_amount_e4",
        "list_amount": "line.list_amount_e4",
        "unit_cost": "line.unit_cost_e4",
        "flow": "line.flow",
        "customer": "customer.code",
        "serial": "line.serial",
        "returns": "line.returns",
    },
    Attribute.Of.PARTNER: {
        "id": "partner.code",
        "name": "partner.name",
        "type": "held.type",
        "country": "held.country",
        "region": "held.region",
        "tier": "held.tier",
        "parent": "parent.code",
        "distributor": "distributor.code",
        "valid_from": "held.valid_from",
        "valid_to": "held.valid_to",
    },
    Attribute.Of.PERSON: {
        "id": "person.code",
        "partner": "partner.code",
        "name": "person.name",
        "role": "person.role",
        "valid_from": "person.joined_on",
        "valid_to": "person.left_on",
    },
    Attribute.Of.PRODUCT: {
        "id": "product.code",
        "name": "product.name",
        "category": "product.category",
        "subcategory": "product.subcategory",
        "brand": "product.brand",
        "list_price": "product.list_price_e4",
        "unit_cost": "product.unit_cost_e4",
    },
    Attribute.Of.CUSTOMER: {"id": "customer.code", "name": "customer.name"},
    "targets": {
        "partner": "partner.code",
        "person": "person.code",
        "measure": "target.measure",
        "from": "target.starts",
        "to": "target.ends",
        "value": "target.value_e4",
    },
}
FURTHER: Mapping[str, str] = {
    Attribute.Of.SALE: "line.attributes",
    Attribute.Of.PARTNER: "held.further",
    Attribute.Of.PERSON: "person.further",
    Attribute.Of.PRODUCT: "product.further",
    Attribute.Of.CUSTOMER: "customer.further",
}


def _dimension(organisation: Organisation, of: str, source: str) -> pa.Table:
    selection = _selection(organisation, of)
    return pa.Table.from_batches(selection.batches(source, [organisation.pk]), selection.schema)


@dataclass(frozen=True, slots=True)
class _Selection:
    """What is read of one kind of row: standard columns with their kinds, then further ones."""

    of: str
    standard: Mapping[str, Kind]
    further: Mapping[str, Kind]

    @property
    def schema(self) -> pa.Schema:
        return pa.schema(
            [(name, ARROW[kind]) for name, kind in (*self.standard.items(), *self.further.items())]
        )

    def batches(self, source: str, params: Sequence[Any]) -> Iterator[pa.RecordBatch]:
        """The rows of `source` (FROM ... WHERE ... ORDER BY, whose parameters are `params`)."""
        kept = SELECTED[self.of]
        columns = [_readable(kept[name], kind) for name, kind in self.standard.items()]
        sql = f"SELECT {', '.join([*columns, _as_text(FURTHER.get(self.of, 'NULL'))])} {source}"
        with connection.chunked_cursor() as cursor:
            cursor.execute(sql, params)
            while rows := cursor.fetchmany(ROWS_PER_BATCH):
                *values, further = zip(*rows, strict=True)
                arrays = [
                    _array(column, kind, kept[name].endswith("_e4"))
                    for column, (name, kind) in zip(values, self.standard.items(), strict=True)
                ]
                told = [json.loads(text) if text else {} for text in further] if self.further else []
                arrays += [
                    _array([row.get(name) for row in told], kind, e4=False)
                    for name, kind in self.further.items()
                ]
                yield pa.RecordBatch.from_arrays(arrays, schema=self.schema)


def _selection(organisation: Organisation, of: str) -> _Selection:
    known = STANDARD[of]
    standard: dict[str, Kind] = {name: known.get(name, "number") for name in SELECTED[of]}
    attributes = Attribute.objects.filter(organisation=organisation, of=of).order_by("name")
    return _Selection(of, standard, {row.name: KIND_OF_TYPE[row.type] for row in attributes})


def _readable(column: str, kind: Kind) -> str:
    """SQL for a column in the form that `_array` takes: an empty text is null, dates and moments are text."""
    if kind == "text":
        return f"NULLIF({column}, '')"
    if kind == "moment" and connection.vendor == "postgresql":
        return _as_text(f"{column} AT TIME ZONE 'UTC'")
    return _as_text(column) if kind in ("date", "moment") else column


def _as_text(column: str) -> str:
    """Drivers would make an object of each date and each JSON value, one by one."""
    return f"CAST({column} AS text)"


def _array(values: Sequence[Any], kind: Kind, e4: bool) -> pa.Array:
    if e4:
        # An integer at 1e-4 times an exact 0.0001: no float on the way.
        whole = pa.array(values, pa.int64()).cast(pa.decimal128(19, 0))
        return pc.multiply(whole, E4).cast(ARROW["number"])
    texts = pa.array(values, pa.string())
    if kind == "moment":
        return texts.cast(pa.timestamp("us")).cast(ARROW["moment"])
    return texts.cast(ARROW[kind])
