"""What is written is read back as the same tree; what is exact is written exactly."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headrace.engine.expressions import (
    Aggregate,
    And,
    Arithmetic,
    Attainment,
    Certified,
    Compare,
    Field,
    Growth,
    In,
    Increase,
    Items,
    Negative,
    Node,
    Not,
    Number,
    Or,
    Text,
    Truth,
    parse,
)
from headrace.engine.writing import exact_text, written

FIELDS = st.sampled_from(
    [Field("fact", "net_amount"), Field("product", "category"), Field("customer", "is_new")]
)
DECIMALS = st.decimals(0, 10**9, allow_nan=False, allow_infinity=False, places=4)
NUMBERS = st.builds(Number, DECIMALS) | st.builds(lambda value: Number(value / 100, percent=True), DECIMALS)
TEXTS = st.builds(Text, st.sampled_from(["Bikes", "it's", 'a "b"', "", "Größe"]))
ITEMS = st.lists(NUMBERS | TEXTS | st.builds(Truth, st.booleans()), min_size=1, max_size=3)


def larger(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    """Expressions made of smaller ones."""
    several = st.lists(inner, min_size=2, max_size=3).map(tuple)
    compared = inner | st.sampled_from(["same_period_last_year", "previous_period"])
    aggregates = st.sampled_from(["sum", "count_distinct", "min", "max", "avg"])
    return st.one_of(
        st.builds(Not, inner),
        st.builds(And, several),
        st.builds(Or, several),
        st.builds(Compare, st.sampled_from(["==", "!=", "<", "<=", ">", ">="]), inner, inner),
        st.builds(In, inner, st.builds(Items, ITEMS.map(tuple)), st.booleans()),
        st.builds(Arithmetic, st.sampled_from(["+", "-", "*", "/"]), inner, inner),
        st.builds(Negative, inner),
        st.builds(Aggregate, aggregates, inner, st.none() | inner),
        st.builds(Aggregate, st.just("count"), st.none(), st.none() | inner),
        st.builds(Growth, inner, compared),
        st.builds(Increase, inner, compared),
        st.builds(Attainment, inner, st.none() | st.just("units")),
        st.builds(Certified, st.sampled_from(["partner", "person"]), st.just("network-pro")),
    )


@given(st.recursive(FIELDS | NUMBERS | TEXTS | st.builds(Truth, st.booleans()), larger, max_leaves=12))
def test_parsing_what_was_written_gives_the_same_tree(node: Node) -> None:
    assert parse(written(node)) == node


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Fraction(0), "0"),
        (Fraction(-1, 40), "-0.025"),
        (Fraction(1, 3), "1/3"),
        (Fraction(1000), "1000"),
        (Fraction(5, 2), "2.5"),
        (Fraction(1, 2**20), "0.00000095367431640625"),
        (Fraction(-22, 7), "-22/7"),
    ],
)
def test_a_number_is_written_exactly(value: Fraction, text: str) -> None:
    assert exact_text(value) == text


@given(st.fractions())
def test_a_written_number_is_read_back(value: Fraction) -> None:
    text = exact_text(value)
    assert Fraction(text) == value
    assert "/" in text or Fraction(Decimal(text)) == value
