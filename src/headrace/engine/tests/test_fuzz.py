"""Whatever is thrown at them, the readers of expressions and documents give findings and never crash."""

import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headrace.engine.expressions import ExpressionError, parse
from headrace.engine.parsing import check
from headrace.engine.programme import Finding
from headrace.engine.tests.test_wrong_programmes import CASES, RIGHT
from headrace.engine.writing import written

# Thousands of examples.
pytestmark = pytest.mark.slow

WORDS = """
sum count count_distinct min max avg growth increase attainment target where and or not in true false
quantity net_amount on flow sale.flow deal.amount partner.region product.brand customer.is_new
partner.certified person.certified same_period_last_year previous_period 1 2.5% 0.1 1e3 'a' "2026-01-01"
( ) [ ] , + - * / == != < <= > >= = . %
""".split()  # noqa: SIM905
EXPRESSIONS = st.lists(st.sampled_from(WORDS), max_size=25).map(" ".join) | st.text(max_size=60)
KEYS = ("from", "to", "every", "rate", "amount", "mode", "bands", "on", "where", "x")
# What a careless writer could put anywhere: texts from the document itself make the deeper checks reachable.
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-5, 5000)
    | st.floats()
    | st.dates()
    | EXPRESSIONS
    | st.sampled_from([case.get("value") for case in CASES]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4),
    max_leaves=8,
)


def paths(part: Any, way: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The way to every part of a document."""
    inner = part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ()
    return [way, *(found for key, value in inner for found in paths(value, (*way, key)))]


WAYS = paths(RIGHT)[1:]


def holds(document: Any) -> None:
    programme, findings = check(document, {})
    assert all(isinstance(finding, Finding) and finding.path and finding.right for finding in findings)
    errors = [finding for finding in findings if finding.severity == "error"]
    assert (programme is None) == bool(errors)


@given(EXPRESSIONS)
@settings(max_examples=600)
def test_no_text_crashes_the_reader_of_expressions(text: str) -> None:
    try:
        node = parse(text, "sale")
    except ExpressionError as error:
        wrong = error
    else:
        assert parse(written(node), "sale") == node
        return
    assert 0 <= wrong.position <= max(len(text), 2000)
    assert wrong.message
    assert wrong.right


@given(st.text(max_size=200) | VALUES.filter(lambda value: isinstance(value, dict | str)))
@settings(max_examples=300)
def test_no_text_or_mapping_crashes_the_check(document: Any) -> None:
    holds(document)


@given(st.lists(st.tuples(st.sampled_from(WAYS), VALUES), min_size=1, max_size=3))
@settings(max_examples=600)
def test_no_change_to_a_programme_crashes_the_check(changes: list[tuple[tuple[Any, ...], Any]]) -> None:
    document = copy.deepcopy(RIGHT)
    for (*way, last), value in changes:
        place = document
        for part in way:
            try:
                place = place[part]
            except (KeyError, IndexError, TypeError):
                break
        if isinstance(place, dict) or (
            isinstance(place, list) and isinstance(last, int) and last < len(place)
        ):
            place[last] = value
    holds(document)


@given(st.sampled_from(["where", "base", "gates", "on", "by", "multiply"]), EXPRESSIONS)
@settings(max_examples=500)
def test_no_expression_crashes_the_check(place: str, text: str) -> None:
    document = copy.deepcopy(RIGHT)
    rule = document["earns"][0]
    if place == "on":
        rule["scale"]["on"] = text
    else:
        rule[place] = {"gates": [text], "by": [text], "multiply": [{"where": text, "by": "2"}]}.get(
            place, text
        )
    holds(document)
