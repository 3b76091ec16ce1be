"""Rounding and sharing out, on exact fractions: the only two places where a cent is decided."""

from collections.abc import Sequence
from fractions import Fraction

from headrace.engine.programme import Rounding

HALF = Fraction(1, 2)


def to_minor(amount: Fraction, digits: int, rounding: Rounding) -> int:
    """An amount in whole minor units (cents for 2 digits): the one rounding of an earning.

    half_up takes a tie away from zero, half_even to the even neighbour; down drops what is beyond the unit.
    Negative amounts are rounded as the mirror image of positive ones.
    """
    exact = abs(amount) * Fraction(10**digits)
    whole = exact // 1
    rest = exact - whole
    up = rounding != "down" and (rest > HALF or (rest == HALF and (rounding == "half_up" or whole % 2 == 1)))
    minor = whole + 1 if up else whole
    return minor if amount >= 0 else -minor


def to_major(minor: int, digits: int) -> Fraction:
    """Whole minor units as an amount."""
    return Fraction(minor, 10**digits)


def apportion(total: int, weights: Sequence[Fraction]) -> list[int]:
    """`total` parted in proportion to `weights`, by largest remainder; ties go to the earlier weight.

    The parts are whole and add up to `total`. The weights' sum must be positive; single ones may be negative.
    A negative total is parted as the mirror image of a positive one.
    """
    if total < 0:
        return [-part for part in apportion(-total, weights)]
    whole_weight = sum(weights, Fraction(0))
    if whole_weight <= 0:
        raise ValueError("Weights to share an amount by must add up to more than zero")
    exact = [total * weight / whole_weight for weight in weights]
    parts = [part // 1 for part in exact]
    order = sorted(range(len(exact)), key=lambda n: (parts[n] - exact[n], n))
    for n in order[: total - sum(parts)]:
        parts[n] += 1
    return parts
