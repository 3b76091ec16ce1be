"""What a scale is applied to: measures of a group, and what they are compared with."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from headrace.engine import money, sql
from headrace.engine.expressions import Aggregate, Attainment, Field, Growth, Increase, Node
from headrace.engine.money import Exact
from headrace.engine.plan.admission import Admission, grouped, on_keys
from headrace.engine.plan.days import Days
from headrace.engine.plan.layers import Layers
from headrace.engine.plan.measures import AdmittedScope, Measures
from headrace.engine.plan.values import Column, Measure, Plain, UnsupportedError, Value, number
from headrace.engine.programme import Rule
from headrace.engine.sql import Sql
from headrace.engine.writing import field_text

Comparison = Growth | Increase | Attainment


@dataclass(frozen=True, slots=True)
class Source:
    """The facts admitted on the days of a table, and how they are read."""

    name: str
    days: Days
    scope: AdmittedScope


@dataclass(slots=True)
class Compared:
    """What the measures of a rule are compared with, each once: `values` by comparison, as columns c0, c1, ...

    `found` are the values before it is known that they are above zero; `before` the measures of other periods, and
    `targets` the names of the targets that count.
    """

    rule: Rule
    before: Callable[[str], Measures]
    values: dict[Comparison, Exact] = field(default_factory=dict)
    found: dict[Comparison, Exact] = field(default_factory=dict)
    targets: dict[str, tuple[str, ...]] = field(default_factory=dict)
    target_value: Callable[[str], Exact] | None = None

    def value(self, node: Comparison, scope: "GroupScope") -> Exact:
        """The baseline or target as a column, unknown where it is missing or not above zero."""
        if node not in self.values:
            found = self._look_up(node, scope)
            name = f"c{len(self.values)}"
            divisors = tuple(sql.wide_column(f"{name}_per{place}") for place in range(len(found.divisors)))
            self.found[node] = found
            self.values[node] = Exact(sql.wide_column(name), found.unit, divisors)
        return self.values[node]

    def _look_up(self, node: Comparison, scope: "GroupScope") -> Exact:
        if isinstance(node, Attainment):
            name = f"t{len(self.targets)}"
            self.targets[name] = target_names(self.rule, node)
            assert self.target_value is not None
            return self.target_value(name)
        if isinstance(node.baseline, Node):
            return number(node.baseline, scope)
        before = BeforeScope(self.before(node.baseline), scope.path)
        return number(node.measure, before)

    def keep(self, layers: Layers) -> None:
        """Writes the values into the layer."""
        for node, value in self.values.items():
            found = self.found[node]
            layers.keep(value.whole.name, sql.wide(sql.positive(found.whole)))
            for column, divisor in zip(value.divisors, found.divisors, strict=True):
                layers.keep(column.name, sql.wide(divisor))


@dataclass(slots=True)
class GroupScope:
    """Expressions over a group. Bare attributes become columns of the group: `last`."""

    measures: Measures
    compared: Compared
    last: dict[Column, Value]
    path: str

    def column(self, node: Column) -> Value:
        """A bare attribute is that of the last fact: how things stood when the group was complete."""
        if node not in self.last:
            found, renamed = self.measures.scope.column(node), sql.column(f"last{len(self.last)}")
            self.last[node] = (
                Exact(renamed, found.unit) if isinstance(found, Exact) else Plain(renamed, found.kind)
            )
        return self.last[node]

    def measure(self, node: Measure) -> Exact:
        match node:
            case Aggregate():
                return self.measures.exact(node)
            case Increase(measure=measure):
                return money.subtract(number(measure, self), self.compared.value(node, self))
            case Growth(measure=measure) | Attainment(measure=measure):
                return money.divide_by_positive(number(measure, self), self.compared.value(node, self))


@dataclass(slots=True)
class BeforeScope:
    """A measure over the facts of another period: without a fact there, sums and counts are zero."""

    measures: Measures
    path: str

    def column(self, node: Column) -> Value:
        raise UnsupportedError("an attribute of a period of comparison")

    def measure(self, node: Measure) -> Exact:
        if not isinstance(node, Aggregate):
            raise UnsupportedError("a comparison within a comparison")
        found = self.measures.exact(node)
        is_counted = node.function in ("sum", "count", "count_distinct")
        return Exact(sql.or_else(found.whole, sql.whole(0)), found.unit) if is_counted else found


def target_names(rule: Rule, node: Attainment) -> tuple[str, ...]:
    """By which names a row of targets may mean a measure; the empty name means any."""
    if node.target is not None:
        return (node.target,)
    names = {"", rule.key}
    match node.measure:
        case Aggregate(argument=Field() as column, where=None, function=function):
            for name in (column.name, field_text(column)):
                names |= {name, f"{function}({name})"}
        case Aggregate(argument=None, where=None):
            names.add("count()")
    return tuple(sorted(names))


def join_last(layers: Layers, admission: Admission, source: Source, last: dict[Column, Value]) -> None:
    """The attributes of the last fact of each group, by day and id."""
    if not last:
        return
    keys = admission.keys
    order = [sql.ordered(sql.column("on"), down=True), sql.ordered(sql.column("fact"), down=True)]
    place = sql.row_number([sql.column(key) for key in keys], order)
    numbered = sql.extend(source.name, {"place": place})
    extra = {_name(found): _whole(source.scope.column(node)) for node, found in last.items()}
    query = sql.select({**{key: sql.column(key) for key in keys}, **extra}, numbered)
    query.where(sql.equal(sql.column("place"), sql.whole(1)), copy=False)
    layers.join(query, "last", on_keys(keys, "t", "last"), list(extra))


def join_before(layers: Layers, admission: Admission, source: Source, measures: Measures) -> None:
    """The measures of the periods that are compared with; a group without facts there has none."""
    keys = admission.comparing_keys
    query = grouped(source.name, keys, measures.columns)
    alias = f"before_{measures.prefix}"
    layers.join(query, alias, on_keys(keys, "t", alias), list(measures.columns))


def join_measures(layers: Layers, admission: Admission, source: Source, measures: Measures) -> None:
    """The measures of other facts of the same groups: those of the whole rolling window."""
    query = grouped(source.name, admission.keys, measures.columns)
    layers.join(query, "window", on_keys(admission.keys, "t", "window"), list(measures.columns))


def join_target(
    layers: Layers, rule: Rule, name: str, spans: str, names: Sequence[str], columns: frozenset[str]
) -> None:
    """The targets of the recipient that lie within the days that count, added up."""
    target, span = "target", "span"
    holder = "person" if rule.to == "person" else "partner"
    within = sql.both(
        [
            sql.at_least(sql.column("from", target), sql.column("span_from", span)),
            sql.at_most(sql.column("to", target), sql.column("span_to", span)),
        ]
    )
    query = sql.select(
        {
            "holder": sql.column(holder, target),
            "period_from": sql.column("period_from", span),
            name: sql.total(sql.column("value", target)),
        },
        "targets",
        target,
    )
    sql.join(query, spans, span, within)
    query.where(
        sql.within(_or_empty("measure", target, columns), [sql.text(one) for one in names]), copy=False
    )
    if holder == "partner":
        query.where(sql.equal(_or_empty("person", target, columns), sql.text("")), copy=False)
    query.group_by(sql.column(holder, target), sql.column("period_from", span), copy=False)
    same = sql.both(
        [
            sql.equal(sql.column("holder", name), sql.column("recipient", "t")),
            sql.equal(sql.column("period_from", name), sql.column("period_from", "t")),
        ]
    )
    layers.join(query, name, same, [name])


def _or_empty(column: str, alias: str, columns: frozenset[str]) -> Sql:
    return sql.or_else(sql.column(column, alias), sql.text("")) if column in columns else sql.text("")


def _name(found: Value) -> str:
    name: str = _whole(found).name
    return name


def _whole(found: Value) -> Sql:
    return found.whole if isinstance(found, Exact) else found.value
