"""What holds for every programme and all facts: whatever the order, the batches, the parts and the backend."""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from datetime import date
from fractions import Fraction
from random import Random
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from headrace.engine.calendars import period_of
from headrace.engine.parsing import check
from headrace.engine.programme import Every, Programme
from headrace.engine.rates import MissingRateError
from headrace.engine.result import Result
from headrace.engine.tables import Inputs
from headrace.engine.tests.tables_of import inputs_of
from headrace.engine.verify import verify

from .backends import BACKENDS, ON_SPARK
from .fuzz_backends import INCREMENT, difference, main
from .random_programmes import Document, Rows, random_document, random_rows

Tables = dict[str, Rows]

RANDOMS = st.randoms(use_true_random=False)
SPARK_PROGRAMMES = 60
FLAT = {"mode": "flat", "rate": "2.5%", "amount": "1"}
pytestmark = pytest.mark.slow
SLOWLY = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]
few = settings(max_examples=25, deadline=None, suppress_health_check=SLOWLY)
on_every_backend = pytest.mark.parametrize("backend", BACKENDS)


def programme_of(document: Document) -> Programme:
    """The programme, or another example where the language refuses the document."""
    programme, _ = check(document)
    assume(programme is not None)
    assert programme is not None
    return programme


def run(backend: str, programme: Programme, inputs: Inputs) -> Result:
    """The result, or another example where a rate is missing."""
    try:
        result = BACKENDS[backend](programme, inputs, None)
        _ = result.earnings
    except MissingRateError:
        assume(False)
    return result


def paid(result: Result) -> Counter[tuple[Any, ...]]:
    """The earnings that are not zero, each with its shares."""
    shares = defaultdict(list)
    for row in result.shares.to_pylist():
        shares[row["earning"]].append((row["fact"], row["share_minor"]))
    return Counter(
        (*row.values(), tuple(shares[row["earning"]]))
        for row in result.earnings.to_pylist()
        if row["amount_minor"]
    )


@settings(max_examples=100, deadline=None, suppress_health_check=SLOWLY)
@given(RANDOMS)
def test_backends_give_what_the_reference_gives(random: Random) -> None:
    programme, inputs = programme_of(random_document(random)), inputs_of(**random_rows(random))
    for backend in BACKENDS:
        assert difference(programme, inputs, None, backend) == ""


@few
@given(RANDOMS)
def test_increments_in_any_batches_give_what_the_whole_gives(random: Random) -> None:
    programme, inputs = programme_of(random_document(random)), inputs_of(**random_rows(random))
    assert difference(programme, inputs, None, INCREMENT) == ""


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(0, 2000, 50))
def test_two_thousand_programmes_are_the_same_on_duckdb(seed: int) -> None:
    assert main(["--programmes", "50", "--seed", str(seed), "--backend", "duckdb"]) == 0


@pytest.mark.parametrize(
    "seed", [pytest.param(seed, marks=ON_SPARK) for seed in range(0, SPARK_PROGRAMMES, 5)]
)
def test_random_programmes_are_the_same_on_spark(seed: int) -> None:
    assert main(["--programmes", "5", "--seed", str(seed), "--backend", "spark"]) == 0


@on_every_backend
@few
@given(RANDOMS)
def test_any_order_and_any_batches_of_the_facts_give_equal_earnings(backend: str, random: Random) -> None:
    programme, inputs = programme_of(random_document(random)), inputs_of(**random_rows(random))
    once = run(backend, programme, inputs)
    again = run(backend, programme, _in_other_batches(inputs, random))
    for first, second in ((once.earnings, again.earnings), (once.shares, again.shares)):
        assert first.combine_chunks().equals(second.combine_chunks())


