"""Returns at the original rate: each takes back what its line was given, in the period of the return."""

from dataclasses import replace

from sqlglot import exp

from headrace.engine import money, sql
from headrace.engine.expressions import contributing
from headrace.engine.money import Exact
from headrace.engine.plan.admission import Admission
from headrace.engine.plan.days import Days
from headrace.engine.plan.earnings import earning_name
from headrace.engine.plan.facts import SOLD, FactQuery
from headrace.engine.plan.groups import GroupPlan
from headrace.engine.plan.layers import Layers
from headrace.engine.plan.measures import contribution
from headrace.engine.plan.shapes import FACT
from headrace.engine.sql import Sql, Stage


def takes_back(admission: Admission) -> bool:
    """Whether returns of a rule take back shares."""
    rule = admission.rule
    fills = admission.shapes.fills("sale", "returns")
    return rule.facts == "sale" and rule.returns == "original_rate" and fills


def taking_stages(admission: Admission, plan: GroupPlan) -> list[Stage]:
    """`returned`: the returns and how much of their line they are. `taken`: what they take back of each earning."""
    days = plan.sources.paid.days
    return [_returned(admission, days), _taken(admission)]


def _returned(admission: Admission, days: Days) -> Stage:
    """Each return of a known sale: its own period, and what it would weigh on the day of the sale."""
    facts = FactQuery(
        admission.programme,
        admission.rule,
        admission.shapes,
        admission.conversions.get(days.name),
        as_sold=True,
    )
    facts.join_days(days)
    facts.use(admission.columns)
    own = sql.equal(sql.column("day", "own"), sql.column("on", FACT))
    sql.join(facts.query, days.name, "own", own, left=True)
    facts.query.where(sql.is_known(sql.column("id", SOLD)), copy=False)
    has_quantity = "quantity" in admission.shapes.table("sale").columns
    quantities = {
        name: sql.column("quantity", alias) if has_quantity else sql.whole(0)
        for name, alias in (("back", FACT), ("sold", SOLD))
    }
    columns = {
        "fact": sql.column("id", FACT),
        "on": sql.column("on", FACT),
        "returns": sql.column("returns", FACT),
        "period_from": sql.column("period_from", "own"),
        "period_to": sql.column("period_to", "own"),
        "mark": _mark(admission),
        **quantities,
        **admission.values(facts, admission.columns),
    }
    # What the recipient is credited of the sale it is credited of the return as well: see `_returns_of_shares`.
    weight = contribution(admission.rule.b, replace(admission.scope(days.name), credit=None))
    query = sql.extend(facts.selected(columns), {"weight_back": sql.wide(weight.whole)})
    return Stage(admission.name("returned"), query)


def _mark(admission: Admission) -> Sql:
    fact = sql.column("id", FACT)
    if admission.rule.every.kind == "fact":
        return fact
    if admission.rule.every.kind != "order":
        return sql.text("")
    if "order_id" not in admission.shapes.table("sale").columns:
        return fact
    return sql.or_else(sql.unless_empty(sql.column("order_id", FACT)), fact)


def _taken(admission: Admission) -> Stage:
    """Rounded so that returning all of a line takes back its share exactly, and never more."""
    layers = Layers(_returns_of_shares(admission))
    by_weight = _part(sql.wide_column("weight_back"), sql.wide_column("weight"))
    by_quantity = _part(sql.wide_column("back"), sql.wide_column("sold"))
    is_summed = all(node.function in ("sum", "avg") for node in contributing(admission.rule.b))
    weighs = sql.both([sql.truth(is_summed), sql.negate(sql.equal(sql.wide_column("weight"), sql.whole(0)))])
    counts = sql.holds(sql.negate(sql.equal(sql.column("sold"), sql.whole(0))))
    layers.keep("part", sql.cases([(weighs, by_weight), (counts, by_quantity)], sql.whole(0)))
    sizes = [
        (weighs, sql.absolute(sql.wide_column("weight"))),
        (counts, sql.absolute(sql.wide_column("sold"))),
    ]
    whole = layers.keep("whole", sql.cases(sizes, sql.whole(1)), wide=True)
    layers.close()
    line = [sql.column(name) for name in ("gid", "to", "recipient", "returns")]
    order = [sql.column("on"), sql.column("fact")]
    part = sql.or_else(sql.column("part"), sql.whole(0))
    layers.keep("parts", sql.over(sql.total(part), line, order, running=True), wide=True)
    layers.close()
    returned = money.smaller(Exact(sql.wide_column("parts")), Exact(whole)).whole
    top = layers.keep("top", sql.multiply(sql.wide_column("budgeted"), returned), wide=True)
    layers.close()
    quotient = layers.keep("quotient", sql.divide_down(sql.absolute(top), whole), wide=True)
    layers.close()
    so_far = layers.keep("so_far", money.rounded(top, quotient, whole, "half_up"), wide=True)
    layers.close()
    before = sql.or_else(sql.over(sql.lag(so_far), line, order), sql.whole(0))
    layers.keep("taken", sql.subtract(so_far, before))
    layers.close()
    is_taken = sql.negate(sql.equal(sql.column("taken"), sql.whole(0)))
    is_dated = sql.is_known(sql.column("period_from"))
    layers.query = sql.select_all(layers.query).where(is_taken, is_dated, copy=False)
    layers.keep("earning", _earning(admission))
    layers.close()
    own = ("earning", "to", "recipient", *admission.by_columns, "by", "period_from", "period_to", "mark")
    names = [*own, "source", "fact", "on", "returns", "taken"]
    return Stage(
        admission.name("taken"), sql.select({name: sql.column(name) for name in names}, layers.query)
    )


def _returns_of_shares(admission: Admission) -> exp.Select:
    query = sql.source(admission.name("paid"), "s")
    for table, alias, left, right in (
        (admission.name("groups"), "g", ("gid",), ("gid",)),
        (admission.name("facts"), "f", ("gid", "fact"), ("gid", "fact")),
        (admission.name("returned"), "r", ("fact",), ("returns",)),
    ):
        pairs = zip(left, right, strict=True)
        same = sql.both(sql.equal(sql.column(one, "s"), sql.column(other, alias)) for one, other in pairs)
        sql.join(query, table, alias, same)
    of_return = ("fact", "on", "returns", "period_from", "period_to", "mark", "back", "sold")
    weight_back = sql.wide_column("weight_back", "r")
    if admission.credits is not None:
        weight_back = sql.multiply(weight_back, sql.column("credit", "f"))
    columns = {
        **{name: sql.column(name, "s") for name in ("gid", "to", "recipient", "budgeted")},
        **{name: sql.column(name, "g") for name in (*admission.by_columns, "by")},
        "source": sql.column("recipient", "g"),
        "weight": sql.column("weight", "f"),
        "weight_back": weight_back,
        **{name: sql.column(name, "r") for name in of_return},
    }
    return query.select(*sql.named(columns), copy=False)


def _part(back: Sql, sold: Sql) -> Sql:
    """What of a line is returned, over the size of the line; less than nothing is nothing."""
    against = sql.when(sql.less(sold, sql.whole(0)), back, sql.multiply(sql.whole(-1), back))
    return sql.when(sql.more(against, sql.whole(0)), against, sql.whole(0))


def _earning(admission: Admission) -> Sql:
    source = sql.column("source") if admission.rule.splits else None
    names = ("recipient", "by", "period_from", "mark")
    return earning_name(admission, sql.column("to"), {name: sql.column(name) for name in names}, source)
