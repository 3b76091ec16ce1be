"""Steps of one group: the scale, and what changes an earning before it is rounded."""

from fractions import Fraction

from sqlglot import exp

from headrace.engine import money, sql
from headrace.engine.expressions import Growth
from headrace.engine.money import Exact
from headrace.engine.plan import modes
from headrace.engine.plan.layers import Layers, column_of
from headrace.engine.plan.layout import NumberColumn, StepLayout
from headrace.engine.plan.terms import Compared
from headrace.engine.programme import Fixed, Rule
from headrace.engine.sql import Sql


class Steps:
    """The steps of a rule as columns s0, s1, ... of its groups, in the order of application."""

    def __init__(self, layers: Layers, rule: Rule) -> None:
        self.layers, self.rule = layers, rule
        self.layouts: list[StepLayout] = []

    def add(self, draft: modes.Draft, where: Sql) -> Exact:
        """Keeps a step's amount and figures; unknown where the step does not apply."""
        name = f"s{len(self.layouts)}"
        applies = sql.both([where, draft.applies])
        whole = sql.when(applies, draft.amount.whole)
        amount = self.layers.keep_exact(name, Exact(whole, draft.amount.unit, draft.amount.divisors))
        label: dict[str, NumberColumn | Fraction | str] = {}
        for key, figure in draft.label.items():
            label[key] = self._figure(f"{name}_{key}", figure) if isinstance(figure, Exact) else figure
        self.layouts.append(StepLayout(draft.kind, column_of(amount), label))
        return amount

    def _figure(self, name: str, figure: Exact) -> NumberColumn:
        is_there = all(isinstance(part, exp.Column) for part in (figure.whole, *figure.divisors))
        return column_of(figure if is_there else self.layers.keep_exact(name, figure))

    def change(self, earned: Exact, draft: modes.Draft, applies: Sql) -> Exact:
        """Adds a step to what was earned so far; the sum of both."""
        by = self.add(draft, applies)
        self.layers.close()
        result = self.layers.keep_exact(f"after{len(self.layouts)}", money.total([earned, or_nothing(by)]))
        self.layers.close()
        return result

    # The scale

    def scale(self, x: Exact, b: Exact, compared: Compared, lookups: dict[str, modes.Part]) -> Exact:
        """The sum of the steps of the scale, where the group is paid; else of what is paid without a baseline."""
        baseline = None
        if isinstance(self.rule.x, Growth):
            baseline = without_unknown(compared.values[self.rule.x])
        same = self.rule.x == self.rule.b and not self.rule.deduct and self.rule.every.kind != "rolling"
        terms = modes.Terms(x, b, same, baseline, lookups)
        amounts = [self.add(draft, sql.column("paid")) for draft in modes.steps_of(self.rule.scale, terms)]
        amounts += [self.add(draft, sql.column("unmeasured")) for draft in self._without_baseline(b)]
        self.layers.close()
        earned = self.layers.keep_exact("scaled", money.total([or_nothing(amount) for amount in amounts]))
        self.layers.close()
        return self._clamped(self._mirrored(earned)) if self.rule.negative else self._clamped(earned)

    def _without_baseline(self, b: Exact) -> list[modes.Draft]:
        if self.rule.without_baseline is None:
            return []
        if isinstance(self.rule.without_baseline, Fixed):
            return [modes.Draft("fixed", money.number(self.rule.without_baseline.amount))]
        return modes.lowest(self.rule.scale, b)

    def _mirrored(self, earned: Exact) -> Exact:
        is_mirrored = sql.both([sql.column("paid"), sql.less(sql.column("sign"), sql.whole(0))])
        return self.change(
            earned, modes.Draft("mirror", money.multiply(earned, money.number(-2))), is_mirrored
        )

    def _clamped(self, earned: Exact) -> Exact:
        """Less than nothing is nothing, unless the rule lets it be."""
        if self.rule.negative or not modes.may_fall(self.rule.scale):
            return earned
        is_less = sql.less(earned.whole, sql.whole(0))
        return self.change(earned, modes.Draft("clamp", money.negative(earned)), is_less)

    # What follows

    def multiply(self, earned: Exact, factor: Exact) -> Exact:
        """E × Σ(w·k) ÷ Σw; where the weights don't add up to more than nothing, each fact weighs the same."""
        weights, weighed = sql.wide_column("weights"), sql.wide_column("weighed")
        if self.rule.negative:
            weights = sql.multiply(sql.column("sign"), weights)
            weighed = sql.multiply(sql.column("sign"), weighed)
        alike = sql.at_most(weights, sql.whole(0))
        keep = self.layers.keep
        bottom = keep("weights_used", sql.when(alike, sql.wide_column("count"), weights), wide=True)
        top = keep("weighed_used", sql.when(alike, sql.wide_column("factors"), weighed), wide=True)
        self.layers.close()
        mean = Exact(top, factor.unit, (bottom,))
        by = money.multiply(earned, money.subtract(mean, money.number(1)))
        is_there = sql.negate(sql.equal(earned.whole, sql.whole(0)))
        return self._clamped(self.change(earned, modes.Draft("multiply", by, {"by": mean}), is_there))

    def at_least(self, earned: Exact, before: Exact) -> Exact:
        """The floor, less what the recipient was paid before in its period; in the last group alone."""
        assert self.rule.floor is not None
        floor = money.number(self.rule.floor.amount)
        least = money.subtract(floor, before)
        is_less = sql.both([sql.column("floored"), money.compare(exp.LT, earned, least)])
        label: modes.Label = {"least": Fraction(self.rule.floor.amount), "paid": before}
        return self.change(earned, modes.Draft("floor", money.subtract(least, earned), label), is_less)

    def round_off(self, earned: Exact, digits: int, name: str) -> Sql:
        """The one rounding, to minor units; `down_to` and the like are its parts."""
        top, bottom = money.in_minor(earned, digits)
        keep, close = self.layers.keep, self.layers.close
        top = keep(f"{name}_top", sql.wide(top), wide=True)
        bottom = keep(f"{name}_bottom", sql.wide(bottom), wide=True)
        close()
        quotient = keep(f"{name}_quotient", sql.divide_down(sql.absolute(top), bottom), wide=True)
        close()
        result = keep(name, money.rounded(top, quotient, bottom, self.rule.rounding), wide=True)
        close()
        return result


def without_unknown(value: Exact, sign: Sql | None = None) -> Exact:
    """The value with 0 for unknown, so that one unknown figure can't make a whole sum unknown."""
    whole = sql.or_else(value.whole, sql.whole(0))
    if sign is not None:
        whole = sql.multiply(sign, whole)
    return Exact(whole, value.unit, tuple(sql.or_else(divisor, sql.whole(1)) for divisor in value.divisors))


def or_nothing(value: Exact) -> Exact:
    return Exact(sql.wide(sql.or_else(value.whole, sql.whole(0))), value.unit, value.divisors)
