"""What a rule needs of its facts: which columns, under which names, in which groups."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from sqlglot import exp

from headrace.engine import sql
from headrace.engine.expressions import Node
from headrace.engine.money import Exact
from headrace.engine.plan.conversion import Conversion
from headrace.engine.plan.days import Days
from headrace.engine.plan.facts import SOLD, FactQuery
from headrace.engine.plan.layout import ValueLayout
from headrace.engine.plan.measures import AdmittedScope
from headrace.engine.plan.shapes import FACT, Shapes
from headrace.engine.plan.values import Column, Plain, UnsupportedError, Value, as_text, columns_in
from headrace.engine.programme import Programme, Rule
from headrace.engine.scales import Lookup, Rank
from headrace.engine.sql import Sql, Stage
from headrace.engine.writing import written

RECIPIENT, PERIOD_FROM = "recipient", "period_from"


@dataclass(frozen=True, slots=True)
class Credits:
    """The texts of `credits` taken apart, in a table: text, recipient, part (whole multiples of `unit`)."""

    name: str
    unit: Fraction

    def part(self) -> Exact:
        """What of the fact its recipient is credited: all of it where the fact says nothing."""
        all_of_it = sql.whole(int(1 / self.unit))
        return Exact(sql.or_else(sql.column("part", "c"), all_of_it), self.unit)


@dataclass(frozen=True, slots=True)
class Only:
    """The group that is wanted, told as the parameters `RECIPIENT` and `PERIOD_FROM` when statements are run.

    Without `by_period` all groups of the recipient are worked out, as they use up a common limit; with it, those of
    the period.
    """

    by_period: bool

    def names(self, recipient: Sql) -> Sql:
        """Whether a group of this recipient is wanted."""
        return sql.equal(recipient, exp.Placeholder(this=RECIPIENT))

    def holds(self, recipient: Sql, period_from: Sql) -> Sql:
        """Whether the group is wanted, or another one of its recipient."""
        if not self.by_period:
            return self.names(recipient)
        return sql.both([self.names(recipient), sql.equal(period_from, exp.Placeholder(this=PERIOD_FROM))])


@dataclass(frozen=True, slots=True)
class Admission:
    """A rule with its programme and the shape of the data, and the names of its columns."""

    programme: Programme
    rule: Rule
    place: int
    shapes: Shapes
    conversions: dict[str, Conversion] = field(default_factory=dict)
    credits: Credits | None = None
    only: Only | None = None

    def name(self, what: str) -> str:
        """The name of a table of this rule."""
        return f"r{self.place}_{what}"

    @property
    def path(self) -> str:
        return f"earns[{self.rule.key}]"

    @property
    def to(self) -> str:
        """Who earns, as the earnings say it."""
        return "person" if self.rule.to == "person" else "partner"

    @property
    def columns(self) -> list[Column]:
        """What measures, gates, factors and the scale look at in a fact once it is admitted."""
        return looked_at(self.rule)

    @property
    def weighing_columns(self) -> list[Column]:
        """What of this decides what a fact weighs and by what it is multiplied."""
        return columns_in([self.rule.b, *(multiplier.where for multiplier in self.rule.multipliers)])

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

    @property
    def comparing_keys(self) -> list[str]:
        """The columns by which groups of other periods are found: whole days, also of orders."""
        return ["recipient", *self.by_columns, "period_from"]

    # Facts

    def stage(self, name: str, days: Days, columns: Sequence[Column] | None = None) -> Stage:
        """The admitted facts on some days, with some columns (None: all that the rule looks at).

        A fact of two periods comes twice.
        """
        facts = self.query(days)
        looked = self.columns if columns is None else columns
        recipient, credit = self._recipient(facts)
        facts.admit(self.rule.where)
        facts.leave_out_returns()
        facts.use([*looked, *self.rule.by])
        facts.query.where(sql.is_filled(recipient), copy=False)
        if self.only is not None:
            self._keep_to(self.only, facts, recipient)
        chosen = {
            "fact": sql.column("id", FACT),
            "on": facts.at,
            "recipient": recipient,
            **self._by(facts),
            "period_from": sql.column("period_from", "d"),
            "period_to": sql.column("period_to", "d"),
            **self._part(facts),
            **self.values(facts, looked),
            **credit,
            **self._payees(facts),
        }
        return Stage(name, facts.selected(chosen), kept=False)

    def _keep_to(self, only: Only, facts: FactQuery, recipient: Sql) -> None:
        if self.rule.to in ("partner", "person") and self.credits is None:
            # On the bare column, a database that has the facts sorted by it reads few of them.
            facts.query.where(only.names(facts.scope.reference(self.rule.to)), copy=False)
        facts.query.where(only.holds(recipient, sql.column("period_from", "d")), copy=False)

    def query(self, days: Days) -> FactQuery:
        """The facts of the audience on some days."""
        facts = FactQuery(self.programme, self.rule, self.shapes, self.conversions.get(days.name))
        facts.join_days(days)
        facts.admit(self.programme.audience.where)
        return facts

    def _recipient(self, facts: FactQuery) -> tuple[Sql, dict[str, Sql]]:
        recipient = facts.recipient(self.rule.to)
        if self.credits is None:
            return recipient, {}
        credited = sql.column("credits", FACT)
        sql.join(facts.query, self.credits.name, "c", sql.equal(sql.column("text", "c"), credited), left=True)
        own = sql.is_unknown(sql.unless_empty(credited))
        chosen = sql.when(own, recipient, sql.column("recipient", "c"))
        return chosen, {"credit": self.credits.part().whole}

    def _by(self, facts: FactQuery) -> dict[str, Sql]:
        pairs = zip(self.by_columns, self.rule.by, strict=True)
        return {name: as_text(facts.scope.column(column)) for name, column in pairs}

    @property
    def payees(self) -> list[str]:
        """The columns that name to whom each part of a split goes."""
        return [f"to{place}" for place in range(len(self.rule.splits))]

    def _payees(self, facts: FactQuery) -> dict[str, Sql]:
        pairs = zip(self.payees, self.rule.splits, strict=True)
        return {name: sql.unless_empty(facts.recipient(split.to)) for name, split in pairs}

    def _part(self, facts: FactQuery) -> dict[str, Sql]:
        """The order or fact; a return that counts when sold belongs to that of the line it takes back."""
        if not self.has_part:
            return {}
        follows = facts.follows_sale and self.rule.returns == "when_sold"
        fact = _followed("id") if follows else sql.column("id", FACT)
        if self.rule.every.kind == "fact" or "order_id" not in self.shapes.table(self.rule.facts).columns:
            return {"part": fact}
        order = _followed("order_id") if follows else sql.column("order_id", FACT)
        # A fact without an order is an order of its own.
        return {"part": sql.or_else(sql.unless_empty(order), fact)}

    def values(self, facts: FactQuery, columns: Sequence[Column]) -> dict[str, Sql]:
        """The columns as v0, v1, ..., each under its place among those that the rule looks at."""
        found = {self.columns.index(column): facts.scope.column(column) for column in columns}
        return {f"v{n}": one.whole if isinstance(one, Exact) else one.value for n, one in found.items()}

    # How they are read

    def scope(self, days: str) -> AdmittedScope:
        """How expressions over the facts that were admitted on the days of a table are read."""
        facts = FactQuery(self.programme, self.rule, self.shapes, self.conversions.get(days))
        values = {
            column: _renamed(facts.scope.column(column), f"v{n}") for n, column in enumerate(self.columns)
        }
        credit = None if self.credits is None else Exact(sql.column("credit"), self.credits.unit)
        return AdmittedScope(values, self.path, credit)

    def value_layouts(self, days: str) -> tuple[ValueLayout, ...]:
        """The columns that a receipt shows of each fact."""
        layouts = []
        for place, (column, found) in enumerate(self.scope(days).values.items()):
            if isinstance(found, Exact):
                layouts.append(ValueLayout(written(column), f"v{place}", "number", found.unit))
            else:
                layouts.append(ValueLayout(written(column), f"v{place}", found.kind or "text"))
        return tuple(layouts)


def looked_at(rule: Rule) -> list[Column]:
    """What measures, gates, factors and the scale of a rule look at, each once, in order of appearance."""
    nodes: list[Node | None] = [rule.x, rule.b, *(gate.condition for gate in rule.gates)]
    nodes += [multiplier.where for multiplier in rule.multipliers]
    if isinstance(rule.scale, Lookup):
        nodes.append(rule.scale.by)
    if isinstance(rule.scale, Rank):
        nodes.extend(rule.scale.within)
    return columns_in(nodes)


def _followed(column: str) -> Sql:
    """A column of the line that is taken back, else of the fact itself."""
    is_return = sql.is_known(sql.column("id", SOLD))
    return sql.when(is_return, sql.column(column, SOLD), sql.column(column, FACT))


def _renamed(found: Value, name: str) -> Value:
    if isinstance(found, Plain):
        return Plain(sql.column(name), found.kind)
    if found.divisors:
        raise UnsupportedError("a column that is a quotient")
    return Exact(sql.column(name), found.unit, size=found.size)


def on_keys(keys: list[str], left: str, right: str) -> Sql:
    """Rows of the same group."""
    return sql.both(sql.equal(sql.column(key, left), sql.column(key, right)) for key in keys)


def grouped(source: str, keys: list[str], columns: dict[str, Sql]) -> exp.Select:
    """One row for each group."""
    query = sql.select({**{key: sql.column(key) for key in keys}, **columns}, source)
    return query.group_by(*(sql.column(key) for key in keys), copy=False)
