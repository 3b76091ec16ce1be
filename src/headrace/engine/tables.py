"""Schemas of what goes into a calculation and what comes out: the only place that names columns.

Amounts and quantities come in as exact decimals, decimal128(38, 9) by rule; fewer decimals or whole numbers are as
good. Further columns are attributes: `sale.channel`, `partner.segment`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Literal, TypeAlias

import pyarrow as pa
import pyarrow.parquet as pq

from headrace.engine.programme import FactKind

Kind = Literal["text", "date", "moment", "number", "truth"]

NUMBER = pa.decimal128(38, 9)
MOMENT = pa.timestamp("us", tz="UTC")
ARROW: Mapping[Kind, pa.DataType] = {
    "text": pa.string(),
    "date": pa.date32(),
    "moment": MOMENT,
    "number": NUMBER,
    "truth": pa.bool_(),
}

_FACT: Mapping[str, Kind] = {
    "id": "text",
    "partner": "text",
    "person": "text",
    "on": "date",
    "currency": "text",
    "recorded_at": "moment",
    "supersedes": "text",
    "credits": "text",
}

FACTS: Mapping[FactKind, Mapping[str, Kind]] = {
    "sale": {
        **_FACT,
        "order_id": "text",
        "product": "text",
        "quantity": "number",
        "net_amount": "number",
        "list_amount": "number",
        "unit_cost": "number",
        "flow": "text",
        "customer": "text",
        "serial": "text",
        "returns": "text",
    },
    "deal": {
        **_FACT,
        "customer": "text",
        "amount": "number",
        "stage": "text",
        "strategic": "truth",
        "registered_on": "date",
        "closed_on": "date",
    },
    "event": {**_FACT, "type": "text", "value": "number", "attributes": "text"},
}

# Columns of facts that are money of the fact's currency.
MONETARY = frozenset({"net_amount", "list_amount", "unit_cost", "amount"})

_DATED: Mapping[str, Kind] = {"id": "text", "valid_from": "date", "valid_to": "date"}

DIMENSIONS: Mapping[str, Mapping[str, Kind]] = {
    "partner": {
        **_DATED,
        "name": "text",
        "parent": "text",
        "distributor": "text",
        "type": "text",
        "country": "text",
        "region": "text",
        "tier": "text",
    },
    "person": {**_DATED, "partner": "text", "name": "text", "role": "text"},
    "product": {**_DATED, "name": "text", "category": "text", "subcategory": "text", "brand": "text"},
    "customer": {**_DATED, "name": "text"},
}

TARGETS: Mapping[str, Kind] = {
    "partner": "text",
    "person": "text",
    "measure": "text",
    "from": "date",
    "to": "date",
    "value": "number",
}

RATES: Mapping[str, Kind] = {"currency": "text", "to": "text", "on": "date", "rate": "number"}

EARNINGS = pa.schema(
    [
        ("earning", pa.string()),
        ("programme", pa.string()),
        ("version", pa.int32()),
        ("rule", pa.string()),
        ("to", pa.string()),
        ("recipient", pa.string()),
        ("by", pa.string()),
        ("period_from", pa.date32()),
        ("period_to", pa.date32()),
        ("unit", pa.string()),
        ("digits", pa.int8()),
        ("amount_minor", pa.int64()),
    ]
)

SHARES = pa.schema([("earning", pa.string()), ("fact", pa.string()), ("share_minor", pa.int64())])


@dataclass(frozen=True, slots=True)
class Stored:
    """A table in Parquet files of one schema: a backend reads of them what it needs, as often as it needs it."""

    paths: tuple[Path, ...]

    @property
    def schema(self) -> pa.Schema:
        return pq.read_schema(self.paths[0])

    def read(self) -> pa.Table:
        """All of it, into memory."""
        return pa.concat_tables([pq.ParquetFile(path).read() for path in self.paths])


Given: TypeAlias = pa.Table | Stored


@dataclass(frozen=True, slots=True)
class Inputs:
    """All that a calculation may look at. A table that is None holds nothing.

    Facts: one row each, `id` unique in its kind. Dimensions: one row an id, or several with `valid_from` and
    `valid_to` (both days included, empty is open) that don't overlap.
    """

    sales: Given | None = None
    deals: Given | None = None
    events: Given | None = None
    partners: Given | None = None
    people: Given | None = None
    products: Given | None = None
    customers: Given | None = None
    targets: Given | None = None
    rates: Given | None = None

    def in_memory(self) -> "Inputs":
        """The same inputs with every stored table read."""
        given = {each.name: getattr(self, each.name) for each in fields(self)}
        return Inputs(**{n: one.read() if isinstance(one, Stored) else one for n, one in given.items()})

    def by_name(self) -> dict[str, Given | None]:
        """The tables under the names that expressions use: sale, deal, event, partner, person, ..."""
        return {
            "sale": self.sales,
            "deal": self.deals,
            "event": self.events,
            "partner": self.partners,
            "person": self.people,
            "product": self.products,
            "customer": self.customers,
            "targets": self.targets,
            "rates": self.rates,
        }


_FACTS: Mapping[str, Mapping[str, Kind]] = {str(kind): columns for kind, columns in FACTS.items()}
STANDARD: Mapping[str, Mapping[str, Kind]] = {**_FACTS, **DIMENSIONS, "targets": TARGETS, "rates": RATES}


def kind_of(arrow: pa.DataType) -> Kind:
    """What a column of this type holds. TypeError for what no expression can use, floats among them."""
    if pa.types.is_dictionary(arrow):
        return kind_of(arrow.value_type)
    for kind, tests in _KINDS.items():
        if any(test(arrow) for test in tests):
            return kind
    raise TypeError(f"a column of type {arrow} cannot be calculated with; exact decimals can")


_KINDS: Mapping[Kind, tuple[Callable[[pa.DataType], bool], ...]] = {
    "text": (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view, pa.types.is_null),
    "date": (pa.types.is_date32,),
    "moment": (pa.types.is_timestamp,),
    "number": (pa.types.is_decimal, pa.types.is_integer),
    "truth": (pa.types.is_boolean,),
}
