"""Every case of cases/ on every backend: what it expects is earned, and each receipt verifies."""

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime

import pytest

from headrace.engine.parsing import check
from headrace.engine.programme import Programme
from headrace.engine.reference import calculate_reference
from headrace.engine.result import Result
from headrace.engine.run import calculate
from headrace.engine.verify import verify

from .case_tables import Case, all_cases, amount_text, earned

Calculate = Callable[[Case, Programme], Result]


def _on_reference(case: Case, programme: Programme) -> Result:
    return calculate_reference(programme, case.inputs, _as_of(case))


def _on_duckdb(case: Case, programme: Programme) -> Result:
    return calculate(programme, case.inputs, _as_of(case), backend="duckdb")


BACKENDS: Mapping[str, Calculate] = {"reference": _on_reference, "duckdb": _on_duckdb}


def _as_of(case: Case) -> datetime | None:
    return datetime.fromisoformat(case.as_of) if case.as_of else None


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("case", list(all_cases()), ids=lambda case: case.name)
def test_case(case: Case, backend: str) -> None:
    programme, findings = check(case.document)
    assert programme is not None, "; ".join(map(str, findings))
    if case.error is not None:
        with pytest.raises(ValueError, match=case.error):
            _ = BACKENDS[backend](case, programme).earnings
        return
    result = BACKENDS[backend](case, programme)
    _agrees(earned(result.earnings), case.expected)
    if case.shares is not None:
        _agrees(_shares(result), case.shares)
    for receipt in result.receipts():
        assert verify(receipt) == []


def _agrees(found: list[dict[str, str]], expected: list[dict[str, str]]) -> None:
    """The same rows, looking only at the columns that the case names."""
    columns = list(expected[0]) if expected else ["recipient", "amount"]
    shown = Counter(tuple(str(row[name]) for name in columns) for row in found)
    assert shown == Counter(tuple(str(row[name]) for name in columns) for row in expected)


def _shares(result: Result) -> list[dict[str, str]]:
    earnings = {row["earning"]: row for row in result.earnings.to_pylist()}
    return [
        {
            "rule": earnings[row["earning"]]["rule"],
            "recipient": earnings[row["earning"]]["recipient"],
            "fact": row["fact"],
            "share": amount_text(row["share_minor"], earnings[row["earning"]]["digits"]),
        }
        for row in result.shares.to_pylist()
    ]