def _in_other_batches(inputs: Inputs, random: Random) -> Inputs:
    tables: dict[str, pa.Table | None] = {}
    for name in Inputs.__slots__:
        table = getattr(inputs, name)
        if table is not None:
            places = list(range(table.num_rows))
            random.shuffle(places)
            at = random.randrange(table.num_rows + 1)
            parts = [table.take(pa.array(part, pa.int64())) for part in (places[:at], places[at:])]
            table = pa.concat_tables(parts)
        tables[name] = table
    return Inputs(**tables)


@on_every_backend
@few
@given(RANDOMS)
def test_receipts_add_up_and_verify(backend: str, random: Random) -> None:
    programme, inputs = programme_of(random_document(random)), inputs_of(**random_rows(random, most=15))
    result = run(backend, programme, inputs)
    amounts = {row["earning"]: (row["amount_minor"], row["digits"]) for row in result.earnings.to_pylist()}
    shares: Counter[str] = Counter()
    for row in result.shares.to_pylist():
        shares[row["earning"]] += row["share_minor"]
    assert {key: minor for key, (minor, _) in amounts.items() if minor} == {
        k: v for k, v in shares.items() if v
    }
    receipts = list(result.receipts())
    assert {receipt["earning"] for receipt in receipts} == amounts.keys()
    for receipt in receipts:
        minor, digits = amounts[receipt["earning"]]
        assert Fraction(receipt["amount"]) == Fraction(minor, 10**digits)
        assert verify(receipt) == []


# Parts that are calculated alone


@on_every_backend
@few
@given(RANDOMS)
def test_months_apart_earn_what_the_year_earns(backend: str, random: Random) -> None:
    programme = programme_of(_within_months(random_document(random)))
    tables = _without(random_rows(random), "returns", "supersedes")

    def month(row: Mapping[str, Any]) -> object:
        day = date.fromisoformat(row["on"])
        return period_of(day, Every("month"), programme.calendar, programme.life)

    assert _in_parts(backend, programme, tables, month) == paid(run(backend, programme, inputs_of(**tables)))


@on_every_backend
@few
@given(RANDOMS)
def test_partners_apart_earn_what_all_earn_at_once(backend: str, random: Random) -> None:
    programme = programme_of(_of_one_partner(random_document(random)))
    tables = _without(random_rows(random), "credits", "supersedes")
    partner_of = {row["id"]: row["partner"] for row in tables.get("sales", [])}
    for row in tables.get("sales", []):
        if partner_of.get(row.get("returns")) != row["partner"]:
            row["returns"] = None
    apart = _in_parts(backend, programme, tables, lambda row: row["partner"])
    assert apart == paid(run(backend, programme, inputs_of(**tables)))


def _in_parts(
    backend: str, programme: Programme, tables: Tables, key: Callable[[Mapping[str, Any]], object]
) -> Counter[tuple[Any, ...]]:
    """All that is earned where the facts of each key are calculated alone."""
    facts = ("sales", "deals", "events")
    keys = {key(row) for name in facts for row in tables.get(name, [])}
    found: Counter[tuple[Any, ...]] = Counter()
    for one in keys:
        parts = {name: [row for row in tables.get(name, []) if key(row) == one] for name in facts}
        there = {name: rows for name, rows in {**tables, **parts}.items() if rows}
        found += paid(run(backend, programme, inputs_of(**there)))
    return found


def _without(tables: Tables, *columns: str) -> Tables:
    return {
        name: [{column: value for column, value in row.items() if column not in columns} for row in rows]
        for name, rows in tables.items()
    }


def _within_months(document: Document) -> Document:
    """A programme that looks at nothing beyond one month."""
    _look_at_own_facts(document)
    document.pop("cap", None)
    for rule in document["earns"]:
        rule["every"] = "fact" if rule["every"] == "fact" else "month"
        for name in ("cap", "floor"):
            rule.get(name, {}).pop("every", None)
        if rule["every"] == "fact" and rule["scale"]["mode"] == "rank":
            rule["scale"] = dict(FLAT)
    return document


