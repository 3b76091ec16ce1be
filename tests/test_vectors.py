"""The public worked cases (../shared/vectors) through the calculator, on every backend."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from fractions import Fraction

import pytest

from headrace.engine.parsing import check
from headrace.engine.programme import Programme
from headrace.engine.result import Result
from headrace.engine.tables import Inputs
from headrace.engine.tests.tables_of import inputs_of
from headrace.engine.verify import verify

from .backends import EVERYWHERE, NAMES, Calculate
from .vectors import FILE, NOT_INCENTIVES, OTHER_POLICIES, trial_of, vectors
from .vectors.trial import Trial, Vector

pytestmark = [
    pytest.mark.slow,
    pytest.mark.shared,
    pytest.mark.skipif(not FILE.exists(), reason=f"the public cases are not there: {FILE}"),
]
LEFT_OUT = {**NOT_INCENTIVES, **OTHER_POLICIES}
CASES = [vector for vector in vectors() if vector["id"] not in LEFT_OUT] if FILE.exists() else []


def test_every_case_is_told_or_left_out_for_a_reason() -> None:
    everything = {vector["id"] for vector in vectors()}
    assert len(everything) == len(vectors())
    assert everything >= LEFT_OUT.keys()
    assert everything == LEFT_OUT.keys() | {vector["id"] for vector in CASES}


@pytest.mark.parametrize("backend", NAMES)
@pytest.mark.parametrize("vector", CASES, ids=lambda vector: vector["id"])
def test_public_case(vector: Vector, backend: str) -> None:
    trial = trial_of(vector)
    programme, findings = check(trial.document)
    if trial.is_refused:
        assert programme is None
        return
    assert programme is not None, "; ".join(map(str, findings))
    expected = (trial.total, trial.amounts, trial.shares, trial.units, trial.bands)
    assert trial.increments or any(one is not None for one in expected), "nothing is compared"
    inputs = inputs_of(**trial.tables)
    result = EVERYWHERE[backend](programme, inputs, None)
    _check_result(trial, result)
    _check_steps(trial, list(_totals(trial, programme, inputs, EVERYWHERE[backend])))
    for receipt in result.receipts():
        assert verify(receipt) == []


def _check_result(trial: Trial, result: Result) -> None:
    if trial.total is not None:
        assert _total(result) == Fraction(trial.total)
    if trial.amounts is not None:
        amounts = {row["recipient"]: _amount(row) for row in result.earnings.to_pylist()}
        by_rule = {row["rule"]: _amount(row) for row in result.earnings.to_pylist()}
        found = amounts if amounts.keys() == trial.amounts.keys() else by_rule
        assert found == {name: Fraction(amount) for name, amount in trial.amounts.items()}
    if trial.shares is not None:
        assert _shares(result) == {fact: Fraction(share) for fact, share in trial.shares.items()}
    if trial.bands is not None:
        (receipt,) = result.receipts()
        steps = [Fraction(step["amount"]) for step in receipt["steps"] if Fraction(step["amount"])]
        assert steps == [Fraction(band) for band in trial.bands]
    if trial.units is not None and not trial.steps:
        assert _units(result) == trial.units


def _totals(trial: Trial, programme: Programme, inputs: Inputs, calculate: Calculate) -> Iterator[Result]:
    """What is calculated as the facts become known, one day after the other."""
    for count in trial.steps:
        yield calculate(programme, inputs, datetime(2026, 2, count, 23, tzinfo=UTC))


def _check_steps(trial: Trial, results: list[Result]) -> None:
    before = Fraction(0)
    for result, increment in zip(results, trial.increments, strict=bool(trial.increments)):
        total = _total(result)
        assert increment is None or total - before == Fraction(increment)
        before = total
    if trial.units is not None and trial.steps:
        assert [unit for result in results for unit in _units(result)] == list(trial.units)


def _total(result: Result) -> Fraction:
    return sum((_amount(row) for row in result.earnings.to_pylist()), Fraction(0))


def _amount(row: Mapping[str, int]) -> Fraction:
    return Fraction(row["amount_minor"], 10 ** row["digits"])


def _units(result: Result) -> list[str]:
    return [row["unit"] for row in result.earnings.to_pylist() if row["amount_minor"]]


def _shares(result: Result) -> dict[str, Fraction]:
    digits = {row["earning"]: row["digits"] for row in result.earnings.to_pylist()}
    return {
        row["fact"]: Fraction(row["share_minor"], 10 ** digits[row["earning"]])
        for row in result.shares.to_pylist()
    }
