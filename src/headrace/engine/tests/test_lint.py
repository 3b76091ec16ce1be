"""What a careful reader would ask about a programme, and what not."""

from pathlib import Path
from typing import Any

import pytest

from headrace.engine.contradiction import certain, impossible
from headrace.engine.documents import read
from headrace.engine.expressions import parse
from headrace.engine.lint import lint
from headrace.engine.parsing import check
from headrace.engine.tests.test_wrong_programmes import changed, named

FILE: Any = read((Path(__file__).parent / "doubtful_programmes.yaml").read_text(encoding="utf-8"))
RIGHT, CASES = FILE["right"], FILE["cases"]


def doubts(document: dict[str, Any]) -> list[str]:
    programme, findings = check(document)
    assert programme is not None, [str(finding) for finding in findings]
    found = lint(programme)
    assert all(finding.severity == "warning" for finding in found)
    return [str(finding) for finding in found]


def test_the_right_programme_raises_no_doubt() -> None:
    assert doubts(RIGHT) == []


@pytest.mark.parametrize("case", CASES, ids=named)
def test_a_doubt_names_its_path_and_what_would_be_right(case: dict[str, Any]) -> None:
    assert doubts(changed(case, RIGHT)) == case["findings"]


def test_paying_before_the_days_of_grace_are_over_is_a_doubt() -> None:
    late = {**RIGHT, "grace_days": "10", "pays_out": {"every": "month", "days_after": "5"}}
    assert doubts(late) == [
        "pays_out.days_after: paid 5 days after a period that is kept open for 10, "
        "pay when the days of grace are over"
    ]
    assert doubts({**late, "pays_out": {"every": "month", "days_after": "10"}}) == []


def test_a_programme_budget_limits_rules_that_pay_money_but_not_funds() -> None:
    rules = [{key: value for key, value in rule.items() if key != "cap"} for rule in RIGHT["earns"]]
    rules[1]["pays"] = {"fund": "co-op"}
    assert doubts({**RIGHT, "earns": rules, "budget": {"amount": "5"}}) == [
        "earns[1]: nothing limits what this rule can pay, give it a cap, or the programme a cap or a budget"
    ]


@pytest.mark.parametrize(
    ("first", "second", "together"),
    [
        ('flow == "a"', 'flow == "b"', False),
        ('flow == "a"', 'flow != "b"', True),
        ('flow in ["a", "b"]', 'flow in ["b", "c"]', True),
        ('flow in ["a", "b"]', 'not (flow == "a" or flow == "b")', False),
        ("quantity >= 5", "quantity <= 5", True),
        ("quantity > 5", "quantity <= 5", False),
        ("quantity > 5", "5 > quantity", False),
        ("quantity == 5", "quantity in [1, 2]", False),
        ("quantity > -3", "quantity < -2", True),
        ('on >= "2026-01-01"', 'on < "2026-01-01"', False),
        ('on >= "2026-01-01"', 'on < "2026-01-02"', True),
        ("deal.strategic", "not deal.strategic", False),
        ("deal.strategic", "deal.strategic == false", False),
        ("deal.strategic == true", "deal.strategic != false", True),
        ("count() < 1", "count() >= 0", True),
        ("count() < 0", "true", False),
        ("sum(quantity) < 0", "true", True),
        ("quantity > 5", "net_amount < 5", True),
        ('partner.region == "a"', 'product.region == "b"', True),
        ('partner.certified("a")', 'not partner.certified("a")', False),
        ("false", "true", False),
    ],
)
def test_conditions_that_contradict_each_other_are_seen(first: str, second: str, together: bool) -> None:
    assert impossible(parse(first), parse(second)) is not together
    assert impossible(parse(second), parse(first)) is not together
    assert certain(parse(f"not ({first} and {second})")) is not together


def test_what_is_too_wide_to_spread_counts_as_possible() -> None:
    wide = " and ".join(f"(a{n} == 1 or b{n} == 1 or c{n} == 1)" for n in range(12))
    assert not impossible(parse(wide))
    assert impossible(parse(f"{wide} and quantity > 1 and quantity < 1"))
