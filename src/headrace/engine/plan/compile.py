"""A programme and the shape of the data, compiled to the stages that calculate it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import pyarrow as pa

from headrace.engine.expressions import Field
from headrace.engine.plan.admission import Admission
from headrace.engine.plan.days import longer_periods, own_days
from headrace.engine.plan.facts import fields_in, known_stage
from headrace.engine.plan.groups import GroupPlan
from headrace.engine.plan.layout import RuleLayout
from headrace.engine.plan.shapes import Shapes
from headrace.engine.plan.shares import facts_stage
from headrace.engine.programme import Programme, Rule
from headrace.engine.sql import Stage
from headrace.engine.tables import DIMENSIONS, FACTS
from headrace.kernel.period import Period


@dataclass(frozen=True, slots=True)
class Plan:
    """What to run: small tables made here, stages for the earnings, and stages for the shares, in this order."""

    tables: Mapping[str, pa.Table]
    groups: tuple[Stage, ...]
    facts: tuple[Stage, ...]
    layouts: tuple[RuleLayout, ...]


# The columns that every calculation looks at, where they are there.
_ALWAYS = ("id", "partner", "person", "on", "currency", "recorded_at", "supersedes", "credits", "returns")


def columns_needed(programme: Programme) -> dict[str, set[str]]:
    """The columns to load, by table."""
    needed: dict[str, set[str]] = {name: {"id", "valid_from", "valid_to"} for name in DIMENSIONS}
    for rule in programme.rules:
        needed.setdefault(rule.facts, set()).update(_ALWAYS)
        for field in _fields(programme, rule):
            table = rule.facts if field.namespace == "fact" else field.namespace
            needed.setdefault(table, set()).add(field.name)
            if table != rule.facts:
                needed[rule.facts].add(field.namespace)
            if field == Field("customer", "is_new"):
                needed.setdefault("sale", set()).update((*_ALWAYS, "customer", "quantity", "net_amount"))
        if rule.every.kind == "order":
            needed[rule.facts].add("order_id")
        if rule.to.startswith("partner."):
            needed["partner"].add(rule.to.removeprefix("partner."))
    return needed


def _fields(programme: Programme, rule: Rule) -> list[Field]:
    admission = Admission(programme, rule, 0, Shapes())
    return fields_in([programme.audience.where, rule.where, *rule.by, *admission.nodes()])


def compile_programme(programme: Programme, shapes: Shapes, as_of: datetime | None) -> Plan:
    """The plan of a programme over data of this shape. Raises UnsupportedError, TooWideError, ProgrammeError."""
    tables: dict[str, pa.Table] = {}
    groups: list[Stage] = []
    facts: list[Stage] = []
    layouts: list[RuleLayout] = []
    groups += [known_stage(kind, shapes, as_of) for kind in FACTS if shapes.table(kind).columns]
    for place, rule in enumerate(programme.rules):
        loaded = shapes.table(rule.facts)
        if loaded.first is None or loaded.last is None:
            continue
        admission = Admission(programme, rule, place, shapes)
        data = Period(loaded.first, loaded.last)
        days = own_days(admission.name("days"), programme, rule.every, data)
        tables[days.name] = days.table
        admitted = admission.stage(admission.name("admitted"), days.name)
        plan = GroupPlan(admission, admitted.name)
        stage, layout = plan.build()
        tables |= {name: longer_periods(programme, every, data) for name, every in plan.longer.items()}
        groups += [admitted, stage]
        facts.append(facts_stage(admission, plan, admitted.name))
        layouts.append(layout)
    return Plan(tables, tuple(groups), tuple(facts), tuple(layouts))
