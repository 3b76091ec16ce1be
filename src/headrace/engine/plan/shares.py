"""Sharing an earning out over the facts that made it, by largest remainder; and parting it among several."""

from fractions import Fraction

import pyarrow as pa
from sqlglot import exp

from headrace.engine import money, sql
from headrace.engine.plan.admission import Admission, on_keys
from headrace.engine.plan.groups import GroupPlan
from headrace.engine.plan.layers import Layers
from headrace.engine.plan.layout import payee_kind
from headrace.engine.sql import Sql, Stage


def weighing_stage(admission: Admission, plan: GroupPlan) -> Stage:
    """`weighing`: the admitted facts, with no more columns than it takes to share out."""
    return admission.stage(admission.name("weighing"), plan.sources.paid.days, admission.weighing_columns)


def shared_stage(admission: Admission, plan: GroupPlan, zero: bool) -> Stage:
    """`shared`: what each fact is given of the earning of its group, in minor units.

    |E| × v ÷ V rounded down, then one more to the facts with the largest remainders, ties by fact id, until the
    shares add up to |E|; v is weight × factor, V its sum over the group. Where V is not above zero (of a negative
    earning: not below), the weights are the factors alone, and where these add up to nothing all weigh the same.

    What is sorted is kept narrow. With `zero` also the facts of earnings of nothing are there.
    """
    layers = _weighed(admission, plan, zero)
    apportion(layers, ["gid"], ["fact"], "share")
    for_parts = ["v", "whole", *admission.payees] if admission.rule.splits else []
    names = ["gid", "fact", "on", *for_parts, "share"]
    return Stage(
        admission.name("shared"), sql.select({name: sql.column(name) for name in names}, layers.query)
    )


def facts_stage(admission: Admission, plan: GroupPlan) -> Stage:
    """`facts`: those of each group with their values, what they weigh and their share."""
    of_fact = ["fact", "on", *_values(admission), *_credit(admission)]
    columns = {
        "gid": sql.column("gid", "g"),
        **{name: sql.column(name, "a") for name in of_fact},
        "weight": plan.weight.whole,
        "factor": plan.factor.whole,
    }
    query = _with_number(admission, plan.sources.paid.name).select(*sql.named(columns), copy=False)
    layers = Layers(query)
    same = sql.both(sql.equal(sql.column(name, "t"), sql.column(name, "s")) for name in ("gid", "fact"))
    shared = sql.select({n: sql.column(n) for n in ("gid", "fact", "share")}, admission.name("shared"))
    layers.join(sql.extend(shared, {"own_share": sql.column("share")}), "s", same, ["own_share"])
    share = sql.or_else(sql.column("own_share"), sql.whole(0))
    return Stage(admission.name("facts"), sql.extend(layers.query, {"share": share}), kept=False)


def window_stage(admission: Admission, plan: GroupPlan) -> Stage:
    """The facts of the whole rolling window of each group."""
    of_fact = ["fact", "on", *_values(admission), *_credit(admission)]
    columns = {"gid": sql.column("gid", "g"), **{name: sql.column(name, "a") for name in of_fact}}
    query = _with_number(admission, plan.sources.seen.name)
    return Stage(admission.name("window"), query.select(*sql.named(columns), copy=False), kept=False)


def _with_number(admission: Admission, admitted: str) -> exp.Select:
    """The admitted facts `a` with the number of their group `g`."""
    query = sql.source(admitted, "a")
    groups = sql.select({key: sql.column(key) for key in [*admission.keys, "gid"]}, admission.name("groups"))
    return sql.join(query, groups, "g", on_keys(admission.keys, "a", "g"))


def _values(admission: Admission) -> list[str]:
    return [f"v{place}" for place in range(len(admission.columns))]


def _credit(admission: Admission) -> list[str]:
    return [] if admission.credits is None else ["credit"]


def _weighed(admission: Admission, plan: GroupPlan, zero: bool) -> Layers:
    """The facts with the amount of their group, and their weights with that sign whose sum `whole` is above zero."""
    query = sql.source(admission.name("weighing"), "a")
    groups = _divided(admission, plan)
    if not zero:
        groups.where(sql.negate(sql.equal(sql.column("amount"), sql.whole(0))), copy=False)
    sql.join(query, groups, "g", on_keys(admission.keys, "a", "g"))
    columns = {
        **{name: sql.column(name, "g") for name in _DIVIDED},
        **{name: sql.column(name, "a") for name in ["fact", "on", *admission.payees]},
        "v": _weight(admission, plan),
    }
    return Layers(query.select(*sql.named(columns), copy=False))


