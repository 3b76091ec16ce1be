"""What a band pays, and the ladder of bands that six modes share."""

from dataclasses import dataclass
from decimal import Decimal

from headrace.engine.expressions import Node


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


@dataclass(frozen=True, slots=True)
class Banded:
    """A scale of bands over x; `on` is x, or None where it is the rule's base."""

    on: Node | None
    bands: tuple[Band, ...]
