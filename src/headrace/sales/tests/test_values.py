"""Texts made into values: exactly, or with a reason."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headrace.sales import values
from headrace.sales.values import Bad


@pytest.mark.parametrize(
    ("text", "decimal", "thousands", "e4"),
    [
        ("12", ".", "", 120000),
        ("12.5", ".", "", 125000),
        ("-0.0001", ".", "", -1),
        ("+3", ".", "", 30000),
        (".5", ".", "", 5000),
        ("5.", ".", "", 50000),
        ("12.340000", ".", "", 123400),
        ("1.234,56", ",", ".", 12345600),
        ("1234,56", ",", ".", 12345600),
        ("1'234'567.8", ".", "'", 12345678000),
        ("0000000000000000012", ".", "", 120000),
        ("99999999999999.9999", ".", "", 999999999999999999),
    ],
)
def test_amounts(text, decimal, thousands, e4):
    assert values.amount_e4(decimal, thousands)(text) == e4


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("12,x", "not_a_number"),
        ("12,5", "not_a_number"),
        ("1,23.4", "not_a_number"),
        ("12,34,567", "not_a_number"),
        ("1e5", "not_a_number"),
        ("NaN", "not_a_number"),
        ("--1", "not_a_number"),
        ("1 2", "not_a_number"),
        (".", "not_a_number"),
        ("+", "not_a_number"),
        ("١٢", "not_a_number"),
        ("0.00001", "too_many_decimals"),
        ("100000000000000", "too_large"),
        ("9" * 400, "too_large"),
    ],
)
def test_texts_that_are_no_amount(text, reason):
    with pytest.raises(Bad) as bad:
        values.amount_e4(".", ",")(text)
    assert bad.value.reason == reason


@given(st.decimals("-99999999999999.9999", "99999999999999.9999", places=4))
def test_an_amount_is_exact(amount):
    assert Decimal(values.amount_e4()(f"{amount:f}")).scaleb(-4) == amount


@given(st.decimals("-99999999999999999999", "99999999999999999999", places=9))
def test_a_number_of_a_further_column_is_exact(number):
    assert Decimal(values.number_text()(f"{number:f}")) == number


@pytest.mark.parametrize(
    ("text", "plain"), [("-0", "0"), ("007.50", "7.5"), ("+1,000", "1000"), ("-.5", "-0.5")]
)
def test_a_number_has_one_spelling(text, plain):
    assert values.number_text(".", ",")(text) == plain


@pytest.mark.parametrize(
    ("pattern", "text", "day"),
    [
        ("YYYY-MM-DD", "2026-02-28", date(2026, 2, 28)),
        ("DD.MM.YYYY", "1.2.2026", date(2026, 2, 1)),
        ("MM/DD/YYYY", "02/01/2026", date(2026, 2, 1)),
        ("YYYYMMDD", "20260201", date(2026, 2, 1)),
        ("DD.MM.YY", "01.02.26", date(2026, 2, 1)),
        ("YYYY-MM-DD hh:mm:ss", "2026-02-01 23:59:59", date(2026, 2, 1)),
    ],
)
def test_dates(pattern, text, day):
    assert values.day(pattern)(text) == day


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("31.02.2026", "not_a_date"),
        ("29.02.2025", "not_a_date"),
        ("2026-02-01", "not_a_date"),
        ("01.13.2026", "not_a_date"),
        ("1.2.26", "not_a_date"),
        ("yesterday", "not_a_date"),
        ("01.01.0026", "date_out_of_range"),
    ],
)
def test_texts_that_are_no_date(text, reason):
    with pytest.raises(Bad) as bad:
        values.day("DD.MM.YYYY")(text)
    assert bad.value.reason == reason


@pytest.mark.parametrize("pattern", ["YYYY", "MM.YYYY", "DD.DD.YYYY", "%Y-%m-%d", "YYYY-MM-DD-YY", ""])
def test_patterns_that_name_no_whole_date(pattern):
    with pytest.raises(ValueError, match="names no whole date"):
        values.strptime_format(pattern)


def test_currencies_are_of_iso_4217():
    assert values.currency("eur") == "EUR"
    with pytest.raises(Bad):
        values.currency("EURO")


def test_yes_and_no():
    assert [values.boolean_text(text) for text in ("Yes", "1", "FALSE", "n")] == [
        "true",
        "true",
        "false",
        "false",
    ]
    with pytest.raises(Bad):
        values.boolean_text("perhaps")


@pytest.mark.parametrize("text", ["a@b", "a b@c.de", "@c.de", "a@c.de>", "x" * 250 + "@c.de"])
def test_texts_that_are_no_address(text):
    with pytest.raises(Bad):
        values.email(text)
