"""A scale by an attribute."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from headrace.engine.expressions import Field, Node
from headrace.engine.scales.bands import Pay
from headrace.engine.scales.steps import Step, amount_step, rate_step, unit_step


@dataclass(frozen=True, slots=True)
class Lookup:
    """What the value of `by` pays; `otherwise` where the value is not listed or not known.

    Values are texts; a yes/no attribute is listed as "true" and "false".
    """

    by: Field
    values: Mapping[str, Pay]
    otherwise: Pay | None = None
    on: Node | None = None

    def pay(self, parts: Mapping[str, tuple[Fraction, Fraction]]) -> tuple[Step, ...]:
        """`parts`: for each value of `by` in the group ("" where unknown), x and b of the facts that have it.

        Each part is paid what its value says: rate × its b, per_unit × its x, and its amount once.
        """
        steps: list[Step] = []
        for value, (x, b) in sorted(parts.items()):
            pay = self.values.get(value, self.otherwise) if value else self.otherwise
            if pay is None:
                continue
            label = {"value": value}
            if pay.rate is not None:
                steps.append(rate_step("flat", pay.rate, b, label))
            if pay.per_unit is not None:
                steps.append(unit_step(pay.per_unit, x, label))
            if pay.amount is not None:
                steps.append(amount_step(pay.amount, label))
        return tuple(steps)