def _weight(admission: Admission, plan: GroupPlan) -> Sql:
    """What a fact weighs where it is shared out."""
    by_weight, sign = sql.column("by_weight", "g"), sql.column("sign", "g")
    if not admission.rule.multipliers:
        return sql.when(by_weight, sql.multiply(sign, plan.weight.whole), sql.whole(1))
    own = sql.multiply(sign, money.multiply(plan.weight, plan.factor).whole)
    return sql.cases([(by_weight, own), (sql.column("by_factor", "g"), plan.factor.whole)], sql.whole(1))


_DIVIDED = ("gid", "size", "sign", "whole", "by_weight", "by_factor")


def _divided(admission: Admission, plan: GroupPlan) -> exp.Select:
    """What each group has to part: the size of its amount and its sign, and by which weights of which sum."""
    amount, nothing = sql.wide_column("amount"), sql.whole(0)
    factors = sql.wide_column("factors" if admission.rule.multipliers else "count")
    sign = sql.when(sql.less(amount, nothing), sql.whole(-1), sql.whole(1))
    signed = sql.multiply(sign, sql.wide_column(plan.weighed))
    by_weight, by_factor = sql.more(signed, nothing), sql.more(factors, nothing)
    whole = sql.cases([(by_weight, signed), (by_factor, factors)], sql.wide_column("count"))
    columns = {
        **{key: sql.column(key) for key in admission.keys},
        "gid": sql.column("gid"),
        "size": sql.absolute(amount),
        "sign": sign,
        "whole": whole,
        "by_weight": by_weight,
        "by_factor": by_factor,
    }
    return sql.select(columns, admission.name("groups"))


def apportion(layers: Layers, group: list[str], order: list[str], name: str) -> Sql:
    """Parts each group's amount in proportion to `v` of `whole`, by largest remainder, ties in the given order.

    The amount is `sign` × `size`: a negative one is parted as the mirror image of a positive one. Single v may be
    negative, their sum `whole` is above zero.
    """
    size, value, whole = (sql.wide_column(column) for column in ("size", "v", "whole"))
    product = layers.keep(f"{name}_product", sql.multiply(size, value), wide=True)
    layers.close()
    lower = layers.keep(f"{name}_lower", money.quotient_down(product, whole), wide=True)
    layers.close()
    rest = layers.keep(f"{name}_rest", sql.subtract(product, sql.multiply(lower, whole)), wide=True)
    layers.close()
    partition = [sql.column(column) for column in group]
    by_rest = [sql.ordered(rest, down=True), *(sql.ordered(sql.column(column)) for column in order)]
    layers.keep(f"{name}_place", sql.row_number(partition, by_rest))
    lowers = layers.keep(f"{name}_lowers", sql.over(sql.total(lower), partition), wide=True)
    layers.close()
    is_one_more = sql.at_most(sql.column(f"{name}_place"), sql.subtract(size, lowers))
    found = sql.add(lower, sql.when(is_one_more, sql.whole(1), sql.whole(0)))
    result = layers.keep(name, sql.multiply(sql.column("sign"), found), wide=True)
    layers.close()
    return result


def keep_amount(layers: Layers, amount: Sql) -> None:
    """The amount that is to be parted, as size and sign."""
    layers.keep("size", sql.absolute(amount))
    layers.keep("sign", sql.when(sql.less(amount, sql.whole(0)), sql.whole(-1), sql.whole(1)))


# Splits


def split_table(admission: Admission) -> pa.Table:
    """The shares of a split as whole numbers: `place`, `v`, and their sum `whole`."""
    shares = [Fraction(split.share) for split in admission.rule.splits]
    unit = money.common_unit(shares)
    parts = [int(share / unit) for share in shares]
    return pa.table(
        {
            "place": pa.array(range(len(parts)), pa.int64()),
            "v": pa.array(parts, pa.int64()),
            "whole": pa.array([sum(parts)] * len(parts), pa.int64()),
        }
    )


