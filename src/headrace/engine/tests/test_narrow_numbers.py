"""Numbers of one fact have 64 bits where their sizes show that they fit, and 128 where not: the cents are the same."""

from decimal import Decimal
from fractions import Fraction

import pytest

from headrace.engine import money, sql
from headrace.engine.expressions import parse
from headrace.engine.money import NARROW_MAX, Exact
from headrace.engine.programme import Multiplier
from headrace.engine.reference import calculate_reference
from headrace.engine.run import calculate
from headrace.engine.scales import Flat

from .tables_of import inputs_of
from .test_calculate import programme, rule, sale

SMALL = Exact(sql.column("small"), size=2**31 - 1)
LARGE = Exact(sql.column("large"), size=2**47 - 1)
UNKNOWN = Exact(sql.column("unknown"))


def is_narrow(value: Exact) -> bool:
    return value.size is not None and "INT128" not in value.whole.sql(dialect="duckdb")


def test_a_product_stays_narrow_while_it_fits() -> None:
    assert is_narrow(money.multiply(SMALL, SMALL))
    assert money.multiply(SMALL, SMALL).size == (2**31 - 1) ** 2
    for wide in (money.multiply(SMALL, LARGE), money.multiply(SMALL, UNKNOWN)):
        assert wide.size is None
        assert "INT128" in wide.whole.sql(dialect="duckdb")


def test_a_sum_stays_narrow_while_it_fits() -> None:
    most = Exact(sql.column("most"), size=NARROW_MAX)
    assert money.total([SMALL, LARGE]).size == 2**31 + 2**47 - 2
    assert money.total([most, most]).size is None
    assert "INT128" in money.subtract(most, SMALL).whole.sql(dialect="duckdb")


def test_a_unit_that_is_finer_counts() -> None:
    finer = Exact(sql.column("finer"), Fraction(1, 10**6), size=2**31 - 1)
    assert money.total([finer, SMALL]).size == (2**31 - 1) * (10**6 + 1)
    assert money.total([finer, LARGE]).size is None


def test_a_chosen_constant_has_64_bits() -> None:
    """Databases take a small literal for 32 bits, and raise where its product leaves them."""
    chosen = money.choose(sql.column("holds"), money.number(2), money.number(Decimal("1.5")))
    assert chosen.size == 4
    assert chosen.whole.sql(dialect="duckdb").count("BIGINT") == 2
    assert is_narrow(money.multiply(chosen, SMALL))


@pytest.mark.parametrize("amount", ["21474836.47", "21474836.48", "10000000000000.01", "-10000000000000.01"])
def test_a_factor_that_leads_past_64_bits_gives_the_same_cents(amount: str) -> None:
    """10¹⁵ cents fit 64 bits, 12,345 times as much does not."""
    factors = (Multiplier(parse('channel == "web"'), Decimal("1.2345")), Multiplier(None, Decimal(3)))
    of = programme(rule(Flat(rate=Decimal("0.1")), multipliers=factors, negative=True))
    inputs = inputs_of(
        sales=[{**sale("a", amount), "channel": "web"}, {**sale("b", "0.05"), "channel": "shop"}]
    )
    result = calculate(of, inputs)
    assert result.backend == "duckdb"
    expected = calculate_reference(of, inputs)
    assert result.earnings == expected.earnings
    assert result.shares == expected.shares
