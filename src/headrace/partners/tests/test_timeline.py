"""What is laid over what."""

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from headrace.partners.timeline import Span, overlay

JAN, FEB, MAR, APR = (date(2026, month, 1) for month in (1, 2, 3, 4))
DAY = timedelta(days=1)


def test_the_first_span_may_hold_since_always():
    assert overlay([], Span(None, None, "silver")) == [Span(None, None, "silver")]


def test_a_change_ends_what_held_the_day_before():
    spans = overlay([Span(None, None, "silver")], Span(FEB, None, "gold"))
    assert spans == [Span(None, FEB - DAY, "silver"), Span(FEB, None, "gold")]


def test_a_change_in_the_past_holds_until_the_next_one():
    spans = overlay([Span(None, MAR - DAY, "silver"), Span(MAR, None, "gold")], Span(FEB, None, "bronze"))
    assert spans == [
        Span(None, FEB - DAY, "silver"),
        Span(FEB, MAR - DAY, "bronze"),
        Span(MAR, None, "gold"),
    ]


def test_a_span_with_an_end_leaves_what_held_after_it():
    spans = overlay([Span(None, None, "silver")], Span(FEB, MAR - DAY, "gold"))
    assert spans == [
        Span(None, FEB - DAY, "silver"),
        Span(FEB, MAR - DAY, "gold"),
        Span(MAR, None, "silver"),
    ]


def test_neighbours_that_hold_the_same_become_one():
    assert overlay([Span(JAN, FEB - DAY, "gold")], Span(FEB, None, "gold")) == [Span(JAN, None, "gold")]


days = st.dates(date(2026, 1, 1), date(2026, 1, 20))
changes = st.lists(st.tuples(st.none() | days, st.none() | days, st.sampled_from("abc")), max_size=8)


@given(changes)
def test_spans_never_overlap_and_the_last_word_holds(told):
    spans: list[Span] = []
    for start, end, held in told:
        if start and end and end < start:
            continue
        spans = overlay(spans, Span(start, end, held))
        first = start or date.min
        assert next(span.held for span in spans if span.covers(first)) == held
    for before, after in pairwise(spans):
        assert before.end is not None
        assert after.start is not None
        assert before.end < after.start
