"""From admitted facts to what each group earns: measures, gates, scale, multiply, floor, cap, rounding."""

from dataclasses import dataclass, field
from fractions import Fraction

from sqlglot import exp

from headrace.engine import money, sql
from headrace.engine.expressions import Aggregate, Attainment, Compare, Field, Increase, Node, Number
from headrace.engine.money import Exact
from headrace.engine.plan import limits, modes, places
from headrace.engine.plan.admission import Admission, grouped
from headrace.engine.plan.layers import Layers, column_of
from headrace.engine.plan.layout import GateLayout, MeasureLayout
from headrace.engine.plan.measures import Having, Measures, contribution, factor
from headrace.engine.plan.scaling import Steps, without_unknown
from headrace.engine.plan.terms import (
    Compared,
    Comparison,
    GroupScope,
    Source,
    join_before,
    join_last,
    join_measures,
    join_target,
)
from headrace.engine.plan.values import (
    Column,
    Measure,
    UnsupportedError,
    Value,
    condition,
    number,
    parts_of,
    value,
)
from headrace.engine.programme import Every
from headrace.engine.scales import Lookup, Rank
from headrace.engine.sql import Sql
from headrace.engine.writing import field_text, value_text, written

# The alias of the groups with their measures, within the queries that go on from there.
MEASURED = "measured"


@dataclass(slots=True)
class Sources:
    """The facts of a rule: those paid for, those looked at (more only in a rolling window), those of other periods."""

    paid: Source
    seen: Source
    before: dict[str, Source] = field(default_factory=dict)


