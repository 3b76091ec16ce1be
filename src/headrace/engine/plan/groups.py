"""From admitted facts to what each group earns: measures, gates, scale, multiply, floor, rounding, in this order."""

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from sqlglot import exp

from headrace.engine import money, sql
from headrace.engine.expressions import (
    Aggregate,
    Attainment,
    Certified,
    Compare,
    Field,
    Growth,
    Increase,
    Node,
    Number,
)
from headrace.engine.money import Exact
from headrace.engine.plan import modes
from headrace.engine.plan.admission import Admission, grouped, on_keys
from headrace.engine.plan.layers import Layers, column_of
from headrace.engine.plan.layout import GateLayout, MeasureLayout, NumberColumn, RuleLayout, StepLayout
from headrace.engine.plan.measures import Measures, contribution, factor
from headrace.engine.plan.values import Plain, UnsupportedError, Value, condition, describe, number, parts_of
from headrace.engine.programme import Cap, Every, Fixed
from headrace.engine.sql import Sql, Stage

Comparison = Growth | Increase | Attainment


@dataclass(slots=True)
class GroupScope:
    """Expressions over a group. What is compared with, and bare attributes, become columns of the group."""

    admission: Admission
    measures: Measures
    compared: dict[Comparison, Exact] = field(default_factory=dict)
    last: dict[Field, Value] = field(default_factory=dict)
    baselines: dict[str, Measures] = field(default_factory=dict)
    baseline_values: dict[Comparison, Exact] = field(default_factory=dict)

    @property
    def path(self) -> str:
        return self.admission.path

    def field(self, field: Field) -> Value:
        """A bare attribute is that of the last fact: how things stood when the group was complete."""
        if field not in self.last:
            found, name = self.measures.scope.field(field), f"last{len(self.last)}"
            renamed = sql.column(name)
            self.last[field] = (
                Exact(renamed, found.unit) if isinstance(found, Exact) else Plain(renamed, found.kind)
            )
        return self.last[field]

    def aggregate(self, node: Aggregate) -> Exact:
        return self.measures.exact(node)

    def growth(self, node: Growth) -> Exact:
        return money.divide_by_positive(number(node.measure, self), self.baseline(node))

    def increase(self, node: Increase) -> Exact:
        return money.subtract(number(node.measure, self), self.baseline(node))

    def attainment(self, node: Attainment) -> Exact:
        raise UnsupportedError("attainment")

    def certified(self, node: Certified) -> Sql:
        raise UnsupportedError("certified")

    def baseline(self, node: Growth | Increase) -> Exact:
        """The baseline as a column, unknown where it is missing or not above zero."""
        if node not in self.compared:
            found = self._baseline(node)
            self.baseline_values[node] = found
            name = f"c{len(self.compared)}"
            divisors = tuple(sql.wide_column(f"{name}_per{place}") for place in range(len(found.divisors)))
            self.compared[node] = Exact(sql.wide_column(name), found.unit, divisors)
        return self.compared[node]

    def _baseline(self, node: Growth | Increase) -> Exact:
        if isinstance(node.baseline, Node):
            return number(node.baseline, self)
        raise UnsupportedError(f"a baseline of {node.baseline}")


