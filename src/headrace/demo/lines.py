"""One invoice line of the demo, its price, and the numbers of invoices."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from itertools import accumulate
from random import Random
from typing import Generic, NamedTuple, TypeVar

T = TypeVar("T")

DIRECT = "direct"  # the source of what the brand invoices itself


class Line(NamedTuple):
    """One invoice line; amounts in cents of EUR.

    A return has negative figures and names the line it takes back.
    """

    source: str
    order: str
    position: int
    on: date
    partner: str
    person: str
    customer: str
    product: str
    quantity: int
    net_cents: int
    list_cents: int
    flow: str
    returns: str = ""

    @property
    def id(self) -> str:
        return f"{self.order}-{self.position}"


def net_unit_cents(list_cents: int, discount_permille: int) -> int:
    """The price of one piece after discount: whole cents, so any part of a line has an exact amount."""
    return (list_cents * (1000 - discount_permille) + 500) // 1000


class Numbers:
    """Running invoice numbers of each source and year; credit notes are a series of their own."""

    def __init__(self) -> None:
        self.last: Counter[tuple[str, str, int]] = Counter()

    def next(self, source: str, on: date, series: str = "") -> str:
        self.last[source, series, on.year] += 1
        return f"{source}-{series}{on:%y}{self.last[source, series, on.year]:05}"


class Draw(Generic[T]):
    """Picks from values by whole-number weights."""

    def __init__(self, values: Sequence[T], weights: Iterable[int]) -> None:
        self.values, self.sums = values, list(accumulate(weights))

    @property
    def total(self) -> int:
        return self.sums[-1] if self.sums else 0

    def pick(self, random: Random) -> T:
        return self.values[bisect_right(self.sums, random.randrange(self.total))]
