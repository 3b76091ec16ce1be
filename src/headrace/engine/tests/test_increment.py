"""One new fact: its groups alone give what the whole gives."""

from datetime import date
from decimal import Decimal

import pytest

from headrace.engine.expressions import parse
from headrace.engine.increment import Increment, recalculate
from headrace.engine.programme import Budget, Cap, Every, Programme
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
