"""A sum for each whole pack."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from headrace.engine.expressions import Node
from headrace.engine.scales.steps import Step


@dataclass(frozen=True, slots=True)
class Package:
    """`amount` × the number of whole packs of `size` in x − `free`; `round_up` counts a begun pack."""

    on: Node | None
    size: Decimal
    free: Decimal
    amount: Decimal
    round_up: bool = False

    def pay(self, x: Fraction, b: Fraction) -> tuple[Step, ...]:
        """amount × ⌊(x − free) ÷ size⌋, or ⌈ ⌉ with `round: up`; never less than no pack. b plays no part."""
        filled = max(x - Fraction(self.free), Fraction(0)) / Fraction(self.size)
        packs = -(-filled // 1) if self.round_up else filled // 1
        label = {"packs": Fraction(packs), "size": Fraction(self.size), "free": Fraction(self.free)}
        return (Step("packs", Fraction(self.amount) * packs, {**label, "each": Fraction(self.amount)}),)