class GroupPlan:
    """Builds the query over the groups of one rule, and notes what its columns mean."""

    def __init__(self, admission: Admission, admitted: str) -> None:
        self.admission, self.admitted = admission, admitted
        self.rule = admission.rule
        self.facts = admission.scope()
        self.measures = Measures(self.facts)
        self.scope = GroupScope(admission, self.measures)
        self.x, self.b = number(self.rule.x, self.scope), number(self.rule.b, self.scope)
        self.gates = [condition(gate.condition, self.scope) for gate in self.rule.gates]
        self.weight = contribution(self.rule.b, self.facts)
        self.factor = factor(self.rule.multipliers, self.rule.highest_only, self.facts)
        # Tables of the periods of caps and floors that are longer than the rule's own.
        self.longer: dict[str, Every] = {}
        self.steps: list[StepLayout] = []
        self.measure_layouts: list[MeasureLayout] = []
        self.gate_layouts: list[GateLayout] = []

    def build(self) -> tuple[Stage, RuleLayout]:
        layers = self._measured()
        x, b = self._terms(layers)
        earned = self._scaled(layers, x, b)
        if self.rule.multipliers:
            earned = self._multiplied(layers, earned)
        earned = self._not_below(layers, earned)
        self._rounded(layers, earned)
        self._capped(layers)
        self._named(layers)
        stage = Stage(self.admission.name("groups"), layers.query)
        return stage, self._layout(earned)

    # Measures

    def _measured(self) -> Layers:
        """One row for each group, with its measures, what it is compared with, and its facts' weights."""
        weighed = money.multiply(self.weight, self.factor)
        first = {"period_from": sql.smallest(sql.column("on"))} if self.admission.has_part else {}
        last_day = "on" if self.admission.has_part else "period_to"
        columns = {
            **first,
            "period_to": sql.largest(sql.column(last_day)),
            "count": sql.cast(sql.count(), sql.WIDE),
            "weights": sql.or_else(sql.total(self.weight.whole), sql.whole(0)),
            "weighed": sql.or_else(sql.total(weighed.whole), sql.whole(0)),
            "factors": sql.total(self.factor.whole),
            **self.measures.columns,
        }
        if self.rule.every.kind == "order":
            columns["period_to"] = sql.smallest(sql.column("on"))
        layers = Layers(grouped(self.admitted, self.admission.keys, columns))
        self._join_last(layers)
        for node, found in self.scope.baseline_values.items():
            target = self.scope.compared[node]
            layers.columns[target.whole.name] = sql.wide(sql.positive(found.whole))
            for column, divisor in zip(target.divisors, found.divisors, strict=True):
                layers.columns[column.name] = sql.wide(divisor)
        layers.close()
        return layers

    def _join_last(self, layers: Layers) -> None:
        """The attributes of the last fact of each group, by day and id."""
        if not self.scope.last:
            return
        keys = self.admission.keys
        order = [sql.ordered(sql.column("on"), down=True), sql.ordered(sql.column("fact"), down=True)]
        place = sql.row_number([sql.column(key) for key in keys], order)
        numbered = sql.extend(self.admitted, {"place": place})
        columns = {key: sql.column(key) for key in keys}
        for node, found in self.scope.last.items():
            own = self.facts.field(node)
            source = own.whole if isinstance(own, Exact) else own.value
            columns[(found.whole if isinstance(found, Exact) else found.value).name] = source
        last = sql.select(columns, numbered).where(sql.equal(sql.column("place"), sql.whole(1)), copy=False)
        extra = [name for name in columns if name not in keys]
        query = sql.select_all(layers.query, "t")
        query = query.select(*(sql.column(name, "last") for name in extra), copy=False)
        layers.query = sql.join(query, last, "last", on_keys(keys, "t", "last"), left=True)

    def _terms(self, layers: Layers) -> tuple[Exact, Exact]:
        """x and b as columns, whether the group is paid, and both again without anything unknown."""
        same = self.rule.x == self.rule.b
        x = layers.keep_exact("x", self.x)
        b = x if same else layers.keep_exact("b", self.b)
        self._note_gates(layers)
        layers.close()
        self._note_measures(x, b)
        opened = sql.both(sql.holds(sql.column(gate.holds)) for gate in self.gate_layouts)
        layers.keep("opened", opened)
        known = [sql.is_known(part) for value in (x, b) for part in (value.whole, *value.divisors)]
        if not self.rule.negative:
            known.append(sql.at_least(x.whole, sql.whole(0)))
        layers.keep("paid", sql.holds(sql.both([opened, *known])))
        if self.rule.without_baseline is not None:
            missing = sql.either(sql.is_unknown(one.whole) for one in self._terms_compared())
            layers.keep("unmeasured", sql.both([opened, missing]))
        sign = self._sign(layers, x)
        safe_x = layers.keep_exact("sx", _without_unknown(x, sign))
        safe_b = safe_x if same else layers.keep_exact("sb", _without_unknown(b, sign))
        layers.close()
        return safe_x, safe_b

    def _sign(self, layers: Layers, x: Exact) -> Sql | None:
        """−1 for a group that pays the mirror image."""
        if not self.rule.negative:
            return None
        sign = sql.when(sql.less(x.whole, sql.whole(0)), sql.whole(-1), sql.whole(1))
        layers.keep("sign", sign)
        return sign

    def _terms_compared(self) -> list[Exact]:
        nodes = [part for node in (self.rule.x, self.rule.b) for part in parts_of(node)]
        return [self.scope.compared[node] for node in nodes if node in self.scope.compared]

    def _note_gates(self, layers: Layers) -> None:
        for place, (gate, holds) in enumerate(zip(self.rule.gates, self.gates, strict=True), start=1):
            layers.keep(f"g{place}", holds)
            value, needed = None, None
            match gate.condition:
                case Compare(operator=">=" | ">", left=left, right=Number() as bound):
                    value = column_of(layers.keep_exact(f"g{place}_value", number(left, self.scope)))
                    needed = column_of(layers.keep_exact(f"g{place}_needed", money.number(bound.value)))
            self.gate_layouts.append(GateLayout(gate.text, f"g{place}", value, needed))

    def _note_measures(self, x: Exact, b: Exact) -> None:
        self.measure_layouts.append(MeasureLayout("base", self._text("base"), column_of(b)))
        if self.rule.x != self.rule.b:
            self.measure_layouts.append(MeasureLayout("on", self._text("on"), column_of(x)))
        for node, compared in self.scope.compared.items():
            name = "target" if isinstance(node, Attainment) else "baseline"
            self.measure_layouts.append(MeasureLayout(name, describe(node), column_of(compared)))

    def _text(self, which: str) -> str:
        return describe(self.rule.x if which == "on" else self.rule.b)

    # Scale and what follows

    def _scaled(self, layers: Layers, x: Exact, b: Exact) -> Exact:
        baseline = None
        if isinstance(self.rule.x, Growth | Increase):
            baseline = _without_unknown(self.scope.compared[self.rule.x], None)
        terms = modes.Terms(x, b, self.rule.x == self.rule.b, baseline)
        drafts = modes.steps_of(self.rule.scale, terms)
        amounts = [self._step(layers, draft, sql.column("paid")) for draft in drafts]
        amounts += [
            self._step(layers, draft, sql.column("unmeasured")) for draft in self._without_baseline(b)
        ]
        layers.close()
        earned = layers.keep_exact("scaled", money.total([_or_nothing(amount) for amount in amounts]))
        layers.close()
        return self._mirrored(layers, earned) if self.rule.negative else earned

    def _without_baseline(self, b: Exact) -> list[modes.Draft]:
        if self.rule.without_baseline is None:
            return []
        if isinstance(self.rule.without_baseline, Fixed):
            return [modes.Draft("fixed", money.number(self.rule.without_baseline.amount))]
        return modes.lowest(self.rule.scale, b)

    def _step(self, layers: Layers, draft: modes.Draft, where: Sql) -> Exact:
        """Notes a step and keeps its amount and figures; unknown where the step does not apply."""
        name = f"s{len(self.steps)}"
        applies = sql.both([where, draft.applies])
        whole = sql.when(applies, draft.amount.whole)
        amount = layers.keep_exact(name, Exact(whole, draft.amount.unit, draft.amount.divisors))
        label: dict[str, NumberColumn | Fraction | str] = {}
        for key, figure in draft.label.items():
            label[key] = (
                self._figure(layers, f"{name}_{key}", figure) if isinstance(figure, Exact) else figure
            )
        self.steps.append(StepLayout(draft.kind, column_of(amount), label))
        return amount

    def _figure(self, layers: Layers, name: str, figure: Exact) -> NumberColumn:
        parts = (figure.whole, *figure.divisors)
        return column_of(
            figure if all(isinstance(part, exp.Column) for part in parts) else layers.keep_exact(name, figure)
        )

    def _mirrored(self, layers: Layers, earned: Exact) -> Exact:
        is_mirrored = sql.both([sql.column("paid"), sql.less(sql.column("sign"), sql.whole(0))])
        return self._adjusted(layers, "mirror", earned, money.multiply(earned, money.number(-2)), is_mirrored)

    def _adjusted(
        self,
        layers: Layers,
        kind: str,
        earned: Exact,
        by: Exact,
        applies: Sql,
        label: modes.Label | None = None,
    ) -> Exact:
        """A step that changes what was earned so far; the sum of both."""
        change = self._step(layers, modes.Draft(kind, by, label or {}), applies)
        layers.close()
        result = layers.keep_exact(f"after{len(self.steps)}", money.total([earned, _or_nothing(change)]))
        layers.close()
        return result

    def _multiplied(self, layers: Layers, earned: Exact) -> Exact:
        """E × Σ(w·k) ÷ Σw; where the weights don't add up to more than nothing, each fact weighs the same."""
        weights, weighed = sql.wide_column("weights"), sql.wide_column("weighed")
        if self.rule.negative:
            weights = sql.multiply(sql.column("sign"), weights)
            weighed = sql.multiply(sql.column("sign"), weighed)
        alike = sql.at_most(weights, sql.whole(0))
        layers.keep("alike", alike)
        bottom = layers.keep("weights_used", sql.when(alike, sql.wide_column("count"), weights), wide=True)
        top = layers.keep("weighed_used", sql.when(alike, sql.wide_column("factors"), weighed), wide=True)
        layers.close()
        mean = Exact(top, self.factor.unit, (bottom,))
        change = money.multiply(earned, money.subtract(mean, money.number(1)))
        return self._adjusted(layers, "multiply", earned, change, sql.column("paid"), {"by": mean})

    def _not_below(self, layers: Layers, earned: Exact) -> Exact:
        if not self.rule.negative:
            is_less = sql.less(earned.whole, sql.whole(0))
            earned = self._adjusted(layers, "clamp", earned, money.negative(earned), is_less)
        if self.rule.floor is not None and self.rule.floor.every is None:
            least = money.number(self.rule.floor.amount)
            is_less = sql.both([sql.column("opened"), money.compare(exp.LT, earned, least)])
            label: modes.Label = {"least": Fraction(self.rule.floor.amount)}
            earned = self._adjusted(layers, "floor", earned, money.subtract(least, earned), is_less, label)
        return earned

    def _rounded(self, layers: Layers, earned: Exact) -> None:
        """The one rounding."""
        top, bottom = money.in_minor(earned, self.digits)
        top = layers.keep("top", sql.wide(top), wide=True)
        bottom = layers.keep("bottom", sql.wide(bottom), wide=True)
        layers.close()
        quotient = layers.keep("quotient", sql.divide_down(sql.absolute(top), bottom), wide=True)
        layers.close()
        layers.keep("rounded", money.rounded(top, quotient, bottom, self.rule.rounding), wide=True)
        layers.close()

    def _capped(self, layers: Layers) -> None:
        """The cap, used up by earlier groups first; a negative earning gives room back.

        With S the running sum of the rounded earnings, what is paid in all is S − max(0, highest S so far − cap).
        """
        rounded = sql.wide_column("rounded")
        if self.rule.cap is None:
            layers.keep("amount", rounded)
            layers.close()
            return
        most = sql.whole(int(self.rule.cap.amount * 10**self.digits))
        shared = self._sharing(layers, self.rule.cap)
        keys = [sql.column(key) for key in ("period_from", *self.admission.keys)]
        layers.keep("so_far", sql.over(sql.total(rounded), shared, keys, running=True), wide=True)
        layers.close()
        beyond = sql.over(
            sql.largest(sql.subtract(sql.wide_column("so_far"), most)), shared, keys, running=True
        )
        layers.keep("beyond", beyond, wide=True)
        layers.close()
        over = sql.when(
            sql.more(sql.wide_column("beyond"), sql.whole(0)), sql.wide_column("beyond"), sql.whole(0)
        )
        layers.keep("paid_so_far", sql.subtract(sql.wide_column("so_far"), over), wide=True)
        layers.close()
        before = sql.or_else(sql.over(sql.lag(sql.column("paid_so_far")), shared, keys), sql.whole(0))
        layers.keep("amount", sql.subtract(sql.wide_column("paid_so_far"), before))
        layers.close()

    def _sharing(self, layers: Layers, cap: Cap) -> list[Sql]:
        """The columns that name who shares a cap: the recipient, in the cap's period or the rule's own."""
        if cap.every is None:
            own = "part" if self.admission.has_part else "period_from"
            return [sql.column("recipient"), sql.column(own)]
        longer = self.admission.name("cap_periods")
        self.longer[longer] = cap.every
        within = sql.both(
            [
                sql.at_most(sql.column("longer_from", "p"), sql.column("period_from", "t")),
                sql.at_most(sql.column("period_from", "t"), sql.column("longer_to", "p")),
            ]
        )
        query = sql.select_all(layers.query, "t").select(sql.column("longer_from", "p"), copy=False)
        layers.query = sql.join(query, longer, "p", within)
        return [sql.column("recipient"), sql.column("longer_from")]

    @property
    def digits(self) -> int:
        return digits_of(self.admission)

    # Names

    def _named(self, layers: Layers) -> None:
        """The number and the name of each group, in the order of its keys."""
        keys = [sql.column(key) for key in self.admission.keys]
        layers.keep("gid", sql.row_number([], keys))
        by_parts: list[Sql] = []
        for name, column in zip(self.admission.by_columns, self.rule.by, strict=True):
            prefix = ("" if not by_parts else ";") + f"{describe(column)}="
            by_parts += [sql.text(prefix), sql.column(name)]
        layers.keep("by", sql.joined_text(by_parts) if by_parts else sql.text(""))
        layers.close()
        parts = [
            sql.text(f"{self.rule.key}|{self.admission.to}|"),
            sql.column("recipient"),
            sql.text("|"),
            sql.column("by"),
            sql.text("|"),
            sql.cast(sql.column("period_from"), sql.TEXT),
        ]
        if self.admission.has_part:
            parts += [sql.text("|"), sql.column("part")]
        layers.keep("earning", sql.joined_text(parts))
        layers.close()

    def _layout(self, earned: Exact) -> RuleLayout:
        return RuleLayout(
            rule=self.rule.key,
            to=self.admission.to,
            by=tuple(describe(column) for column in self.rule.by),
            rounding=self.rule.rounding,
            unit=unit_of(self.admission),
            digits=self.digits,
            groups=self.admission.name("groups"),
            facts=self.admission.name("facts"),
            exact=column_of(earned),
            document=_document(self.admission),
            measures=tuple(self.measure_layouts),
            gates=tuple(self.gate_layouts),
            steps=tuple(self.steps),
            values=self.admission.value_layouts(),
            factor=NumberColumn("factor", self.factor.unit),
            weight=NumberColumn("weight", self.weight.unit),
        )


