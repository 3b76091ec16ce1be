"""A scale without bands."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from headrace.engine.expressions import Node
from headrace.engine.scales.steps import Step, amount_step, rate_step, unit_step


@dataclass(frozen=True, slots=True)
class Flat:
    """`rate` × b, `per_unit` × x, and `amount` once for each group."""

    rate: Decimal | None = None
    per_unit: Decimal | None = None
    amount: Decimal | None = None
    on: Node | None = None

    def pay(self, x: Fraction, b: Fraction) -> tuple[Step, ...]:
        """rate × b, per_unit × x and the amount."""
        steps: list[Step] = []
        if self.rate is not None:
            steps.append(rate_step("flat", self.rate, b, {}))
        if self.per_unit is not None:
            steps.append(unit_step(self.per_unit, x, {}))
        if self.amount is not None:
            steps.append(amount_step(self.amount, {}))
        return tuple(steps)
