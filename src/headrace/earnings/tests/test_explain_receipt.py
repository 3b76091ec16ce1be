"""A receipt told in plain words: every kind of step, in every language, by the very figures that are summed."""

from collections.abc import Iterator
from datetime import datetime
from functools import cache
from typing import Any, get_args

import pytest
from django.utils import translation
from tests.backends import BACKENDS
from tests.case_tables import Case, all_cases

from headrace.earnings.explain import Condition, Explanation, Line
from headrace.engine.parsing import check
from headrace.engine.scales.steps import StepKind
from headrace.engine.terms import LANGUAGES
from headrace.engine.tests.tables_of import inputs_of

CASES = {case.name: case for case in all_cases() if case.error is None}

DOCUMENT: dict[str, Any] = {
    "programme": "rebate",
    "currency": "EUR",
    "from": "2026-01-01",
    "to": "2026-12-31",
    "earns": [
        {
            "key": "volume",
            "facts": "sale",
            "to": "partner",
            "every": "quarter",
            "base": "sum(net_amount)",
            "gates": ["sum(quantity) >= 10"],
            "scale": {"mode": "slab", "bands": [{"from": 0, "rate": "1%"}, {"from": 1000, "rate": "2%"}]},
            "multiply": [{"where": 'product.category == "Bikes"', "by": "1.5"}],
            "cap": {"amount": "30", "every": "year"},
        }
    ],
}
PRODUCTS = [{"id": "bike", "category": "Bikes"}, {"id": "bell", "category": "Accessories"}]


@cache
def explanations(name: str) -> tuple[Explanation, ...]:
    """The receipts that the plain calculator gives for a case."""
    case: Case = CASES[name]
    as_of = datetime.fromisoformat(case.as_of) if case.as_of else None
    return tuple(_explained(case.document, case.inputs, as_of))


def _explained(document: Any, inputs: Any, as_of: datetime | None = None) -> Iterator[Explanation]:
    programme, _ = check(document)
    assert programme is not None
    rules = {rule.key: rule for rule in programme.rules}
    for receipt in BACKENDS["reference"](programme, inputs, as_of).receipts():
        yield Explanation(receipt, programme, rules[receipt["rule"]])


def of_sales(*sales: tuple[str, str, str, str]) -> Explanation:
    """Of one partner's sales: product, day, pieces and amount."""
    rows = [
        dict(zip(("product", "on", "quantity", "net_amount"), sale, strict=True))
        | {"id": f"s{number}", "partner": "north", "currency": "EUR"}
        for number, sale in enumerate(sales)
    ]
    return list(_explained(DOCUMENT, inputs_of(sales=rows, products=PRODUCTS)))[-1]


@pytest.mark.parametrize("name", CASES)
def test_every_receipt_is_told_in_every_language(name: str) -> None:
    for explanation in explanations(name):
        for language in LANGUAGES:
            with translation.override(language):
                one = Explanation(explanation.receipt, explanation.programme, explanation.rule)
                assert one.summary("North", "2026")
                assert all(line.label for line in one.lines)
                assert all(name and value for name, value in one.measures)
                assert len(one.conditions) == len(one.receipt["gates"])


def test_the_cases_have_every_kind_of_step() -> None:
    found = {step["kind"] for name in CASES for one in explanations(name) for step in one.receipt["steps"]}
    assert found == set(get_args(StepKind))


def test_bands_factors_and_caps_say_what_they_were_worked_out_from() -> None:
    told = of_sales(("bike", "2026-02-01", "10", "900"), ("bell", "2026-02-02", "2", "600"))
    assert told.lines == [
        Line("Band from €0.00", "1% of €1,000.00", "€10.00", "1% of €1,000.00"),
        Line("Band from €1,000.00", "2% of €500.00", "€10.00", "2% of €500.00"),
        Line(
            "Multiplied by 1.3",
            "The mean of the factors, each line weighed by what it counts: 1.5 for one line and 1 for one line.",
            "€6.00",
            "multiplied by 1.3",
        ),
    ]
    assert told.measures == [("The net sales amount", "€1,500.00")]
    assert told.conditions == [Condition("The quantity is at least 10", True, "It was 12.")]
    assert told.summary("North", "Q1 2026") == (
        "\u2068North\u2069 earned €26.00 in Q1 2026: 1% of €1,000.00, 2% of €500.00, multiplied by 1.3."
    )


def test_one_factor_for_all_is_told_by_its_condition_and_a_cap_with_what_was_earned_before() -> None:
    told = of_sales(("bike", "2026-02-01", "10", "1000"), ("bike", "2026-05-01", "10", "2000"))
    assert [(line.label, line.note) for line in told.lines[-2:]] == [
        ("Multiplied by 1.5", "Because the product’s category is “Bikes”."),
        (
            "Limited by the cap",
            "Each recipient gets at most €30.00 for each year. Earned before in the same period: €15.00.",
        ),
    ]
    assert ("Earned before under the same limit", "€15.00") in told.measures


def test_a_condition_that_was_not_met_says_what_was_missing() -> None:
    told = of_sales(("bike", "2026-02-01", "7", "900"))
    assert told.conditions == [
        Condition("The quantity is at least 10", False, "It was 7; 3 are missing to 10.")
    ]
    assert told.summary("North", "Q1 2026") == (
        "\u2068North\u2069 earned nothing in Q1 2026: not every condition was met."
    )
