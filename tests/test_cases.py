"""Every case of cases/ on every backend: what it expects is earned, and each receipt verifies."""

from collections import Counter
from datetime import datetime

import pytest

from headrace.engine.parsing import check
from headrace.engine.result import Result
from headrace.engine.verify import verify

from .backends import EVERYWHERE, NAMES
from .case_tables import Case, all_cases, amount_text, earned


@pytest.mark.parametrize("backend", NAMES)
@pytest.mark.parametrize("case", list(all_cases()), ids=lambda case: case.name)
def test_case(case: Case, backend: str) -> None:
    programme, findings = check(case.document)
    assert programme is not None, "; ".join(map(str, findings))
    as_of = datetime.fromisoformat(case.as_of) if case.as_of else None
    if case.error is not None:
        with pytest.raises(ValueError, match=case.error):
            _ = EVERYWHERE[backend](programme, case.inputs, as_of).earnings
        return
    result = EVERYWHERE[backend](programme, case.inputs, as_of)
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
