"""Currencies of ISO 4217 and the decimals of their minor units."""

from iso4217 import Currency

# Codes without a minor unit (gold, drawing rights, testing) are left out: no amount can be rounded to them.
_DIGITS: dict[str, int] = {c.code: int(c.exponent) for c in Currency if c.exponent is not None}

CODES = tuple(sorted(_DIGITS))


def is_currency(code: str) -> bool:
    """Whether `code` ("EUR") is a currency of ISO 4217 that has a minor unit."""
    return code in _DIGITS


def digits(code: str) -> int:
    """How many decimals the minor unit of a currency has: 2 for EUR, 0 for JPY, 3 for KWD.

    Raises KeyError for a code that is no currency.
    """
    return _DIGITS[code]
