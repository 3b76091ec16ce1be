"""What a rule needs of its facts: which columns, under which names, in which groups."""

from dataclasses import dataclass

from sqlglot import exp

from headrace.engine import sql
from headrace.engine.expressions import Field, Node
from headrace.engine.money import Exact
from headrace.engine.plan.facts import FACT, FactQuery, fields_in
from headrace.engine.plan.layout import ValueLayout
from headrace.engine.plan.measures import AdmittedScope
from headrace.engine.plan.shapes import Shapes
from headrace.engine.plan.values import Plain, UnsupportedError, Value, describe
from headrace.engine.programme import Programme, Rule
from headrace.engine.scales import Lookup, Rank
from headrace.engine.sql import Sql, Stage


@dataclass(frozen=True, slots=True)
class Admission:
    """A rule with its programme and the shape of the data, and the names of its columns."""

    programme: Programme
    rule: Rule
    place: int
    shapes: Shapes

    def name(self, what: str) -> str:
        """The name of a table of this rule."""
        return f"r{self.place}_{what}"

    @property
    def to(self) -> str:
        """Who earns, as the earnings say it."""
        return "person" if self.rule.to == "person" else "partner"

    @property
    def path(self) -> str:
        return f"earns[{self.rule.key}]"

    def nodes(self) -> list[Node]:
        """All expressions over the facts of a group."""
        rule = self.rule
        nodes: list[Node] = [rule.x, rule.b, *(gate.condition for gate in rule.gates)]
        nodes += [multiplier.where for multiplier in rule.multipliers if multiplier.where is not None]
        if isinstance(rule.scale, Lookup):
            nodes.append(rule.scale.by)
        if isinstance(rule.scale, Rank):
            nodes.extend(rule.scale.within)
        return nodes

    @property
    def fields(self) -> list[Field]:
        """The columns of facts that measures, gates and factors look at."""
        return fields_in(self.nodes())

    @property
    def by_columns(self) -> list[str]:
        return [f"by{place}" for place in range(len(self.rule.by))]

    @property
    def has_part(self) -> bool:
        """Whether each order or fact is a group of its own."""
        return self.rule.every.kind in ("fact", "order")

    @property
    def keys(self) -> list[str]:
        """The columns that tell the groups of a rule apart."""
        return ["recipient", *self.by_columns, "part" if self.has_part else "period_from"]

    def stage(self, name: str, days: str) -> Stage:
        """The admitted facts on the days of a table; a fact of two periods comes twice."""
        facts = self._eligible()
        sql.join(facts.query, days, "d", sql.equal(sql.column("day", "d"), facts.at))
        recipient = facts.recipient(self.rule.to)
        facts.query.where(sql.is_known(recipient), copy=False)
        columns = {
            "fact": sql.column("id", FACT),
            "on": facts.at,
            "recipient": recipient,
            **self._by(facts),
            "period_from": sql.column("period_from", "d"),
            "period_to": sql.column("period_to", "d"),
            **self._part(facts),
            **self._values(facts),
        }
        return Stage(name, facts.selected(columns), kept=False)

    def _eligible(self) -> FactQuery:
        facts = FactQuery(self.programme, self.rule, self.shapes)
        facts.admit(self.programme.audience.where)
        facts.admit(self.rule.where)
        if facts.takes_back:
            facts.query.where(sql.is_unknown(sql.column("id", "sold")), copy=False)
        facts.use([*self.fields, *self.rule.by])
        return facts

    def _by(self, facts: FactQuery) -> dict[str, Sql]:
        pairs = zip(self.by_columns, self.rule.by, strict=True)
        return {name: _as_text(facts.scope.field(field)) for name, field in pairs}

    def _part(self, facts: FactQuery) -> dict[str, Sql]:
        if not self.has_part:
            return {}
        fact = sql.column("id", FACT)
        if self.rule.every.kind == "fact":
            return {"part": fact}
        order = facts.scope.field(Field("fact", "order_id"))
        assert isinstance(order, Plain)
        # A fact without an order is an order of its own.
        return {"part": sql.or_else(sql.unless_empty(order.value), fact)}

    def _values(self, facts: FactQuery) -> dict[str, Sql]:
        found = [facts.scope.field(field) for field in self.fields]
        return {
            f"v{place}": one.whole if isinstance(one, Exact) else one.value for place, one in enumerate(found)
        }

    def scope(self) -> AdmittedScope:
        """How expressions over the admitted facts are read."""
        facts = FactQuery(self.programme, self.rule, self.shapes)
        values = {field: _renamed(facts.scope.field(field), f"v{n}") for n, field in enumerate(self.fields)}
        return AdmittedScope(values, self.path)

    def value_layouts(self) -> tuple[ValueLayout, ...]:
        """The columns that a receipt shows of each fact."""
        scope = self.scope()
        layouts = []
        for place, field in enumerate(self.fields):
            found = scope.values[field]
            if isinstance(found, Exact):
                layouts.append(ValueLayout(describe(field), f"v{place}", "number", found.unit))
            else:
                layouts.append(ValueLayout(describe(field), f"v{place}", found.kind))
        return tuple(layouts)


def _renamed(found: Value, name: str) -> Value:
    if isinstance(found, Plain):
        return Plain(sql.column(name), found.kind)
    if found.divisors:
        raise UnsupportedError("a column that is a quotient")
    return Exact(sql.column(name), found.unit)


def _as_text(found: Value) -> Sql:
    """The text under which facts are grouped; empty where the value is unknown."""
    if isinstance(found, Exact):
        raise UnsupportedError("grouping by a number")
    nothing = sql.text("")
    if found.kind == "truth":
        return sql.cases(
            [(found.value, sql.text("true")), (sql.negate(found.value), sql.text("false"))], nothing
        )
    value = found.value if found.kind == "text" else sql.cast(found.value, sql.TEXT)
    return sql.or_else(value, nothing)


def on_keys(keys: list[str], left: str, right: str) -> Sql:
    """Rows of the same group."""
    return sql.both(sql.equal(sql.column(key, left), sql.column(key, right)) for key in keys)


def grouped(source: str, keys: list[str], columns: dict[str, Sql]) -> exp.Select:
    """One row for each group."""
    query = sql.select({**{key: sql.column(key) for key in keys}, **columns}, source)
    return query.group_by(*(sql.column(key) for key in keys), copy=False)
