"""What a band pays, and the ladder of bands that six modes share."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from headrace.engine.expressions import Node
from headrace.engine.scales.steps import Figure, Step, amount_step, rate_step


@dataclass(frozen=True, slots=True)
class Pay:
    """Any of: a share of the base, a sum for each unit of x, a fixed sum."""

    rate: Decimal | None = None
    per_unit: Decimal | None = None
    amount: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Band:
    """A step of a scale, reached at exactly `bound` if inclusive (`from`), only past it if not (`above`)."""

    bound: Decimal
    inclusive: bool = True
    rate: Decimal | None = None
    per_unit: Decimal | None = None
    amount: Decimal | None = None

    def is_reached(self, x: Fraction) -> bool:
        """Whether x is at the bound (`from`) or past it."""
        bound = Fraction(self.bound)
        return x >= bound if self.inclusive else x > bound

    @property
    def label(self) -> Mapping[str, Figure]:
        """How a step names this band."""
        return {"from" if self.inclusive else "above": Fraction(self.bound)}


@dataclass(frozen=True, slots=True)
class Banded:
    """A scale of bands over x; `on` is x, or None where it is the rule's base."""

    on: Node | None
    bands: tuple[Band, ...]

    def reached(self, x: Fraction) -> Iterator[tuple[Band, Fraction | None]]:
        """The bands that x reaches, lowest first, each with its ceiling (the next bound; None at the top)."""
        ceilings = [Fraction(band.bound) for band in self.bands[1:]]
        for band, ceiling in zip(self.bands, [*ceilings, None], strict=True):
            if band.is_reached(x):
                yield band, ceiling

    def highest(self, x: Fraction) -> Band | None:
        """The highest band that x reaches, None below the first."""
        return next((band for band in reversed(self.bands) if band.is_reached(x)), None)

    def pay_lowest(self, b: Fraction) -> tuple[Step, ...]:
        """What `without_baseline: pays_lowest_band` gives: the first band's rate on all of b, its amount."""
        band = self.bands[0]
        steps = [] if band.rate is None else [rate_step("band", band.rate, b, band.label)]
        return (*steps, *([] if band.amount is None else [amount_step(band.amount, band.label)]))
