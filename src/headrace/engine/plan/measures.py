"""Measures over groups of admitted facts, and what each fact weighs in them."""

from dataclasses import dataclass, field, replace

from headrace.engine import money, sql
from headrace.engine.expressions import (
    Aggregate,
    Arithmetic,
    Attainment,
    Growth,
    Increase,
    Negative,
    Node,
    Number,
)
from headrace.engine.money import Exact
from headrace.engine.plan.values import (
    Column,
    Measure,
    Plain,
    UnsupportedError,
    Value,
    as_text,
    condition,
    mistake,
    number,
    value,
)
from headrace.engine.programme import Multiplier
from headrace.engine.sql import Sql
from headrace.engine.writing import written


@dataclass(frozen=True, slots=True)
class AdmittedScope:
    """Expressions over one admitted fact, whose columns were chosen under the names v0, v1, ..."""

    values: dict[Column, Value]
    path: str
    credit: Exact | None = None

    def column(self, node: Column) -> Value:
        return self.values[node]

    def measure(self, node: Measure) -> Exact:
        raise mistake(self, f"{written(node)} is a measure of many facts", "a condition on one fact")


@dataclass(frozen=True, slots=True)
class Having:
    """Only the facts of which a column has this value as text; empty is unknown."""

    column: Column
    value: str


@dataclass(slots=True)
class Measures:
    """The aggregates of a grouping, each computed once: `columns` name the aggregate calls."""

    scope: AdmittedScope
    prefix: str = "m"
    columns: dict[str, Sql] = field(default_factory=dict)
    found: dict[tuple[Aggregate, Having | None], Exact] = field(default_factory=dict)

    def exact(self, node: Aggregate, having: Having | None = None) -> Exact:
        if (node, having) not in self.found:
            self.found[node, having] = self._add(node, having)
        return self.found[node, having]

    def keep(self, call: Sql) -> Sql:
        """The column of an aggregate call."""
        name = f"{self.prefix}{len(self.columns)}"
        self.columns[name] = call
        return sql.wide_column(name)

    def count_having(self, having: Having) -> Sql:
        """How many facts have the value."""
        one = sql.when(_has(having, self.scope), sql.whole(1), sql.whole(0))
        return self.keep(sql.or_else(sql.total(one), sql.whole(0)))

    def _add(self, node: Aggregate, having: Having | None) -> Exact:
        tests = [] if having is None else [_has(having, self.scope)]
        if node.function in ("sum", "count", "avg") or node.argument is None:
            return self._summed(node, tests)
        tests += [] if node.where is None else [condition(node.where, self.scope)]
        found = value(node.argument, self.scope)
        if node.function == "count_distinct":
            what = found.value if isinstance(found, Plain) else _undivided(found).whole
            return Exact(self.keep(sql.cast(sql.count_distinct(_if_all(tests, what)), sql.WIDE)))
        exact = _undivided(number(node.argument, self.scope))
        call = sql.smallest if node.function == "min" else sql.largest
        return Exact(self.keep(call(_if_all(tests, sql.wide(exact.whole)))), exact.unit)

    def _summed(self, node: Aggregate, tests: list[Sql]) -> Exact:
        brought = contribution(node, self.scope)
        summed = sql.or_else(sql.total(_if_all(tests, brought.whole)), sql.whole(0))
        top = Exact(self.keep(summed), brought.unit)
        if node.function != "avg":
            return top
        counted = contribution(replace(node, function="count"), self.scope)
        return money.divide_by_positive(
            top, Exact(self.keep(sql.positive(sql.total(_if_all(tests, counted.whole)))), counted.unit)
        )


def _has(having: Having, scope: AdmittedScope) -> Sql:
    return sql.equal(as_text(scope.column(having.column)), sql.text(having.value))


def _if_all(tests: list[Sql], what: Sql) -> Sql:
    return sql.when(sql.both(tests), what) if tests else what


def _undivided(found: Exact) -> Exact:
    if found.divisors:
        raise UnsupportedError("a measure of quotients")
    return found


def contribution(node: Node, scope: AdmittedScope) -> Exact:
    """What one fact brings to a measure: the weight by which an earning is shared out; unknown counts as none.

    Of a ratio it is its part of the numerator (of an average, of the sum), of growth, increase and attainment
    its part of what is measured. Facts in a measure that can't be parted (min, max, count_distinct) weigh the same.
    """
    match node:
        case Aggregate():
            return _brought(node, scope)
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


def _brought(node: Aggregate, scope: AdmittedScope) -> Exact:
    """The argument of a sum, else one, of a fact that the measure takes in; times what it is credited."""
    is_summed = node.function in ("sum", "avg") and node.argument is not None
    taken = _undivided(number(node.argument, scope)) if is_summed and node.argument else money.number(1)
    if scope.credit is not None:
        taken = money.multiply(taken, scope.credit)
    tests = [] if node.where is None else [condition(node.where, scope)]
    if node.argument is not None and not is_summed:
        tests.append(_known(node.argument, scope))
    if tests:
        taken = money.narrow(taken)
        taken = replace(taken, whole=sql.when(sql.both(tests), taken.whole, sql.whole(0)))
    return replace(taken, whole=sql.or_else(taken.whole, sql.whole(0))) if is_summed else taken


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
