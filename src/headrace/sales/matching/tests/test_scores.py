"""How alike two texts are, and why: what people would say of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headrace.sales.likeness import tell_likeness
from headrace.sales.matching.scores import compare

CASES = [
    ("partner", "Ware House", "Warehouse", 100, "The same letters, without spaces and punctuation."),
    ("partner", "WAREHOUSE", "Warehouse", 100, "The same, but for capital letters."),
    ("partner", "Smith", "Smith Ltd", 99, "The same name, once without its legal form."),
    ("partner", "Smith Limited", "Smith Ltd.", 100, "The same name; its legal form is written otherwise."),
    ("partner", "Smith GmbH", "Smith Ltd", 90, "The same name, but another legal form."),
    ("partner", "Mueller", "Müller", 99, "The same letters; once an umlaut is written out."),
    ("product", "GTXPro", "GTX-Pro", 100, "The same letters, without spaces and punctuation."),
    ("product", "12-3", "123", 97, "The same digits, but parted otherwise."),
    ("product", "0042", "42", 96, "The same, but for zeros in front."),
    ("product", "A-007", "A7", 96, "The same, but for zeros in front."),
    ("person", "Rossi, Mario", "Mario Rossi", 95, "The same words in another order."),
    ("partner", "Warehose", "Warehouse", 89, "1 letter differs."),
    ("partner", "Wraehouse", "Warehouse", 89, "1 letter differs."),
    ("partner", "Werehose", "Warehouse", 78, "2 letters differ."),
    ("product", "GTX 500", "GTX 600", 75, "Much is alike, but the numbers differ: 500 and 600."),
    ("product", "Drill 1.5", "Drill 15", 75, "Much is alike, but the numbers differ: 1.5 and 15."),
    ("partner", "Warehouse Berlin", "Warehouse", 77, "The same words; one of them has more: berlin."),
    ("partner", "Blue Ridge Hdwe Supply", "Blue Ridge Hardware Supply", 89, "Many letters are the same."),
]


@pytest.mark.parametrize(("kind", "text", "known", "points", "told"), CASES)
def test_a_score_has_a_reason_that_people_understand(kind, text, known, points, told):
    score = compare(text, known, kind)
    assert (score.points, tell_likeness(score.reason, score.params)) == (points, told)


@pytest.mark.parametrize(("text", "known"), [("North", "South"), ("A", "B"), ("---", "Warehouse"), ("", "")])
def test_what_is_unlike_is_not_proposed(text, known):
    assert compare(text, known, "partner").points < 65


TEXTS = st.text(st.characters(codec="utf-8"), max_size=20) | st.text("ab12 -.&+", max_size=12)


@given(TEXTS, TEXTS, st.sampled_from(["partner", "product", "person", "customer"]))
def test_any_two_texts_have_a_score_whatever_their_order(one, other, kind):
    score = compare(one, other, kind)
    assert 0 <= score.points <= 100
    assert compare(other, one, kind).points == score.points
    if score.points:
        assert tell_likeness(score.reason, score.params)