def _without_unknown(value: Exact, sign: Sql | None) -> Exact:
    """The value with 0 for unknown, so that one unknown figure can't make the whole sum unknown."""
    whole = sql.or_else(value.whole, sql.whole(0))
    if sign is not None:
        whole = sql.multiply(sign, whole)
    return Exact(whole, value.unit, tuple(sql.or_else(divisor, sql.whole(1)) for divisor in value.divisors))


def _or_nothing(value: Exact) -> Exact:
    return Exact(sql.wide(sql.or_else(value.whole, sql.whole(0))), value.unit, value.divisors)


def _document(admission: Admission) -> dict[str, Any]:
    """The programme as it was written, with this rule alone."""
    document = dict(admission.programme.document)
    document["earns"] = [rule for rule in document.get("earns", ()) if rule.get("key") == admission.rule.key]
    return document


def digits_of(admission: Admission) -> int:
    """The decimals of what a rule pays: the currency's of money, funds and discounts, else whole."""
    return admission.programme.digits if admission.rule.pays.kind in ("money", "fund", "discount") else 0


def unit_of(admission: Admission) -> str:
    """The currency, or the name of what is paid."""
    pays = admission.rule.pays
    return admission.programme.currency if pays.kind in ("money", "discount") else pays.name or pays.kind
