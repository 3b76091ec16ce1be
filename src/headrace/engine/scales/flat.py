"""A scale without bands."""

from dataclasses import dataclass
from decimal import Decimal

from headrace.engine.expressions import Node


@dataclass(frozen=True, slots=True)
class Flat:
    """`rate` × b, `per_unit` × x, and `amount` once for each group."""

    rate: Decimal | None = None
    per_unit: Decimal | None = None
    amount: Decimal | None = None
    on: Node | None = None