class GroupPlan:
    """Builds the query over the groups of one rule, and notes what its columns mean."""

    def __init__(self, admission: Admission, sources: Sources, deducted: str | None) -> None:
        self.admission, self.sources, self.deducted = admission, sources, deducted
        self.rule = rule = admission.rule
        self.before = {name: Measures(s.scope, f"{name[0]}b") for name, s in sources.before.items()}
        self.compared = Compared(rule, self._before, target_value=self._target_value)
        self.last: dict[Column, Value] = {}
        self.paid = self._scope(sources.paid, "m")
        self.seen = self.paid if sources.seen is sources.paid else self._scope(sources.seen, "w")
        self.x, self.b = number(rule.x, self.seen), number(rule.b, self.paid)
        self.gates = [condition(gate.condition, self.seen) for gate in rule.gates]
        self.weight = contribution(rule.b, sources.paid.scope)
        self.factor = factor(rule.multipliers, rule.highest_only, sources.paid.scope)
        # The column of what the facts of a group weigh with their factors.
        self.weighed = "weighed"
        self.parts = self._lookup_parts()
        if isinstance(rule.scale, Rank):
            self.within = [self.seen.column(column) for column in rule.scale.within]
        # Tables of the periods of a cap and a floor that are not the rule's own.
        self.longer: dict[str, Every] = {}
        self.measures: list[MeasureLayout] = []
        self.gate_layouts: list[GateLayout] = []

    def _scope(self, source: Source, prefix: str) -> GroupScope:
        return GroupScope(Measures(source.scope, prefix), self.compared, self.last, self.admission.path)

    def _before(self, baseline: str) -> Measures:
        return self.before[baseline]

    def _target_value(self, name: str) -> Exact:
        loaded = self.admission.shapes.table("targets").columns
        return Exact(sql.wide_column(name), loaded["value"].unit if "value" in loaded else Fraction(1))

    def build(self) -> None:
        """Compiles the rule to layers over what its groups measure."""
        self.measured = self._measured()
        layers = Layers(sql.select_all(self.measured.query, MEASURED))
        x, b = self._terms(layers)
        if isinstance(self.rule.scale, Rank):
            places.place(layers, self.admission, self.within, self.x_kept)
        steps = Steps(layers, self.rule)
        earned = steps.scale(x, b, self.compared, self._safe_parts())
        if self.rule.multipliers:
            earned = steps.multiply(earned, self.factor)
        self.exact = limits.limited(self.admission, layers, steps, earned, self.longer)
        self.steps, self._explained = steps.layouts, layers.query

    def earned(self) -> exp.Select:
        """What each group measures and earns; nothing that is only shown."""
        names = [*self.measured.names, self._outcome]
        return sql.select({name: sql.column(name) for name in names}, self._explained)

    def explained(self, groups: str) -> exp.Select:
        """All that led from the measures of the groups of a table to their amounts."""
        names = ["gid", "earning", "to", *self.measured.names]
        names += ["best", "amount"] if self.rule.best_of is not None else []
        measured = sql.select({name: sql.column(name) for name in names}, groups)
        return sql.going_on_from(self._explained, MEASURED, measured)

    @property
    def _outcome(self) -> str:
        """The column of what a group earns, of rivals before the best is known."""
        return "amount" if self.rule.best_of is None else "unrivalled"

    # Measures

    def _measured(self) -> Layers:
        """One row for each group, with its measures, what it is compared with, and its facts' weights."""
        layers = Layers(grouped(self.sources.paid.name, self.admission.keys, self._grouped_columns()))
        if not self.admission.has_part:
            starts = sql.equal(sql.column("period_from", "t"), sql.column("period_from", "span"))
            layers.join(self.admission.name("spans"), "span", starts, ["period_to"])
        self._named(layers)
        if self.seen is not self.paid:
            join_measures(layers, self.admission, self.sources.seen, self.seen.measures)
        join_last(layers, self.admission, self.sources.paid, self.last)
        for name, measures in self.before.items():
            join_before(layers, self.admission, self.sources.before[name], measures)
        filled = frozenset(self.admission.shapes.table("targets").columns)
        for name, names in self.compared.targets.items():
            if {"value", "from", "to", "person" if self.rule.to == "person" else "partner"} <= filled:
                join_target(layers, self.rule, name, self.admission.name("spans"), names, filled)
            else:
                layers.keep(name, sql.cast(sql.unknown(), sql.WIDE))
                layers.close()
        self.compared.keep(layers)
        layers.close()
        self._deduct(layers)
        return layers

    def _grouped_columns(self) -> dict[str, Sql]:
        columns: dict[str, Sql] = {"count": sql.cast(sql.count(), sql.WIDE)}
        if self.admission.has_part:
            # An order may be spread over days: it is one group, of its first day.
            columns["period_from"] = sql.smallest(sql.column("on"))
            columns["period_to"] = sql.smallest(sql.column("on"))
        return {**columns, **self.paid.measures.columns, **self._weighed_columns()}

    def _weighed_columns(self) -> dict[str, Sql]:
        """What the facts weigh and their factors, added up; not again what is a measure already."""
        weighed = money.multiply(self.weight, self.factor)
        summed = sql.or_else(sql.total(weighed.whole), sql.whole(0))
        if self.rule.multipliers:
            return {
                "weights": sql.or_else(sql.total(self.weight.whole), sql.whole(0)),
                "weighed": summed,
                "factors": sql.total(self.factor.whole),
            }
        same = (name for name, measure in self.paid.measures.columns.items() if measure == summed)
        self.weighed = next(same, "weighed")
        return {} if self.weighed in self.paid.measures.columns else {"weighed": summed}

    def _named(self, layers: Layers) -> None:
        """The further group as text, and the mark of an order or fact: both are part of a group's name and order."""
        parts: list[Sql] = []
        for name, column in zip(self.admission.by_columns, self.rule.by, strict=True):
            parts += [sql.text(("" if not parts else ";") + f"{field_text(column)}="), sql.column(name)]
        layers.keep("by", sql.joined_text(parts) if parts else sql.text(""))
        layers.keep("mark", sql.column("part") if self.admission.has_part else sql.text(""))
        layers.close()

    def _deduct(self, layers: Layers) -> None:
        """What other rules earned by the facts of the group, in minor units of the programme's money."""
        if self.deducted is None:
            return
        keys = self.admission.keys
        query = sql.source(self.sources.paid.name, "a")
        same = sql.both(
            sql.equal(sql.column(name, "a"), sql.column(name, "d")) for name in ("fact", "recipient")
        )
        sql.join(query, self.deducted, "d", same)
        columns = {key: sql.column(key, "a") for key in keys}
        query.select(*sql.named({**columns, "deducted": sql.total(sql.column("given", "d"))}), copy=False)
        query.group_by(*columns.values(), copy=False)
        same_group = sql.both(sql.equal(sql.column(key, "t"), sql.column(key, "ded")) for key in keys)
        layers.join(query, "ded", same_group, ["deducted"])
        unit = Fraction(1, 10**self.admission.programme.digits)
        taken = Exact(sql.or_else(sql.wide_column("deducted"), sql.whole(0)), unit)
        self.b = money.subtract(self.b, taken)
        self.deducted_value = Exact(taken.whole, unit)

    # x and b

    def _terms(self, layers: Layers) -> tuple[Exact, Exact]:
        """x and b as columns, whether the group is paid, and both again without anything unknown."""
        x = self.x_kept = layers.keep_exact("x", self.x)
        b = layers.keep_exact("b", self.b)
        taken = None if self.deducted is None else layers.keep_exact("taken", self.deducted_value)
        self._note_gates(layers)
        self._keep_parts(layers)
        layers.close()
        self._note("on", written(self.rule.x), x)
        self._note("base", written(self.rule.b), b)
        self._note_compared()
        if taken is not None:
            self._note("deducted", ", ".join(sorted(self.rule.deduct)), taken)
        layers.keep("opened", sql.both(sql.holds(sql.column(gate.holds)) for gate in self.gate_layouts))
        layers.keep("missing", sql.either(sql.is_unknown(one.whole) for one in self._terms_compared()))
        layers.close()
        self._keep_paid(layers, x, b)
        sign = self._sign(layers, x)
        safe = (
            layers.keep_exact("sx", without_unknown(x, sign)),
            layers.keep_exact("sb", without_unknown(b, sign)),
        )
        layers.close()
        return safe

    def _keep_paid(self, layers: Layers, x: Exact, b: Exact) -> None:
        """Whether the scale is paid, or what stands for it without a baseline, and whether a floor counts."""
        opened, missing = sql.column("opened"), sql.column("missing")
        known = [sql.is_known(part) for value in (x, b) for part in (value.whole, *value.divisors)]
        if not self.rule.negative or isinstance(self.rule.scale, Rank):
            known.append(sql.at_least(x.whole, sql.whole(0)))
        layers.keep("paid", sql.holds(sql.both([opened, sql.negate(missing), *known])))
        layers.keep("unmeasured", sql.both([opened, missing]))
        always = sql.truth(self.rule.without_baseline is not None)
        layers.keep("may_floor", sql.both([opened, sql.either([always, sql.negate(missing)])]))

    def _sign(self, layers: Layers, x: Exact) -> Sql | None:
        """−1 for a group that pays the mirror image."""
        if not self.rule.negative:
            return None
        known = [sql.is_known(divisor) for divisor in x.divisors]
        sign = sql.when(sql.both([*known, sql.less(x.whole, sql.whole(0))]), sql.whole(-1), sql.whole(1))
        layers.keep("sign", sign)
        return sign

    def _terms_compared(self) -> list[Exact]:
        """What x and b are compared with; not what only a gate looks at."""
        nodes = [part for node in (self.rule.x, self.rule.b) for part in parts_of(node)]
        return [self.compared.values[node] for node in nodes if isinstance(node, Comparison)]

    def _lookup_parts(self) -> dict[str, tuple[Exact, Exact, Sql]]:
        """For each value that is looked up: x and b of its facts, and how many there are."""
        scale = self.rule.scale
        if not isinstance(scale, Lookup):
            return {}
        table = self.rule.facts if scale.by.namespace == "fact" else scale.by.namespace
        found = self.admission.shapes.table(table).values.get(scale.by.name, ())
        listed = (True, False) if scale.by == Field("customer", "is_new") else found
        values = {value_text(one) for one in listed} | {""}
        parts = {}
        for one in sorted(values):
            having = Having(scale.by, one)
            x = number(self.rule.x, HavingScope(self.seen, having))
            b = number(self.rule.b, HavingScope(self.paid, having))
            parts[one] = (x, b, self.paid.measures.count_having(having))
        return parts

    def _keep_parts(self, layers: Layers) -> None:
        self._kept_parts = {
            text: (layers.keep_exact(f"lx{place}", x), layers.keep_exact(f"lb{place}", b), count)
            for place, (text, (x, b, count)) in enumerate(self.parts.items())
        }

    def _safe_parts(self) -> dict[str, modes.Part]:
        """The parts with 0 for unknown; a part whose x or b is unknown is not paid."""
        sign = sql.column("sign") if self.rule.negative else None
        parts = {}
        for text, (x, b, count) in self._kept_parts.items():
            known = [sql.is_known(part) for one in (x, b) for part in (one.whole, *one.divisors)]
            applies = sql.both([sql.more(count, sql.whole(0)), *known])
            parts[text] = modes.Part(applies, without_unknown(x, sign), without_unknown(b, sign))
        return parts

    # What a receipt tells

    def _note(self, name: str, text: str, value: Exact) -> None:
        self.measures.append(MeasureLayout(name, text, column_of(value)))

    def _note_compared(self) -> None:
        for node, found in self.compared.values.items():
            if isinstance(node, Attainment):
                self._note("target", written(node), found)
            elif isinstance(node.baseline, str):
                self._note("baseline", written(node), found)

    def _note_gates(self, layers: Layers) -> None:
        for place, (gate, holds) in enumerate(zip(self.rule.gates, self.gates, strict=True), start=1):
            layers.keep(f"g{place}", holds)
            sides: list[Value] = []
            if isinstance(gate.condition, Compare):
                sides = [value(side, self.seen) for side in (gate.condition.left, gate.condition.right)]
            numbers = [side for side in sides if isinstance(side, Exact)]
            if len(numbers) < 2:
                self.gate_layouts.append(GateLayout(gate.text, f"g{place}"))
                continue
            found, needed = (
                column_of(layers.keep_exact(f"g{place}_{name}", side))
                for name, side in zip(("value", "needed"), numbers, strict=True)
            )
            self.gate_layouts.append(GateLayout(gate.text, f"g{place}", found, needed))


@dataclass(frozen=True, slots=True)
class HavingScope:
    """Measures over only those facts of a group that have a value."""

    group: GroupScope
    having: Having

    @property
    def path(self) -> str:
        return self.group.path

    def column(self, node: Column) -> Value:
        raise UnsupportedError("a bare attribute of what is looked up")

    def measure(self, node: Measure) -> Exact:
        if isinstance(node, Aggregate):
            return self.group.measures.exact(node, self.having)
        baseline = None if isinstance(node, Attainment) else node.baseline
        if isinstance(baseline, Node) and not isinstance(baseline, Number):
            raise UnsupportedError("a lookup of growth over another measure")
        against = self.group.compared.value(node, self.group)
        measured = number(node.measure, self)
        if isinstance(node, Increase):
            return money.subtract(measured, against)
        return money.divide_by_positive(measured, against)
