"""Sharing an earning out over the facts that made it, by largest remainder."""

from headrace.engine import money, sql
from headrace.engine.plan.admission import Admission, on_keys
from headrace.engine.plan.groups import GroupPlan
from headrace.engine.plan.layers import Layers
from headrace.engine.sql import Stage


def facts_stage(admission: Admission, plan: GroupPlan, admitted: str) -> Stage:
    """The facts of each group with what they weigh and their share of the earning, in minor units.

    |E| × v ÷ V rounded down, then one more to the facts with the largest remainders, ties by fact id, until the
    shares add up to |E|; v is weight × factor, V its sum over the group. Where V is not above zero (of a negative
    earning: not below), the weights are the factors alone.
    """
    keys = admission.keys
    query = sql.source(admitted, "a")
    groups = sql.select(
        {key: sql.column(key) for key in [*keys, "gid", "amount", "weighed", "factors"]},
        plan_groups(admission),
    )
    sql.join(query, groups, "g", on_keys(keys, "a", "g"))
    values = {f"v{place}": sql.column(f"v{place}", "a") for place in range(len(admission.fields))}
    query = query.select(
        *sql.named(
            {
                "gid": sql.column("gid", "g"),
                "amount": sql.column("amount", "g"),
                "weighed": sql.column("weighed", "g"),
                "factors": sql.column("factors", "g"),
                "fact": sql.column("fact", "a"),
                "on": sql.column("on", "a"),
                **values,
                "weight": sql.wide(plan.weight.whole),
                "factor": sql.wide(plan.factor.whole),
            }
        ),
        copy=False,
    )
    layers = Layers(query)
    _weighed(layers)
    _shared(layers)
    columns = ["gid", "fact", "on", *values, "weight", "factor", "share"]
    return Stage(
        admission.name("facts"), sql.select({name: sql.column(name) for name in columns}, layers.query)
    )


def plan_groups(admission: Admission) -> str:
    return admission.name("groups")


def _weighed(layers: Layers) -> None:
    """The weight of each fact with its sign so that the sum `whole` of the group is above zero."""
    amount, weighed = sql.wide_column("amount"), sql.wide_column("weighed")
    nothing = sql.whole(0)
    follows = sql.either(
        [
            sql.both([sql.at_least(amount, nothing), sql.more(weighed, nothing)]),
            sql.both([sql.less(amount, nothing), sql.less(weighed, nothing)]),
        ]
    )
    value = sql.multiply(sql.wide_column("weight"), sql.wide_column("factor"))
    mirrored = sql.both([sql.less(amount, nothing), follows])
    sign = sql.when(mirrored, sql.whole(-1), sql.whole(1))
    layers.keep("v", sql.multiply(sign, sql.when(follows, value, sql.wide_column("factor"))))
    layers.keep("whole", sql.when(follows, sql.absolute(weighed), sql.wide_column("factors")))
    layers.keep("size", sql.absolute(amount))
    layers.close()


def _shared(layers: Layers) -> None:
    size, value, whole = (sql.wide_column(name) for name in ("size", "v", "whole"))
    layers.keep("lower", money.quotient_down(sql.multiply(size, value), whole))
    layers.close()
    lower = sql.wide_column("lower")
    layers.keep("rest", sql.subtract(sql.multiply(size, value), sql.multiply(lower, whole)))
    layers.close()
    gid, rest = sql.column("gid"), sql.wide_column("rest")
    place = sql.row_number([gid], [sql.ordered(rest, down=True), sql.ordered(sql.column("fact"))])
    layers.keep("place", place)
    layers.keep("rests", sql.over(sql.total(rest), [gid]))
    layers.close()
    left = sql.divide_down(sql.wide_column("rests"), whole)
    one = sql.when(sql.at_most(sql.column("place"), left), sql.whole(1), sql.whole(0))
    found = sql.add(lower, one)
    is_negative = sql.less(sql.wide_column("amount"), sql.whole(0))
    layers.keep("share", sql.when(is_negative, sql.multiply(sql.whole(-1), found), found))
    layers.close()
