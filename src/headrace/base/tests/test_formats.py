"""Amounts, numbers and dates in five languages, written with Latin digits everywhere."""

import unicodedata
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.utils.translation import override

from headrace.base import formats

LANGUAGES = ("en", "de", "it", "ms", "ar")
WRITTEN: list[Callable[[], str]] = [
    lambda: formats.money(-1_846_250, "SAR"),
    lambda: formats.money(1_846_250, "KWD"),
    lambda: formats.money(1_200_000, "points"),
    lambda: formats.short_money(124_000_000, "EUR"),
    lambda: formats.number(Decimal("-1234567.8901")),
    lambda: formats.percent(Decimal("0.0125")),
    lambda: formats.day(date(2026, 11, 2)),
    lambda: formats.long_day(date(2026, 11, 2)),
    lambda: formats.month(date(2026, 11, 2)),
    lambda: formats.moment(datetime(2026, 11, 2, 16, 5, tzinfo=UTC)),
]


@pytest.mark.parametrize(
    ("language", "written"),
    [
        ("en", "€18,462.50"),
        ("de", "18.462,50\u00a0€"),
        ("it", "18.462,50\u00a0€"),
        ("ms", "€18,462.50"),
        ("ar", "\u200f18,462.50\u00a0€"),
    ],
)
def test_money_follows_the_language(language: str, written: str) -> None:
    with override(language):
        assert formats.money(1_846_250, "EUR") == written


@pytest.mark.parametrize(
    ("amount_minor", "unit", "written"),
    [
        (-29_800, "EUR", "-€298.00"),
        (100_000, "JPY", "JP¥100,000"),
        (1_234_567, "KWD", "KWD1,234.567"),
        (0, "EUR", "€0.00"),
        (1200, "points", "1,200\u00a0points"),
    ],
)
def test_money_has_the_digits_of_its_unit(amount_minor: int, unit: str, written: str) -> None:
    with override("en"):
        assert formats.money(amount_minor, unit) == written


def test_an_amount_keeps_every_decimal_it_has() -> None:
    with override("en"):
        assert formats.amount(formats.from_e4(123_456), "EUR") == "€12.3456"
        assert formats.amount(formats.from_e4(1_000_000), "EUR") == "€100.00"
        assert formats.amount(Decimal("77548570.2000"), "EUR") == "€77,548,570.20"


def test_a_great_amount_is_exact() -> None:
    with override("en"):
        assert formats.money(9_007_199_254_740_993_01, "EUR") == "€9,007,199,254,740,993.01"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("write", WRITTEN)
def test_digits_are_latin_in_every_language(language: str, write: Callable[[], str]) -> None:
    with override(language):
        text = write()
    digits = [character for character in text if unicodedata.category(character) == "Nd"]
    assert digits
    assert all(character in "0123456789" for character in digits)
    assert not set(text) & set("٫٬٪")


def test_an_arabic_minus_stays_before_its_digits() -> None:
    with override("ar"):
        assert formats.money(-29_800, "EUR") == "\u200f\u200e-298.00\u00a0€"


@pytest.mark.parametrize(
    ("ratio", "decimals_max", "written"),
    [("0.02", None, "2%"), ("0.012345", None, "1.2345%"), ("0.84416", 0, "84%"), ("0.84416", 1, "84.4%")],
)
def test_a_percentage_is_exact_unless_asked_to_round(
    ratio: str, decimals_max: int | None, written: str
) -> None:
    with override("en"):
        assert formats.percent(Decimal(ratio), decimals_max) == written


@pytest.mark.parametrize(
    ("language", "written"), [("en", "€12.4K"), ("de", "12.400\u00a0€"), ("ms", "€12.4K")]
)
def test_a_scale_is_short_where_the_language_has_a_short_form(language: str, written: str) -> None:
    with override(language):
        assert formats.short_money(1_240_000, "EUR") == written


@pytest.mark.parametrize(
    ("language", "written"),
    [("en", "2 Nov 2026"), ("de", "2. Nov. 2026"), ("it", "2 nov 2026"), ("ar", "2 نوفمبر 2026")],
)
def test_a_day_follows_the_language(language: str, written: str) -> None:
    with override(language):
        assert formats.day(date(2026, 11, 2)) == written


@pytest.mark.parametrize(("value", "written"), [("24.84", "24,8"), ("3.0", "3"), ("1234.56", "1.234,6")])
def test_an_average_is_rounded_for_reading(value: str, written: str) -> None:
    with override("de"):
        assert formats.rounded(Decimal(value), 1) == written