def _of_one_partner(document: Document) -> Document:
    """A programme in which nobody earns by what another partner does."""
    _look_at_own_facts(document)
    for rule in document["earns"]:
        rule["to"] = "partner"
        if rule["scale"]["mode"] == "rank":
            rule["scale"] = dict(FLAT) if rule["pays"] != {"badge": "star"} else {"mode": "flat"}
        if "split" in rule:
            document.pop("cap", None)
    return document


def _look_at_own_facts(document: Document) -> None:
    """No budget over all, no comparison with other periods, no question whether a customer is new."""
    document.pop("budget", None)
    for rule in document["earns"]:
        rule.setdefault("pays", "money")
        for name in ("where", "multiply", "gates", "base"):
            if _looks_beyond(rule.get(name)):
                del rule[name]
        if _looks_beyond(rule["scale"]):
            rule["scale"] = {"mode": "flat"} if rule["pays"] == {"badge": "star"} else dict(FLAT)
            rule.pop("base", None)
        if "multiply" not in rule:
            rule.pop("highest_only", None)
        if not any(f"{name}(" in str(rule) for name in ("growth", "attainment", "increase")):
            rule.pop("without_baseline", None)


def _looks_beyond(part: Any) -> bool:
    return any(word in str(part) for word in ("same_period_last_year", "previous_period", "is_new"))


# Giving everything back


@on_every_backend
@few
@given(RANDOMS)
def test_returning_everything_earns_zero(backend: str, random: Random) -> None:
    programme = programme_of(_by_amounts(random_document(random)))
    tables = _all_returned(random_rows(random))
    assert paid(run(backend, programme, inputs_of(**tables))) == Counter()


@on_every_backend
@few
@given(RANDOMS)
def test_returning_everything_takes_back_all_that_was_given(backend: str, random: Random) -> None:
    document = random_document(random)
    for rule in document["earns"]:
        rule["returns"] = "original_rate"
        for name in ("base", "gates", "without_baseline"):
            rule.pop(name, None)
        rule["scale"] = {"mode": "flat"} if rule["pays"] == {"badge": "star"} else dict(FLAT)
    programme = programme_of(document)
    totals: Counter[tuple[str, ...]] = Counter()
    for row in run(backend, programme, inputs_of(**_all_returned(random_rows(random)))).earnings.to_pylist():
        totals[row["rule"], row["to"], row["recipient"]] += row["amount_minor"]
    assert {key: total for key, total in totals.items() if total} == {}


def _by_amounts(document: Document) -> Document:
    """A programme that pays rates on amounts: nothing for having sold at all."""
    for rule in document["earns"]:
        rule |= {"facts": "sale", "pays": "money", "returns": "when_sold", "base": "sum(net_amount)"}
        for name in ("where", "by", "gates", "floor", "multiply", "highest_only", "without_baseline"):
            rule.pop(name, None)
        rates = [{"from": "0", "rate": "1%"}, {"above": "100", "rate": "7%", "amount": "5"}]
        rule["scale"] = {"mode": "slab", "bands": rates}
    return document


def _all_returned(tables: Tables) -> Tables:
    """Only sales of something, each given back in full on the day it was sold."""
    sales = [row for row in tables.get("sales", []) if not row["net_amount"].startswith("-")]
    for row in sales:
        row |= {"returns": None, "supersedes": None, "quantity": row["quantity"].strip("-0.") or "1"}
    returns = [
        {
            **row,
            "id": f"r{row['id']}",
            "returns": row["id"],
            **{name: f"-{row[name]}" for name in ("quantity", "net_amount", "list_amount") if row[name]},
            "unit_cost": f"-{row['unit_cost']}" if row["unit_cost"] else None,
        }
        for row in sales
    ]
    rest = {name: rows for name, rows in tables.items() if name not in ("sales", "deals", "events")}
    return {**rest, **({"sales": sales + returns} if sales else {})}
