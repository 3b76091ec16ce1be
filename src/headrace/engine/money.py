"""The only arithmetic on amounts: exact numbers inside SQL, the one rounding, and the sharing out.

An exact number is a whole number of the database, times a unit known when the plan is made, divided by whole
numbers of the database that are always positive. Sums of cents are whole numbers of the unit 1/100; a rate only
changes the unit; growth has its baseline as divisor. So nothing is divided until the one rounding, and comparing
multiplies crosswise. What does not fit 128 bits raises in the database (or `sql.TooWideError` here), never wraps.
Of facts there are many: where the plan knows that a number of one fact fits 64 bits, it stays that narrow.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from math import gcd

from sqlglot import exp

from headrace.engine import sql
from headrace.engine.programme import Rounding
from headrace.engine.sql import Sql

# No narrow number is larger: half of what 64 bits hold.
NARROW_MAX = 2**62 - 1


@dataclass(frozen=True, slots=True)
class Exact:
    """`whole` × `unit` ÷ the product of `divisors`. The unit is positive, the divisors are known to be.

    A `size` says that the whole has 64 bits, and what it never passes in either direction, at most NARROW_MAX.
    """

    whole: Sql
    unit: Fraction = Fraction(1)
    divisors: tuple[Sql, ...] = ()
    size: int | None = None

    def divisor(self) -> Sql:
        return _product(self.divisors)


def number(value: Decimal | Fraction | int) -> Exact:
    """A constant."""
    exact = Fraction(value)
    if exact == 0:
        return Exact(sql.whole(0))
    return Exact(sql.whole(1 if exact > 0 else -1), abs(exact))


def _product(factors: Sequence[Sql]) -> Sql:
    result: Sql = sql.whole(1)
    for position, factor in enumerate(factors):
        result = factor.copy() if position == 0 else sql.multiply(result, factor)
    return result


def _times(value: Sql, factor: int) -> Sql:
    """A literal is multiplied here and now, so that comparing to a column leaves the column alone."""
    if factor == 1:
        return value
    literal = _literal(value)
    if literal is not None:
        return sql.whole(literal * factor)
    return sql.multiply(_wide(value), sql.whole(factor))


def _multiple(value: Exact, factor: int) -> Exact:
    """The whole so many times as large, narrow where that fits."""
    if factor == 1:
        return value
    size = None if value.size is None else _narrow_size(value.size * abs(factor))
    if size is None:
        return replace(value, whole=_times(value.whole, factor), size=None)
    return replace(value, whole=sql.multiply(value.whole, sql.whole(factor)), size=size)


def _narrow_size(size: int) -> int | None:
    return size if size <= NARROW_MAX else None


def narrow(value: Exact) -> Exact:
    """The same number; a literal as a column would hold it, since databases take small ones for 32 bits."""
    literal = _literal(value.whole)
    if literal is None or _narrow_size(abs(literal)) is None:
        return value
    return replace(value, whole=sql.cast(value.whole, sql.NARROW), size=abs(literal))


def _literal(value: Sql) -> int | None:
    inner = value.unnest()
    try:
        return int(inner.to_py()) if inner.is_int else None
    except ValueError:
        return None


def _wide(value: Sql) -> Sql:
    return value if _literal(value) is not None else sql.wide(value)


def multiply(left: Exact, right: Exact) -> Exact:
    left, right = _cancelled(left, right)
    right, left = _cancelled(right, left)
    unit, divisors = left.unit * right.unit, left.divisors + right.divisors
    for one, other in ((left, right), (right, left)):
        literal = _literal(one.whole)
        if literal is not None:
            return _scaled(other, literal, unit, divisors)
    size = None if left.size is None or right.size is None else _narrow_size(left.size * right.size)
    if size is not None:
        return Exact(sql.multiply(left.whole, right.whole), unit, divisors, size)
    return Exact(sql.multiply(_wide(left.whole), _wide(right.whole)), unit, divisors)


def _cancelled(factor: Exact, quotient: Exact) -> tuple[Exact, Exact]:
    """Growth times its baseline is the measure: a whole that the other is divided by needs no multiplying."""
    if factor.whole not in quotient.divisors:
        return factor, quotient
    divisors = list(quotient.divisors)
    divisors.remove(factor.whole)
    return Exact(sql.whole(1), factor.unit, factor.divisors), replace(quotient, divisors=tuple(divisors))


def _scaled(value: Exact, factor: int, unit: Fraction, divisors: tuple[Sql, ...]) -> Exact:
    """A constant factor goes into the unit: the plan multiplies, not the database."""
    if factor == 0:
        # Unknown times nothing stays unknown.
        return replace(_multiple(value, 0), unit=Fraction(1), divisors=divisors)
    signed = value if factor > 0 else _multiple(value, -1)
    return replace(signed, unit=unit * abs(factor), divisors=divisors)


def divide(left: Exact, right: Exact) -> Exact:
    """left ÷ right; unknown where right is zero."""
    literal = _literal(right.whole)
    if literal is not None and not right.divisors:
        inverse = number(1 / (right.unit * literal)) if literal else Exact(sql.unknown())
        return multiply(left, inverse)
    size = sql.absolute(right.whole)
    divisor = sql.when(sql.more(size, sql.whole(0)), sql.cast(size, sql.WIDE))
    top = multiply(left, Exact(sql.when(sql.less(right.whole, sql.whole(0)), sql.whole(-1), sql.whole(1))))
    for factor in right.divisors:
        top = multiply(top, Exact(factor))
    return Exact(top.whole, top.unit / right.unit, (*top.divisors, divisor))


def divide_by_positive(left: Exact, right: Exact) -> Exact:
    """left ÷ right, which is above zero or unknown."""
    top = left
    for factor in right.divisors:
        top = multiply(top, Exact(factor))
    return Exact(top.whole, top.unit / right.unit, (*top.divisors, right.whole))


def negative(value: Exact) -> Exact:
    return _multiple(value, -1)


def aligned(values: Sequence[Exact]) -> list[Exact]:
    """The values in one unit over one divisor. Divisors that are the same column are shared."""
    unit = common_unit([value.unit for value in values if _literal(value.whole) != 0])
    divisors: list[Sql] = []
    for value in values:
        for divisor in _missing(value.divisors, divisors):
            divisors.append(divisor)
    return [_over(value, unit, tuple(divisors)) for value in values]


def _over(value: Exact, unit: Fraction, divisors: tuple[Sql, ...]) -> Exact:
    if _literal(value.whole) == 0:
        return Exact(value.whole, unit, divisors)
    result = _multiple(value, int(value.unit / unit))
    for divisor in _missing(divisors, value.divisors):
        result = Exact(sql.multiply(_wide(result.whole), divisor))
    return replace(result, unit=unit, divisors=divisors)


def _missing(wanted: Sequence[Sql], there: Sequence[Sql]) -> list[Sql]:
    """Those wanted that are not there, as many times as they lack."""
    left = list(there)
    result = []
    for one in wanted:
        if one in left:
            left.remove(one)
        else:
            result.append(one)
    return result


def common_unit(units: Iterable[Fraction]) -> Fraction:
    """The largest unit of which all are whole multiples."""
    result: Fraction | None = None
    for unit in units:
        result = unit if result is None else _shared_unit(result, unit)
    return result or Fraction(1)


def _shared_unit(left: Fraction, right: Fraction) -> Fraction:
    top = gcd(left.numerator * right.denominator, right.numerator * left.denominator)
    return Fraction(top, left.denominator * right.denominator)


def total(values: Sequence[Exact]) -> Exact:
    """Their sum; 0 of none."""
    if not values:
        return number(0)
    result, *others = aligned(values)
    for other in others:
        result = _joined(sql.add, result, other)
    return result


def subtract(left: Exact, right: Exact) -> Exact:
    return _joined(sql.subtract, *aligned([left, right]))


def _joined(join: Callable[[Sql, Sql], Sql], left: Exact, right: Exact) -> Exact:
    """The sum or difference of two numbers in one unit over one divisor."""
    one, other = narrow(left), narrow(right)
    size = None if one.size is None or other.size is None else _narrow_size(one.size + other.size)
    if size is None:
        return replace(left, whole=join(_wide(left.whole), _wide(right.whole)), size=None)
    return replace(left, whole=join(one.whole, other.whole), size=size)


def compare(kind: type[exp.Binary], left: Exact, right: Exact) -> Sql:
    left, right = aligned([left, right])
    return sql.binary(kind, left.whole, right.whole)


def smaller(left: Exact, right: Exact) -> Exact:
    """Not LEAST: several dialects round its operands to a common scale, or skip what is unknown."""
    return choose(compare(exp.LTE, left, right), left, right)


def larger(left: Exact, right: Exact) -> Exact:
    return choose(compare(exp.GTE, left, right), left, right)


def choose(condition: Sql, then: Exact, otherwise: Exact) -> Exact:
    then, otherwise = aligned([then, otherwise])
    one, other = narrow(then), narrow(otherwise)
    if one.size is None or other.size is None:
        return replace(then, whole=sql.when(condition, _wide(then.whole), _wide(otherwise.whole)), size=None)
    return replace(then, whole=sql.when(condition, one.whole, other.whole), size=max(one.size, other.size))


def whole_part(value: Exact, up: bool = False) -> Exact:
    """A value that is not negative, rounded down or up to a whole number."""
    top, bottom = in_minor(value, 0)
    if up:
        top = sql.add(top, sql.subtract(bottom, sql.whole(1)))
    return Exact(sql.divide_down(top, bottom))


def decimal_text(value: Exact) -> Sql:
    """A number as a plain decimal, `-0.25`, without zeros at its end."""
    digits = 0
    while 10**digits % value.unit.denominator:
        digits += 1
    whole = sql.wide(_times(value.whole, value.unit.numerator * 10**digits // value.unit.denominator))
    one = sql.whole(10**digits)
    size = sql.absolute(whole)
    before = sql.cast(sql.divide_down(size, one), sql.TEXT)
    after = sql.decimals_text(sql.remainder(size, one), digits)
    sign = sql.when(sql.less(whole, sql.whole(0)), sql.text("-"), sql.text(""))
    return sql.joined_text([sign, before, after] if digits else [sign, before])


def quotient_down(top: Sql, bottom: Sql) -> Sql:
    """top ÷ bottom rounded down, of any sign of top; bottom is above zero."""
    last = sql.subtract(bottom, sql.whole(1))
    below = _times(sql.divide_down(sql.subtract(last, top), bottom), -1)
    return sql.when(sql.less(top, sql.whole(0)), below, sql.divide_down(top, bottom))


def in_minor(value: Exact, digits: int) -> tuple[Sql, Sql]:
    """Top and positive bottom of the value in minor units."""
    scale = value.unit * 10**digits
    bottom = _times(value.divisor(), scale.denominator)
    return _times(value.whole, scale.numerator), bottom


def rounded(top: Sql, quotient: Sql, bottom: Sql, mode: Rounding) -> Sql:
    """top ÷ bottom as a whole number, where quotient is |top| over bottom rounded down.

    half_up rounds ties away from zero, half_even to the even neighbour, down towards zero: all three give the
    mirror image for negative values.
    """
    rest = sql.subtract(sql.absolute(top), sql.multiply(quotient, bottom))
    size = quotient
    if mode != "down":
        size = sql.add(
            quotient, sql.when(_rounds_up(rest, quotient, bottom, mode), sql.whole(1), sql.whole(0))
        )
    return sql.when(sql.less(top, sql.whole(0)), _times(size, -1), size)


def _rounds_up(rest: Sql, quotient: Sql, bottom: Sql, mode: Rounding) -> Sql:
    # rest against bottom − rest, not twice the rest against bottom: the double could leave 128 bits.
    room = sql.subtract(bottom, rest)
    if mode == "half_up":
        return sql.at_least(rest, room)
    odd = sql.equal(sql.remainder(quotient, sql.whole(2)), sql.whole(1))
    return sql.either([sql.more(rest, room), sql.both([sql.equal(rest, room), odd])])
