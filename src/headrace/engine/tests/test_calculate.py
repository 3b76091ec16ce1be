"""The main thread: facts in, earnings with their shares and receipts out."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from headrace.engine.expressions import parse
from headrace.engine.programme import Audience, Calendar, Cap, Every, Gate, Multiplier, Programme, Rule
from headrace.engine.run import Result, calculate, read_result
from headrace.engine.scales import Band, Flat, Retro, Slab
from headrace.engine.tables import Inputs

from .tables_of import inputs_of

BANDS = (
    Band(Decimal(0), rate=Decimal("0.10")),
    Band(Decimal(1000), rate=Decimal("0.25")),
)


def sale(key: str, amount: str, on: str = "2026-01-05", **more: str) -> dict[str, Any]:
    return {"id": key, "partner": "p1", "on": on, "quantity": "1", "net_amount": amount, **more}


def rule(scale: Any, **more: Any) -> Rule:
    return Rule("r", "sale", "partner", more.pop("every", Every("month")), scale, **more)


def programme(*rules: Rule, **more: Any) -> Programme:
    return Programme(
        "test", 1, {}, "EUR", 2, date(2026, 1, 1), date(2026, 12, 31), Calendar(), Audience(), rules, **more
    )


def amounts(of: Programme, inputs: Inputs) -> dict[str, int]:
    result = calculate(of, inputs)
    check_sums(result)
    rows = result.earnings.to_pylist()
    return {row["earning"]: row["amount_minor"] for row in rows if row["amount_minor"]}


def check_sums(result: Result) -> None:
    for receipt in result.receipts():
        steps = sum((Fraction(step["amount"]) for step in receipt["steps"]), Fraction(0))
        assert steps == Fraction(receipt["amount"]), receipt
        shares = sum(int(fact["share"]) for fact in receipt["facts"])
        assert Fraction(shares, 10 ** receipt["digits"]) == steps, receipt


def test_slab_pays_each_band_on_its_part() -> None:
    inputs = inputs_of(sales=[sale("a", "1500"), sale("b", "500")])
    assert amounts(programme(rule(Slab(None, BANDS))), inputs) == {"r|partner|p1||2026-01-01": 35000}


def test_retro_pays_the_highest_band_on_all() -> None:
    inputs = inputs_of(sales=[sale("a", "1500"), sale("b", "500")])
    assert amounts(programme(rule(Retro(None, BANDS))), inputs) == {"r|partner|p1||2026-01-01": 50000}


def test_half_a_cent_rounds_up() -> None:
    inputs = inputs_of(sales=[sale("a", "0.50")])
    half = rule(Flat(rate=Decimal("0.01")))
    assert amounts(programme(half), inputs) == {"r|partner|p1||2026-01-01": 1}
    assert amounts(programme(replace(half, rounding="half_even")), inputs) == {}
    assert amounts(programme(replace(half, rounding="down")), inputs) == {}


def test_shares_add_up_with_ties_by_fact_id() -> None:
    inputs = inputs_of(sales=[sale("c", "1"), sale("a", "1"), sale("b", "1")])
    result = calculate(programme(rule(Flat(amount=Decimal("0.05")))), inputs)
    assert [(row["fact"], row["share_minor"]) for row in result.shares.to_pylist()] == [
        ("a", 2),
        ("b", 2),
        ("c", 1),
    ]


def test_a_failed_gate_pays_nothing_and_says_what_is_missing() -> None:
    gate = Gate(parse("sum(net_amount) >= 100"), "sum(net_amount) >= 100")
    result = calculate(
        programme(rule(Flat(rate=Decimal("0.1")), gates=(gate,))), inputs_of(sales=[sale("a", "80")])
    )
    assert result.earnings["amount_minor"].to_pylist() == [0]
    (receipt,) = result.receipts()
    assert receipt["gates"] == [
        {"text": "sum(net_amount) >= 100", "holds": False, "value": "80", "needed": "100", "missing": "20"}
    ]


def test_multipliers_weigh_the_facts_they_hold_for() -> None:
    bikes = Multiplier(parse('product.category == "Bikes"'), Decimal("1.5"))
    inputs = inputs_of(
        sales=[sale("a", "100", product="x"), sale("b", "100", product="y"), sale("c", "100", product="z")],
        products=[{"id": "x", "category": "Bikes"}, {"id": "y", "category": "Clothing"}],
    )
    of = programme(rule(Flat(rate=Decimal("0.1")), multipliers=(bikes,)))
    assert amounts(of, inputs) == {"r|partner|p1||2026-01-01": 3500}
    shares = calculate(of, inputs).shares.to_pylist()
    assert [row["share_minor"] for row in shares] == [1500, 1000, 1000]


def test_a_yearly_cap_is_used_up_by_earlier_months() -> None:
    inputs = inputs_of(
        sales=[sale("a", "700"), sale("b", "700", "2026-02-01"), sale("c", "700", "2026-03-01")]
    )
    capped = rule(Flat(rate=Decimal("0.1")), cap=Cap(Decimal(100), Every("year")))
    assert amounts(programme(capped), inputs) == {
        "r|partner|p1||2026-01-01": 7000,
        "r|partner|p1||2026-02-01": 3000,
    }


def test_a_negative_month_gives_room_back_to_the_cap() -> None:
    inputs = inputs_of(
        sales=[sale("a", "1200"), sale("b", "-500", "2026-02-01"), sale("c", "900", "2026-03-01")]
    )
    capped = rule(Flat(rate=Decimal("0.1")), cap=Cap(Decimal(100), Every("year")), negative=True)
    assert amounts(programme(capped), inputs) == {
        "r|partner|p1||2026-01-01": 10000,
        "r|partner|p1||2026-02-01": -5000,
        "r|partner|p1||2026-03-01": 5000,
    }


def test_growth_over_a_number_and_rates_on_revenue() -> None:
    bands = (Band(Decimal("1.05"), rate=Decimal("0.01")), Band(Decimal("1.10"), rate=Decimal("0.025")))
    scale = Retro(parse("growth(sum(net_amount), 1000)"), bands)
    inputs = inputs_of(sales=[sale("a", "1100")])
    of = programme(rule(scale, base=parse("sum(net_amount)")))
    assert amounts(of, inputs) == {"r|partner|p1||2026-01-01": 2750}


def test_a_written_result_reads_back_the_same(tmp_path: Path) -> None:
    result = calculate(
        programme(rule(Slab(None, BANDS))), inputs_of(sales=[sale("a", "1500"), sale("b", "500")])
    )
    result.write(tmp_path / "run")
    result.write(tmp_path / "again")
    for file in (tmp_path / "run").iterdir():
        assert file.read_bytes() == (tmp_path / "again" / file.name).read_bytes()
    kept = read_result(tmp_path / "run")
    assert kept.earnings.equals(result.earnings)
    assert kept.shares.equals(result.shares)
    assert list(kept.receipts()) == list(result.receipts())
    assert list(kept.receipts(["r|partner|p1||2026-01-01"])) == list(result.receipts())
