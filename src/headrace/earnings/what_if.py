"""What a partner would earn if its sales were others than those that are known; nothing is kept of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from django.utils import timezone

from headrace.earnings.governing import Reign, reigns
from headrace.earnings.previews import typed_value
from headrace.earnings.scopes import may_be_narrowed, scope_of, sellers_of
from headrace.engine.run import Result, calculate
from headrace.engine.tables import Inputs
from headrace.partners.models import Partner, Person
from headrace.programmes.models import Programme
from headrace.sales import queries as sales

# (unit, fact) -> minor units
Shares = Counter[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Difference:
    """How much more the partner and its people would earn, in minor units.

    `totals` by unit, over all periods of the programme; `by_fact` what of it the shares of each fact tell, by fact
    and unit. The two differ by what a fact changes of others, as where a band is reached.
    """

    totals: Mapping[str, int]
    by_fact: Mapping[str, Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class OtherSales:
    """What is otherwise: ids that are not sold, new lines, and by id what differs in one that stands.

    Lines and differences are fields of a sale by name, as text; an `id` of a new line is any that is free.
    """

    without: Collection[str] = ()
    added: Sequence[Mapping[str, Any]] = ()
    changed: Mapping[str, Mapping[str, Any]] | None = None


def difference(
    *, programme: Programme, partner: Partner, other: OtherSales, person: Person | None = None
) -> Difference | None:
    """What `other` sales would bring, by the engine that pays; None where everyone's sales decide what one earns.

    With a `person`, what would be earned by that one alone.
    """
    documents = [version.parsed for version in programme.versions.order_by("number")]
    if not all(map(may_be_narrowed, documents)):
        return None
    organisation, now = programme.organisation, timezone.now()
    sellers = sellers_of(organisation, scope_of(organisation, [partner.pk]))
    before = sales.engine_inputs(organisation, now, sellers)
    recipients = _recipients(partner, person)
    shares: Shares = Counter()
    totals: Counter[str] = Counter()
    for reign in reigns(documents):
        for sign, inputs in ((-1, before), (1, _with(before, other))):
            result = calculate(reign.programme, inputs, as_of=now)
            _add(totals, shares, sign, _of_recipients(result, reign, recipients), result)
    by_fact: dict[str, dict[str, int]] = {}
    for (unit, fact), minor in sorted(shares.items()):
        if minor:
            by_fact.setdefault(fact, {})[unit] = minor
    return Difference({unit: minor for unit, minor in sorted(totals.items()) if minor}, by_fact)


def _recipients(partner: Partner, person: Person | None) -> set[tuple[str, str]]:
    if person is not None:
        return {("person", person.code)}
    people = Person.objects.filter(partner=partner).values_list("code", flat=True)
    return {("partner", partner.code), *(("person", code) for code in people)}


def _with(inputs: Inputs, other: OtherSales) -> Inputs:
    """The inputs with other sales in place of those that are known."""
    assert isinstance(inputs.sales, pa.Table)
    table, changed = inputs.sales, other.changed or {}
    replaced = table.filter(_is_in(table, changed)).to_pylist()
    rows = [{**row, **_typed(table.schema, changed[row["id"]])} for row in replaced]
    blank = dict.fromkeys(table.schema.names)
    rows += [{**blank, **_typed(table.schema, line)} for line in other.added]
    kept = table.filter(pc.invert(_is_in(table, {*other.without, *changed})))
    return replace(inputs, sales=pa.concat_tables([kept, pa.Table.from_pylist(rows, table.schema)]))


def _is_in(table: pa.Table, ids: Iterable[str]) -> Any:
    return pc.is_in(table["id"], pa.array(sorted(ids), pa.string()))


def _typed(schema: pa.Schema, told: Mapping[str, Any]) -> dict[str, Any]:
    return {name: typed_value(value, schema.field(name).type) for name, value in told.items()}


def _of_recipients(
    result: Result, reign: Reign, recipients: Collection[tuple[str, str]]
) -> dict[str, tuple[str, int]]:
    """Earning -> unit and minor units, of those that the version governs and the recipients get."""
    columns = ["earning", "rule", "to", "recipient", "period_from", "unit", "amount_minor"]
    return {
        row["earning"]: (row["unit"], row["amount_minor"])
        for row in result.earnings.select(columns).to_pylist()
        if (row["to"], row["recipient"]) in recipients and reign.governs(row["rule"], row["period_from"])
    }


def _add(
    totals: Counter[str], shares: Shares, sign: int, earnings: Mapping[str, tuple[str, int]], result: Result
) -> None:
    for unit, minor in earnings.values():
        totals[unit] += sign * minor
    found = result.shares.select(["fact", "earning", "share_minor"])
    for row in found.filter(pc.is_in(found["earning"], pa.array(sorted(earnings), pa.string()))).to_pylist():
        unit, _minor = earnings[row["earning"]]
        shares[unit, row["fact"]] += sign * row["share_minor"]
