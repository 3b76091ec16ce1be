"""Which facts can matter for some recipients: those of others are left out where nothing depends on them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from headrace.engine.additions import TABLES
from headrace.engine.nodes import Certified, Field, Node, walk
from headrace.engine.plan.values import columns_in, conjuncts
from headrace.engine.programme import Programme, Rule
from headrace.engine.reference.inputs import rows_of
from headrace.engine.reference.values import Value, holds
from headrace.engine.scales import Rank
from headrace.engine.tables import Inputs

_NEW_CUSTOMER = Field("customer", "is_new")


def depends_on_others(programme: Programme) -> bool:
    """Whether what one recipient earns may change with the facts of another."""
    return (
        programme.budget is not None
        or any(isinstance(rule.scale, Rank) for rule in programme.rules)
        or looks_for_new_customers(programme)
    )


def looks_for_new_customers(programme: Programme) -> bool:
    """Whether what is sold to a customer may change what others earn by that customer."""
    return any(part == _NEW_CUSTOMER for node in _conditions(programme) for part, _ in walk(node))


def possible_products(rule: Rule, products: pa.Table | None) -> frozenset[str] | None:
    """The products of which a fact may pass a rule's filter; None where it looks at no product alone."""
    conditions = [part for part in conjuncts(rule.where) if _is_of_product(part)]
    if not conditions:
        return None
    rows = [ProductRow(row) for row in rows_of(products)]
    return frozenset(row.id for row in rows if all(holds(one, row) for one in conditions))


def _is_of_product(condition: Node) -> bool:
    columns = columns_in([condition])
    return bool(columns) and all(isinstance(c, Field) and c.namespace == "product" for c in columns)


@dataclass(frozen=True, slots=True)
class ProductRow:
    """A product as it stood on some day, to ask conditions of."""

    row: Mapping[str, Any]

    @property
    def id(self) -> str:
        return str(self.row["id"])

    def value(self, column: Field) -> Value:
        found: Value = self.row.get(column.name)
        return found

    def is_certified(self, certified: Certified) -> bool | None:
        raise TypeError(f"a product has no certificate {certified.name}")

    def measure(self, node: Node) -> Fraction | None:
        raise TypeError(f"{type(node).__name__} is a measure of many facts")


def narrowed(programme: Programme, inputs: Inputs, recipients: Collection[str]) -> Inputs:
    """The inputs with the facts alone that can matter for these recipients."""
    if depends_on_others(programme):
        return inputs
    partners = pa.array(sorted({*recipients, *below(inputs.partners, recipients)}), pa.string())
    people = pa.array(sorted(recipients), pa.string())
    return replace(
        inputs,
        **{
            name: _facts_of(table, partners, people)
            for name in ("sales", "deals", "events")
            if (table := getattr(inputs, name)) is not None
        },
    )


def possible_recipients(rule: Rule, inputs: Inputs, named: Collection[str]) -> frozenset[str]:
    """Who of those named may earn by a rule: people or partners, as listed, or as far as the facts tell."""
    if rule.to in ("partner.parent", "partner.distributor"):
        return _values(inputs.partners, rule.to.removeprefix("partner."))
    listed = inputs.people if rule.to == "person" else inputs.partners
    if listed is not None:
        return _values(listed, "id")
    people = _values(getattr(inputs, TABLES[rule.facts]), "person")
    return people if rule.to == "person" else frozenset(named) - people


def _values(table: pa.Table | None, column: str) -> frozenset[str]:
    if table is None or column not in table.column_names:
        return frozenset()
    return frozenset(pc.unique(table[column]).drop_null().to_pylist())


def _conditions(programme: Programme) -> list[Node]:
    found = [programme.audience.where]
    for rule in programme.rules:
        found += [rule.where, rule.x, rule.b, *(gate.condition for gate in rule.gates), *rule.by]
        found += [multiplier.where for multiplier in rule.multipliers]
    return [node for node in found if node is not None]


def below(partners: pa.Table | None, recipients: Collection[str]) -> set[str]:
    """The partners that ever had one of the recipients above them."""
    below: set[str] = set()
    for column in ("parent", "distributor"):
        if partners is not None and column in partners.column_names:
            above = pc.is_in(partners[column], pa.array(sorted(recipients), pa.string()))
            below.update(partners["id"].filter(above).to_pylist())
    return below


def _facts_of(table: pa.Table, partners: pa.Array, people: pa.Array) -> pa.Table:
    mask = pc.is_in(table["partner"], partners)
    if "person" in table.column_names:
        mask = pc.or_(mask, pc.is_in(table["person"], people))
    if "credits" in table.column_names:
        mask = pc.or_(mask, pc.is_valid(table["credits"]))
    return table.filter(pc.or_(mask, _linked(table, table.filter(mask))))


def _linked(table: pa.Table, chosen: pa.Table) -> pa.ChunkedArray:
    """Whose facts they may be: those that the chosen ones take back or correct, or that do so to them."""
    mask = pc.is_in(table["id"], pa.array([], pa.string()))
    for column in ("returns", "supersedes"):
        if column in table.column_names:
            mask = pc.or_(mask, pc.is_in(table[column], chosen["id"].combine_chunks()))
            mask = pc.or_(mask, pc.is_in(table["id"], chosen[column].combine_chunks().drop_null()))
    return mask
