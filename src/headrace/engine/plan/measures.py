"""Measures over groups of admitted facts, and what each fact weighs in them."""

from dataclasses import dataclass, field
from typing import NoReturn

from headrace.engine import money, sql
from headrace.engine.expressions import (
    Aggregate,
    Arithmetic,
    Attainment,
    Certified,
    Field,
    Growth,
    Increase,
    Negative,
    Node,
    Number,
)
from headrace.engine.money import Exact
from headrace.engine.plan.values import Plain, UnsupportedError, Value, condition, mistake, number, value
from headrace.engine.programme import Multiplier
from headrace.engine.sql import Sql


@dataclass(frozen=True, slots=True)
class AdmittedScope:
    """Expressions over one admitted fact, whose columns were chosen under the names v0, v1, ..."""

    values: dict[Field, Value]
    path: str
    credit: Exact | None = None

    def field(self, field: Field) -> Value:
        return self.values[field]

    def aggregate(self, node: Aggregate) -> Exact:
        self._refuse(node.function)

    def growth(self, node: Growth) -> Exact:
        self._refuse("growth")

    def increase(self, node: Increase) -> Exact:
        self._refuse("increase")

    def attainment(self, node: Attainment) -> Exact:
        self._refuse("attainment")

    def _refuse(self, name: str) -> NoReturn:
        raise mistake(self, f"{name} is a measure of many facts", "a condition on one fact")

    def certified(self, node: Certified) -> Sql:
        raise UnsupportedError("certified")


@dataclass(slots=True)
class Measures:
    """The aggregates of a grouping, each computed once: `columns` name the aggregate calls."""

    scope: AdmittedScope
    prefix: str = "m"
    columns: dict[str, Sql] = field(default_factory=dict)
    found: dict[Aggregate, Exact] = field(default_factory=dict)

    def exact(self, node: Aggregate) -> Exact:
        if node not in self.found:
            self.found[node] = self._add(node)
        return self.found[node]

    def keep(self, call: Sql) -> Sql:
        """The column of an aggregate call."""
        name = f"{self.prefix}{len(self.columns)}"
        self.columns[name] = call
        return sql.wide_column(name)

    def _add(self, node: Aggregate) -> Exact:
        if node.function == "count_distinct" and node.argument is not None:
            return Exact(
                self.keep(sql.cast(sql.count_distinct(self._inside(node, self._plain(node))), sql.WIDE))
            )
        if node.function in ("min", "max"):
            found = self._argument(node)
            call = sql.smallest if node.function == "min" else sql.largest
            return Exact(self.keep(call(self._inside(node, sql.wide(found.whole)))), found.unit)
        summed = contribution(node, self.scope)
        top = self.sum_of(summed)
        if node.function != "avg":
            return top
        credited = contribution(Aggregate("count", node.argument, node.where), self.scope)
        count = self.keep(sql.positive(sql.total(credited.whole)))
        return Exact(top.whole, top.unit / credited.unit, (count,))

    def sum_of(self, contributed: Exact) -> Exact:
        return Exact(self.keep(sql.or_else(sql.total(contributed.whole), sql.whole(0))), contributed.unit)

    def _argument(self, node: Aggregate) -> Exact:
        assert node.argument is not None
        found = number(node.argument, self.scope)
        if found.divisors:
            raise UnsupportedError("a measure of quotients")
        return found

    def _plain(self, node: Aggregate) -> Sql:
        assert node.argument is not None
        found = value(node.argument, self.scope)
        return found.value if isinstance(found, Plain) else self._argument(node).whole

    def _inside(self, node: Aggregate, what: Sql) -> Sql:
        return what if node.where is None else sql.when(condition(node.where, self.scope), what)


def contribution(node: Node, scope: AdmittedScope) -> Exact:
    """What one fact brings to a measure: the weight by which an earning is shared out; unknown counts as none.

    Of a ratio it is its part of the numerator, of growth, increase and attainment its part of what is measured.
    Facts in a measure that can't be parted (min, max, count_distinct) weigh the same, those in avg likewise.
    """
    match node:
        case Aggregate():
            return _counted(node, scope)
        case Growth(measure=measure) | Increase(measure=measure) | Attainment(measure=measure):
            return contribution(measure, scope)
        case Negative(operand=operand):
            return money.negative(contribution(operand, scope))
        case Arithmetic(operator="+", left=left, right=right):
            return money.total([contribution(left, scope), contribution(right, scope)])
        case Arithmetic(operator="-", left=left, right=right):
            return money.subtract(contribution(left, scope), contribution(right, scope))
        case (
            Arithmetic(operator="*", left=Number(value=factor), right=measure)
            | Arithmetic(operator="*", left=measure, right=Number(value=factor))
        ):
            return money.multiply(contribution(measure, scope), money.number(factor))
        case Arithmetic(left=measure):
            return contribution(measure, scope)
    return money.number(0)


def _counted(node: Aggregate, scope: AdmittedScope) -> Exact:
    """The argument of a sum, else one, of a fact that the measure takes in; times what it is credited."""
    if node.function in ("sum", "avg") and node.argument is not None:
        taken, known = number(node.argument, scope), None
        if taken.divisors:
            raise UnsupportedError("a measure of quotients")
    else:
        taken = money.number(1)
        known = None if node.argument is None else _known(node.argument, scope)
    if scope.credit is not None:
        taken = money.multiply(taken, scope.credit)
    tests = [
        *([] if node.where is None else [condition(node.where, scope)]),
        *([] if known is None else [known]),
    ]
    whole = sql.when(sql.both(tests), taken.whole, sql.whole(0)) if tests else taken.whole
    return Exact(sql.or_else(whole, sql.whole(0)) if known is None else whole, taken.unit)


def _known(argument: Node, scope: AdmittedScope) -> Sql:
    found = value(argument, scope)
    return sql.is_known(found.value if isinstance(found, Plain) else found.whole)


def factor(multipliers: tuple[Multiplier, ...], highest_only: bool, scope: AdmittedScope) -> Exact:
    """What one fact is multiplied by: the factors that hold multiplied, or only the highest; 1 where none holds."""
    one = money.number(1)
    if highest_only:
        result = one
        for multiplier in sorted(multipliers, key=lambda m: m.by):
            result = money.choose(_applies(multiplier, scope), money.number(multiplier.by), result)
        return result
    result = one
    for multiplier in multipliers:
        chosen = money.choose(_applies(multiplier, scope), money.number(multiplier.by), one)
        result = money.multiply(result, chosen)
    return result


def _applies(multiplier: Multiplier, scope: AdmittedScope) -> Sql:
    return sql.truth(True) if multiplier.where is None else condition(multiplier.where, scope)
