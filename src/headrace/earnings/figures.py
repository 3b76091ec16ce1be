"""Exact figures of a receipt, written in the reader's language."""

from decimal import Decimal
from fractions import Fraction

from headrace.base import formats

DECIMALS_SHOWN_MAX = 6


def exact(text: str) -> Fraction:
    """A figure of a receipt: a decimal or n/d."""
    return Fraction(text)


def number(value: Fraction) -> str:
    """A figure in the reader's language; one that never ends is cut after a few decimals and marked so."""
    shown, is_whole = decimal(value)
    return formats.number(shown) if is_whole else f"≈ {formats.number(shown)}"


def percent(value: Fraction) -> str:
    """A share, 1/40 as 2.5%; cut like a number."""
    shown, is_whole = decimal(value)
    return formats.percent(shown) if is_whole else f"≈ {formats.percent(shown)}"


def amount(value: Fraction, unit: str) -> str:
    """An exact amount before rounding, with all its decimals."""
    shown, is_whole = decimal(value)
    text = formats.amount(shown, unit)
    return text if is_whole else f"≈ {text}"


def decimal(value: Fraction) -> tuple[Decimal, bool]:
    """A figure cut after a few decimals, and whether that is all of it."""
    scale = 10**DECIMALS_SHOWN_MAX
    cut = value.numerator * scale // value.denominator
    return Decimal(cut).scaleb(-DECIMALS_SHOWN_MAX), cut * value.denominator == value.numerator * scale
