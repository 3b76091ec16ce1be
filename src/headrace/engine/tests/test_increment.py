"""One new fact: its groups alone give what the whole gives."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pyarrow as pa
import pytest

from headrace.engine.expressions import parse
from headrace.engine.increment import Increment, recalculate
from headrace.engine.programme import Budget, Cap, Every, Programme, Split
from headrace.engine.run import calculate
from headrace.engine.scales import Flat, Retro, Slab
from headrace.engine.tables import Inputs

from .tables_of import inputs_of
from .test_calculate import BANDS, programme, rule, sale

SALES = [
    sale("a", "1500"),
    sale("b", "500.50"),
    sale("c", "900", "2026-02-03"),
    {**sale("d", "700", "2026-02-05"), "partner": "p2"},
]
NEW = sale("e", "400.25", "2026-02-20")
FEBRUARY = date(2026, 2, 1)

PROGRAMMES = {
    "alone": programme(rule(Slab(None, BANDS))),
    "a cap of the year": programme(rule(Slab(None, BANDS), cap=Cap(Decimal(310), Every("year")))),
    "growth": programme(
        rule(Retro(parse("growth(sum(net_amount), previous_period)"), BANDS), base=parse("sum(net_amount)"))
    ),
    "each sale": programme(rule(Flat(rate=Decimal("0.1")), every=Every("fact"))),
    "a budget": programme(rule(Slab(None, BANDS)), budget=Budget(Decimal(500), "stop")),
}


def wanted(of: Programme, inputs: Inputs) -> list[dict[str, object]]:
    return [row for row in calculate(of, inputs).earnings.to_pylist() if concerns(row)]


def concerns(row: dict[str, object]) -> bool:
    return row["recipient"] == "p1" and row["period_from"] in (FEBRUARY, date(2026, 2, 20))


@pytest.mark.parametrize("of", PROGRAMMES.values(), ids=PROGRAMMES)
def test_the_groups_of_a_new_sale_are_those_of_the_whole(of: Programme) -> None:
    inputs, more = inputs_of(sales=SALES), inputs_of(sales=[*SALES, NEW])
    kept = Increment(of, inputs)
    kept.add(sales=inputs_of(sales=[NEW]).sales)
    result = kept.recalculate([("p1", FEBRUARY), ("p1", date(2026, 2, 20))])
    assert [row for row in result.earnings.to_pylist() if concerns(row)] == wanted(of, more)
    receipts = [receipt["amount"] for receipt in result.receipts() if receipt["recipient"] == "p1"]
    assert receipts


def test_other_recipients_are_left_alone() -> None:
    result = recalculate(PROGRAMMES["alone"], inputs_of(sales=SALES), [("p2", FEBRUARY)])
    assert result.earnings["recipient"].to_pylist() == ["p2"]


@pytest.mark.parametrize(
    "new",
    [
        sale("e", "400.1234", "2026-02-20"),
        sale("e", "400", "2026-02-20", currency="EUR"),
        sale("e", "400", "2026-02-20", supersedes="c"),
        sale("e", "99999999999999999", "2026-02-20"),
    ],
    ids=["finer", "another column", "a correction", "larger"],
)
def test_what_does_not_fit_the_plan_is_taken_in_all_the_same(new: dict[str, object]) -> None:
    of = PROGRAMMES["alone"]
    kept = Increment(of, inputs_of(sales=SALES))
    kept.add(sales=inputs_of(sales=[new]).sales)
    found = kept.recalculate([("p1", FEBRUARY)]).earnings.to_pylist()
    assert found == wanted(of, inputs_of(sales=[*SALES, new]))


PRODUCTS = [{"id": "x", "brand": "A"}, {"id": "y", "brand": "B"}]
IS_NEW = programme(rule(Flat(rate=Decimal("0.1")), where=parse('customer.is_new and product.brand == "A"')))


def bought(key: str, partner: str, on: str, product: str = "x") -> dict[str, object]:
    return {**sale(key, "100", on, customer="c", product=product), "partner": partner}


def test_a_sale_of_another_makes_a_customer_known() -> None:
    first = inputs_of(
        sales=[bought("b", "p1", "2026-02-10"), bought("z", "p3", "2026-02-11")], products=PRODUCTS
    )
    kept = Increment(IS_NEW, replace(first, sales=first.sales.slice(0, 1)))
    assert kept.recalculate([("p1", FEBRUARY)]).earnings["amount_minor"].to_pylist() == [1000]
    # Of a brand that earns nothing, by someone else, and before the first sale that was there.
    kept.add(sales=inputs_of(sales=[bought("a", "p2", "2026-01-10", "y")]).sales)
    assert kept.recalculate([("p1", FEBRUARY)]).earnings["amount_minor"].to_pylist() == []
    assert kept.recalculate([("p2", date(2026, 1, 1))]).earnings["amount_minor"].to_pylist() == []


LINKED = [
    sale("a", "1500", returns=None, supersedes=None),
    sale("b", "-500", "2026-02-05", returns="a"),
    sale("c", "900", "2026-02-06"),
    sale("d", "800", "2026-02-06", supersedes="c"),
]


def linked(key: str, amount: str, on: str, partner: str = "p1", **more: str) -> dict[str, object]:
    return {**sale(key, amount, on), "returns": None, "supersedes": None, "partner": partner, **more}


@pytest.mark.parametrize(
    "new",
    [
        linked("e", "-300", "2026-05-20", returns="a"),
        linked("e", "-300", "2026-05-20", "p2", returns="a"),
        linked("e", "1", "2026-05-20", "p2", supersedes="a"),
        linked("e", "1", "2026-01-07", supersedes="b"),
    ],
    ids=[
        "a return",
        "a return of another partner",
        "a correction of the partner",
        "a correction of a return",
    ],
)
@pytest.mark.parametrize("is_there", [True, False])
def test_what_names_another_fact_counts_where_that_is(new: dict[str, object], is_there: bool) -> None:
    """Also where it came before the fact that it names."""
    of = programme(rule(Slab(None, BANDS)))
    whole = inputs_of(sales=[*LINKED, new])
    first = whole.sales.slice(0, 4) if is_there else pa.concat_tables([whole.sales.slice(1, 3)])
    kept = Increment(of, replace(whole, sales=first))
    january = date(2026, 1, 1)
    made = kept._resident
    kept.add(sales=whole.sales.slice(4, 1))
    if not is_there:
        kept.add(sales=whole.sales.slice(0, 1))
    assert kept._resident is made or not is_there
    groups = [("p1", january), ("p1", FEBRUARY), ("p2", january)]
    found = kept.recalculate(groups).earnings.to_pylist()
    assert found == [
        row
        for row in calculate(of, whole).earnings.to_pylist()
        if (row["recipient"], row["period_from"]) in groups
    ]


def test_a_result_is_told_from_the_facts_of_its_time() -> None:
    kept = Increment(PROGRAMMES["alone"], inputs_of(sales=SALES))
    before = kept.recalculate([("p1", FEBRUARY)])
    kept.add(sales=inputs_of(sales=[NEW]).sales)
    assert before.shares["fact"].to_pylist() == ["c"]
    assert [receipt["amount"] for receipt in before.receipts()] == ["90.00"]
    assert kept.recalculate([("p1", FEBRUARY)]).shares["fact"].to_pylist() == ["c", "e"]


def test_facts_may_come_to_none_and_in_many_groups_at_once() -> None:
    of = programme(rule(Flat(rate=Decimal("0.1")), every=Every("fact")))
    sales = inputs_of(sales=[sale(f"f{n:02}", "10.55", f"2026-02-{n:02}") for n in range(1, 21)]).sales
    kept = Increment(of, Inputs(sales=sales.slice(0, 0)))
    assert kept.recalculate([("p1", FEBRUARY)]).earnings.num_rows == 0
    kept.add(sales=sales)
    found = kept.recalculate([("p1", FEBRUARY)]).earnings
    assert found.equals(calculate(of, Inputs(sales=sales)).earnings)


def test_a_rule_that_deducts_what_others_are_given_is_worked_out_with_them() -> None:
    """A part of what one earns goes to another, who earns less by it."""
    split = (Split("partner", Decimal("0.7")), Split("person", Decimal("0.3")))
    given = replace(rule(Flat(rate=Decimal("0.1"))), key="given", splits=split)
    less = replace(rule(Flat(rate=Decimal("0.1"))), to="person", deduct=("given",))
    of = programme(given, less)
    sales = inputs_of(sales=[{**one, "person": "s1"} for one in SALES]).sales
    found = recalculate(of, Inputs(sales=sales), [("s1", FEBRUARY)]).earnings.to_pylist()
    whole = calculate(of, Inputs(sales=sales)).earnings.to_pylist()
    assert [one for one in found if one["recipient"] == "s1"] == [o for o in whole if o["recipient"] == "s1"]
