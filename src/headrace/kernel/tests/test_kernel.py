"""Currencies and periods."""

from datetime import date

import pytest

from headrace.kernel.currency import CODES, digits, is_currency
from headrace.kernel.period import Period


def test_currencies_have_the_decimals_of_iso_4217() -> None:
    assert [digits(code) for code in ("EUR", "USD", "MYR", "JPY", "KWD", "CLF")] == [2, 2, 2, 0, 3, 4]
    assert len(CODES) > 150


@pytest.mark.parametrize("code", ["", "eur", "EURO", "XAU", "XXX", "ZZZ"])
def test_what_is_no_currency_or_has_no_minor_unit_is_refused(code: str) -> None:
    assert not is_currency(code)
    with pytest.raises(KeyError):
        digits(code)


def test_a_period_holds_both_of_its_ends() -> None:
    period = Period(date(2026, 1, 1), date(2026, 1, 31))
    assert date(2026, 1, 1) in period
    assert date(2026, 1, 31) in period
    assert date(2026, 2, 1) not in period


def test_a_period_does_not_end_before_it_starts() -> None:
    with pytest.raises(ValueError, match="2026-01-02 to 2026-01-01"):
        Period(date(2026, 1, 2), date(2026, 1, 1))
