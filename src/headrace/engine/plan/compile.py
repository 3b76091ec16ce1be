"""A programme and the shape of the data, compiled to the stages that calculate it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from typing import Any

import pyarrow as pa
from sqlglot import exp

from headrace.engine import money, sql
from headrace.engine.calendars import period_of
from headrace.engine.credits import read_credits
from headrace.engine.expressions import Field, Growth, Increase
from headrace.engine.plan.across import (
    best_stages,
    deducted_stage,
    exceeds,
    in_order,
    served_stages,
)
from headrace.engine.plan.admission import Admission, Credits, Only, looked_at
from headrace.engine.plan.conversion import MonthOf, conversion
from headrace.engine.plan.days import Days, baseline_days, longer_periods, own_days, seen_days, span_table
from headrace.engine.plan.earnings import explained_stage, lifted_stages, numbered_stage, plain_shares
from headrace.engine.plan.facts import known_stage
from headrace.engine.plan.groups import GroupPlan, Sources
from headrace.engine.plan.layout import RuleLayout
from headrace.engine.plan.layout_of import layout_of
from headrace.engine.plan.separation import periods_stand_alone
from headrace.engine.plan.shapes import FACT, Shapes
from headrace.engine.plan.shares import (
    facts_stage,
    given_stage,
    shared_stage,
    split_stages,
    split_table,
    weighing_stage,
    window_stage,
)
from headrace.engine.plan.taking_back import takes_back, taking_stages
from headrace.engine.plan.terms import Source
from headrace.engine.plan.values import Column as AnyColumn
from headrace.engine.plan.values import UnsupportedError, attribute, columns_in, parts_of
from headrace.engine.plan.waiting import Waiting
from headrace.engine.programme import Every, Programme, Rule
from headrace.engine.rates import MissingRateError, Rates
from headrace.engine.scales import Lookup
from headrace.engine.sql import Stage
from headrace.engine.tables import DIMENSIONS, FACTS, MONETARY
from headrace.kernel.period import Period

ALWAYS = Period(date.min, date.max)
# What tells the rows of a dimension apart.
_DATED = frozenset(("id", "valid_from", "valid_to"))
# The columns that every calculation looks at, where they are there.
_ALWAYS = ("id", "partner", "person", "on", "currency", "recorded_at", "supersedes", "credits", "returns")


@dataclass(frozen=True, slots=True)
class Check:
    """A query that must find nothing; the first row that it finds is the mistake."""

    query: exp.Select
    mistake: type[Exception]
    to: str = ""

    def error(self, row: Mapping[str, Any]) -> Exception:
        if self.mistake is MissingRateError:
            return MissingRateError(row["currency"], self.to, row["on"])
        return self.mistake("several caps over parts that are negative")


@dataclass(slots=True)
class Plan:
    """What to run, in this order: small tables made here, stages, checks; and what waits until it is asked for."""

    tables: dict[str, pa.Table] = field(default_factory=dict)
    stages: list[Stage | Check] = field(default_factory=list)
    later: Waiting = field(default_factory=Waiting)
    layouts: list[RuleLayout] = field(default_factory=list)


def columns_needed(programme: Programme) -> dict[str, set[str]]:
    """The columns to load, by table; of a dimension that no attribute is needed of, none."""
    needed: dict[str, set[str]] = {name: set(_DATED) for name in DIMENSIONS}
    needed["targets"] = {"partner", "person", "measure", "from", "to", "value"}
    for rule in programme.rules:
        needed.setdefault(rule.facts, set()).update(_ALWAYS)
        for column in columns_in([programme.audience.where, rule.where, *rule.by, *looked_at(rule)]):
            found = attribute(column)
            table = rule.facts if found.namespace == "fact" else found.namespace
            needed[table].add(found.name)
            if found.namespace != "fact":
                needed[rule.facts].add(found.namespace)
            if found == Field("customer", "is_new"):
                needed.setdefault("sale", set()).update((*_ALWAYS, "customer", "quantity", "net_amount"))
        needed[rule.facts].update({"order": ("order_id",)}.get(rule.every.kind, ()))
        needed[rule.facts].update(("quantity",) if rule.returns == "original_rate" else ())
        for to in (rule.to, *(split.to for split in rule.splits)):
            needed["partner"].update((to.removeprefix("partner."),) if "." in to else ())
    return {name: columns for name, columns in needed.items() if columns != _DATED}


def values_needed(programme: Programme) -> set[tuple[str, str]]:
    """The columns whose values a plan must know one by one, as table and column."""
    found: set[tuple[str, str]] = set()
    for rule in programme.rules:
        if isinstance(rule.scale, Lookup):
            by = rule.scale.by
            found.add((rule.facts if by.namespace == "fact" else by.namespace, by.name))
    return found


def compile_programme(
    programme: Programme,
    shapes: Shapes,
    as_of: datetime | None,
    rates: pa.Table | None,
    only: bool = False,
) -> Plan:
    """The plan of a programme over data of this shape. Raises UnsupportedError, TooWideError, ProgrammeError.

    With `only` the plan keeps to one group, a parameter of its statements, with what that depends on; of a programme
    that `is_separable`.
    """
    return _Compiler(programme, shapes, as_of, rates, only).compile()


class _Compiler:
    def __init__(
        self,
        programme: Programme,
        shapes: Shapes,
        as_of: datetime | None,
        rates: pa.Table | None,
        only: bool,
    ) -> None:
        self.programme, self.shapes, self.as_of = programme, shapes, as_of
        self.only = Only(periods_stand_alone(programme)) if only else None
        self.rates = Rates(programme.fx, programme.currency, rates)
        self.plan = Plan()
        self.done: dict[str, tuple[Admission, GroupPlan]] = {}
        days = [found for kind in FACTS if (found := shapes.table(kind).days) is not None]
        self.data = Period(min(d.starts for d in days), max(d.ends for d in days)) if days else None
        self.places = {rule.key: place for place, rule in enumerate(programme.rules)}

    def compile(self) -> Plan:
        stages = self.plan.stages
        stages += [known_stage(k, self.shapes, self.as_of) for k in FACTS if self.shapes.table(k).columns]
        for rivals in in_order(self.programme):
            there = [rule for rule in rivals if self.shapes.table(rule.facts).days is not None]
            for rule in there:
                self._rule(rule)
            if there and there[0].best_of is not None:
                stages += best_stages([self.done[rule.key][0] for rule in there])
            for rule in there:
                self._share(rule)
        self._limit()
        return self.plan

    # One rule

    def _rule(self, rule: Rule) -> None:
        """The groups of a rule and what each earns."""
        data = self.shapes.table(rule.facts).days
        assert data is not None, "a rule without facts has no groups"
        admission = Admission(
            self.programme, rule, self.places[rule.key], self.shapes, {}, self._credits(rule), self.only
        )
        sources = self._sources(admission, data)
        others = [self.done[key][0] for key in rule.deduct if key in self.done]
        deducted = deducted_stage(admission, others) if others else None
        plan = GroupPlan(admission, sources, deducted.name if deducted else None)
        plan.build()
        for name, every in plan.longer.items():
            self.plan.tables[name] = longer_periods(self.programme, every, data)
        self.plan.tables[admission.name("spans")] = span_table(sources.seen.days)
        self.plan.stages += [deducted] if deducted else []
        name = admission.name("earned" if rule.best_of is None else "raw")
        self.plan.stages.append(Stage(name, plan.earned()))
        self.plan.layouts.append(layout_of(admission, plan, self._is_lifted(rule)))
        self.done[rule.key] = admission, plan

    def _credits(self, rule: Rule) -> Credits | None:
        """Takes the texts of `credits` apart: each once, not once for each fact."""
        texts = self.shapes.table(rule.facts).credits
        if not texts:
            return None
        parts = [(text, *part) for text in texts for part in read_credits(text)]
        unit = money.common_unit([Fraction(1), *(share for _, _, share in parts if share)])
        name = f"credits_{rule.facts}"
        self.plan.tables[name] = pa.table(
            {
                "text": pa.array([text for text, _, _ in parts], pa.string()),
                "recipient": pa.array([recipient for _, recipient, _ in parts], pa.string()),
                "part": pa.array([int(share / unit) for _, _, share in parts], pa.int64()),
            }
        )
        return Credits(name, unit)

    def _sources(self, admission: Admission, data: Period) -> Sources:
        rule, programme = admission.rule, self.programme
        paid = self._source(
            admission, "admitted", own_days(admission.name("days"), programme, rule.every, data)
        )
        seen = paid
        if rule.every.kind == "rolling":
            days = seen_days(admission.name("seen_days"), programme, rule.every, data)
            seen = self._source(admission, "seen", days)
        before = {}
        for baseline in baselines_of(rule):
            days = baseline_days(admission.name(f"{baseline}_days"), programme, rule.every, data, baseline)
            before[baseline] = self._source(admission, baseline, days)
        return Sources(paid, seen, before)

    def _source(self, admission: Admission, name: str, days: Days) -> Source:
        self.plan.tables[days.name] = days.table
        self._convert(admission, days)
        stage = admission.stage(admission.name(name), days)
        self.plan.stages.append(stage)
        return Source(stage.name, days, admission.scope(days.name))

    def _convert(self, admission: Admission, days: Days) -> None:
        """Rates for the facts of other currencies, where a rule looks at money at all."""
        rule = admission.rule
        loaded = self.shapes.table(rule.facts)
        looked = columns_in([self.programme.audience.where, rule.where, *looked_at(rule)])
        money_columns = monetary(looked)
        foreign = loaded.currencies - {self.programme.currency}
        if not foreign or not money_columns or loaded.days is None:
            return
        found = conversion(
            f"{days.name}_rates", self.rates, foreign, days, loaded.days, self._month_of(rule.every)
        )
        admission.conversions[days.name] = found
        self.plan.tables[found.name] = found.table
        self.plan.stages.append(
            self._check_rates(admission, days, sorted(money_columns & set(loaded.columns)))
        )

    def _month_of(self, every: Every) -> MonthOf | None:
        if every.kind != "rolling":
            return None

        def month_of(day: date) -> Period:
            month = period_of(day, every, self.programme.calendar, ALWAYS)
            assert month is not None, "every day has a month"
            return month

        return month_of

    def _check_rates(self, admission: Admission, days: Days, columns: Sequence[str]) -> Check:
        """Finds facts that the rule admits, and that have an amount and no rate to convert it at.

        Where the filter itself looks at an amount, nothing can be said of what it admits: of the audience then.
        """
        facts = admission.query(days)
        if not monetary(columns_in([admission.rule.where])):
            facts.admit(admission.rule.where)
        facts.leave_out_returns()
        found = admission.conversions[days.name]
        facts.query.where(
            found.is_foreign(),
            sql.is_unknown(sql.column("rate", "fx")),
            sql.either(sql.is_known(sql.column(name, FACT)) for name in columns),
            copy=False,
        )
        columns_ = {"currency": sql.column("currency", FACT), "on": facts.at}
        query = facts.selected(columns_).order_by(*(sql.ordered(sql.column(c)) for c in columns_), copy=False)
        return Check(query.limit(1, copy=False), MissingRateError, self.programme.currency)

    # Shares, and what looks beyond one rule

    def _is_lifted(self, rule: Rule) -> bool:
        """Whether earnings are more than groups: parted, limited with others, or taken back from."""
        limits = (self.programme.caps or self.programme.budget) and rule.pays.kind == "money"
        returns = rule.returns == "original_rate" and self.shapes.fills("sale", "returns")
        return bool(rule.splits or limits or (returns and rule.facts == "sale"))

    def _share(self, rule: Rule) -> None:
        """The facts of a rule with their shares: now where other rules or limits need them, else when asked for."""
        admission, plan = self.done[rule.key]
        later = self.plan.later
        is_deducted = any(rule.key in other.deduct for other in self.programme.rules)
        if is_deducted or self._is_lifted(rule):
            self._share_now(admission, plan)
        else:
            later.add("earnings", lambda: [numbered_stage(admission)])
            later.add("shares", lambda: [*self._shared(admission, plan, False), plain_shares(admission)])
            later.add("receipts", lambda: [facts_stage(admission, plan)])
        later.add("receipts", lambda: [explained_stage(admission, plan)])
        if plan.sources.seen is not plan.sources.paid:
            later.add("receipts", lambda: [window_stage(admission, plan)])

    def _shared(self, admission: Admission, plan: GroupPlan, zero: bool) -> list[Stage]:
        return [weighing_stage(admission, plan), shared_stage(admission, plan, zero)]

    def _share_now(self, admission: Admission, plan: GroupPlan) -> None:
        stages = [numbered_stage(admission), *self._shared(admission, plan, True)]
        stages.append(facts_stage(admission, plan))
        if admission.rule.splits:
            self.plan.tables[admission.name("splits")] = split_table(admission)
            stages += split_stages(admission)
        stages.append(given_stage(admission))
        if not self._is_lifted(admission.rule):
            stages.append(plain_shares(admission))
        self.plan.stages += stages

    def _limit(self) -> None:
        """Caps and budget of the programme over all rules that pay money, then what returns take back."""
        lifted = [
            self.done[rule.key]
            for rule in self.programme.rules
            if rule.key in self.done and self._is_lifted(rule)
        ]
        limited = [one for one, _ in lifted if one.rule.pays.kind == "money"]
        served = bool((self.programme.caps or self.programme.budget) and limited)
        if served:
            names = [self._cap_days(place, cap.every) for place, cap in enumerate(self.programme.caps)]
            self.plan.stages += served_stages(self.programme, limited, names)
            too_many = exceeds(self.programme)
            if too_many is not None:
                self.plan.stages.append(Check(too_many, UnsupportedError))
        for admission, plan in lifted:
            is_served = served and admission.rule.pays.kind == "money"
            back = takes_back(admission)
            stages = lifted_stages(admission, is_served, back)
            if back:
                stages[2:2] = taking_stages(admission, plan)
            self.plan.stages += stages

    def _cap_days(self, place: int, every: Every | None) -> str:
        name = f"cap{place}_days"
        if every is not None and self.data is not None:
            self.plan.tables[name] = own_days(name, self.programme, every, self.data).table
        return name


def monetary(columns: Iterable[AnyColumn]) -> set[str]:
    """The columns of facts that are money."""
    fields = (column for column in columns if isinstance(column, Field) and column.namespace == "fact")
    return {field.name for field in fields if field.name in MONETARY}


def baselines_of(rule: Rule) -> list[str]:
    """The periods of comparison that a rule names, each once."""
    nodes = [rule.x, rule.b, *(gate.condition for gate in rule.gates)]
    found = [part for node in nodes for part in parts_of(node) if isinstance(part, Growth | Increase)]
    return list(dict.fromkeys(node.baseline for node in found if isinstance(node.baseline, str)))