def split_stages(admission: Admission) -> list[Stage]:
    """Each earning in parts, and each part over the facts: `gid, place, fact, on, to, recipient, given`.

    Shares below 100% leave the rest unpaid. Of two paths to one recipient by one fact only the first is paid, unless
    the rule allows both; what is not paid has no recipient.
    """
    total = sum((Fraction(split.share) for split in admission.rule.splits), Fraction(0))
    query = sql.source(admission.name("groups"), "g")
    sql.join(query, admission.name("splits"), "p", sql.truth(True))
    names = {"gid": "g", "amount": "g", "place": "p", "v": "p", "whole": "p"}
    layers = Layers(query.select(*(sql.column(name, alias) for name, alias in names.items()), copy=False))
    product = sql.multiply(sql.wide_column("amount"), sql.whole(total.numerator))
    parted = layers.keep("parted", money.quotient_down(product, sql.whole(total.denominator)), wide=True)
    layers.close()
    keep_amount(layers, parted)
    layers.close()
    apportion(layers, ["gid"], ["place"], "part")
    parts = sql.select({name: sql.column(name) for name in ("gid", "place", "part")}, layers.query)
    return [Stage(admission.name("parts"), parts), _split_facts(admission)]


def _split_facts(admission: Admission) -> Stage:
    query = sql.source(admission.name("shared"), "f")
    sql.join(query, admission.name("parts"), "p", sql.equal(sql.column("gid", "f"), sql.column("gid", "p")))
    names = ["gid", "fact", "on", "v", "whole", *admission.payees]
    columns = [*(sql.column(name, "f") for name in names), sql.column("place", "p"), sql.column("part", "p")]
    layers = Layers(query.select(*columns, copy=False))
    keep_amount(layers, sql.wide_column("part"))
    layers.close()
    apportion(layers, ["gid", "place"], ["fact"], "given")
    places = [sql.equal(sql.column("place"), sql.whole(n)) for n in range(len(admission.payees))]
    payees = [sql.column(name) for name in admission.payees]
    kinds = [sql.text(payee_kind(split.to)) for split in admission.rule.splits]
    recipient = layers.keep("path", sql.cases(zip(places, payees, strict=True)))
    layers.keep("to", sql.cases(zip(places, kinds, strict=True)))
    layers.close()
    if admission.rule.duplicate_credit:
        layers.keep("recipient", recipient)
    else:
        path = [sql.column(name) for name in ("gid", "fact", "to", "path")]
        layers.keep("nth", sql.row_number(path, [sql.column("place")]))
        layers.close()
        is_first = sql.equal(sql.column("nth"), sql.whole(1))
        layers.keep("recipient", sql.when(is_first, recipient))
    layers.close()
    names = ["gid", "place", "fact", "on", "to", "recipient", "given"]
    return Stage(admission.name("split"), sql.select({n: sql.column(n) for n in names}, layers.query))


def given_stage(admission: Admission) -> Stage:
    """What each fact brings each recipient before a programme's limits: gid, to, recipient, fact, on, given."""
    names = ["gid", "to", "recipient", "fact"]
    if admission.rule.splits:
        query = sql.select(
            {
                **{name: sql.column(name) for name in names},
                "on": sql.largest(sql.column("on")),
                "given": sql.total(sql.column("given")),
            },
            admission.name("split"),
        )
        query.where(sql.is_known(sql.column("recipient")), copy=False)
        return Stage(admission.name("given"), query.group_by(*(sql.column(n) for n in names), copy=False))
    columns: dict[str, Sql] = {
        "gid": sql.column("gid", "f"),
        "to": sql.text(admission.to),
        "recipient": sql.column("recipient", "g"),
        "fact": sql.column("fact", "f"),
        "on": sql.column("on", "f"),
        "given": sql.column("share", "f"),
    }
    query = with_group(admission, admission.name("shared"), "f")
    return Stage(admission.name("given"), query.select(*sql.named(columns), copy=False), kept=False)


def with_group(admission: Admission, name: str, alias: str) -> exp.Select:
    """Rows of a table that has `gid`, with the group `g`."""
    query = sql.source(name, alias)
    same = sql.equal(sql.column("gid", alias), sql.column("gid", "g"))
    return sql.join(query, admission.name("groups"), "g", same)
