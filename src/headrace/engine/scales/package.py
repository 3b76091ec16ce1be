"""A sum for each whole pack."""

from dataclasses import dataclass
from decimal import Decimal

from headrace.engine.expressions import Node


@dataclass(frozen=True, slots=True)
class Package:
    """`amount` × the number of whole packs of `size` in x − `free`; `round_up` counts a begun pack."""

    on: Node | None
    size: Decimal
    free: Decimal
    amount: Decimal
    round_up: bool = False
