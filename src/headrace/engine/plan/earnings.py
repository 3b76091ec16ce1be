"""Groups named as earnings; and what becomes of them where a programme's limits, splits or returns change them."""

from collections.abc import Mapping

from sqlglot import exp

from headrace.engine import sql
from headrace.engine.plan.across import SERVED
from headrace.engine.plan.admission import Admission
from headrace.engine.plan.groups import GroupPlan
from headrace.engine.plan.layers import Layers
from headrace.engine.plan.shares import with_group
from headrace.engine.sql import Sql, Stage

# What tells an earning apart beside its recipient and kind.
_OF_GROUP = ("by", "period_from", "period_to", "mark")


def numbered_stage(admission: Admission) -> Stage:
    """`groups`: what was earned, numbered, and with the name of each earning."""
    columns = {name: sql.column(name) for name in ("recipient", *_OF_GROUP)}
    more = {
        # In no order: the number only joins tables, and sorting the groups would cost more than adding them up.
        "gid": sql.numbered(columns.values()),
        "earning": earning_name(admission, sql.text(admission.to), columns),
        "to": sql.text(admission.to),
    }
    return Stage(admission.name("groups"), sql.extend(admission.name("earned"), more))


def explained_stage(admission: Admission, plan: GroupPlan) -> Stage:
    """`explained`: the groups with all that their receipts show."""
    return Stage(admission.name("explained"), plan.explained(admission.name("groups")))


def earning_name(admission: Admission, to: Sql, columns: Mapping[str, Sql], source: Sql | None = None) -> Sql:
    """rule|to|recipient|by|period_from; then the order or fact, if these are groups; then, of a split, its source."""
    bar = sql.text("|")
    parts = [sql.text(f"{admission.rule.key}|"), to, bar, columns["recipient"], bar, columns["by"], bar]
    parts.append(sql.cast(columns["period_from"], sql.TEXT))
    if admission.has_part:
        parts += [bar, columns["mark"]]
    if source is not None:
        parts += [bar, source]
    return sql.joined_text(parts)


def lifted_stages(admission: Admission, served: bool, takes_back: bool) -> list[Stage]:
    """The earnings of each recipient and the shares they are made of, after all that limits a programme.

    `earnings`: one row for each group and recipient, and for each period in which returns take back;
    `shares`: earning, fact, on, share, returns (of what is taken back: the line).
    """
    stages = [_paid(admission, served), _payees(admission)]
    if takes_back:
        stages += [_shares_taken(admission), _earnings_taken(admission)]
    else:
        stages.append(Stage(admission.name("shares"), _shares_paid(admission), kept=False))
        columns = {"taken": sql.wide(sql.whole(0)), "amount": sql.column("budgeted")}
        stages.append(Stage(admission.name("earnings"), sql.extend(admission.name("payees"), columns)))
    return stages


def _paid(admission: Admission, served: bool) -> Stage:
    """What each fact brings each recipient in the end."""
    if served:
        query = sql.select_all(SERVED)
        query.where(sql.equal(sql.column("rule"), sql.text(admission.rule.key)), copy=False)
    else:
        given = sql.column("given")
        query = sql.extend(admission.name("given"), {"capped": given, "budgeted": given})
    return Stage(admission.name("paid"), query, kept=False)


def _payees(admission: Admission) -> Stage:
    """One row for each group and recipient: what was given, and what caps and budget left of it."""
    keys = {name: sql.column(name) for name in ("gid", "to", "recipient")}
    sums = {name: sql.total(sql.column(name)) for name in ("given", "capped", "budgeted")}
    summed = sql.select({**keys, **sums}, admission.name("paid")).group_by(*keys.values(), copy=False)
    query = sql.source(summed, "p")
    sql.join(query, admission.name("groups"), "g", sql.equal(sql.column("gid", "p"), sql.column("gid", "g")))
    of_group = {name: sql.column(name, "g") for name in (*admission.by_columns, *_OF_GROUP)}
    columns = {
        **{name: sql.column(name, "p") for name in (*keys, *sums)},
        **of_group,
        "outcome": sql.column("amount", "g"),
        "source": sql.column("recipient", "g"),
    }
    layers = Layers(query.select(*sql.named(columns), copy=False))
    named = {name: sql.column(name) for name in ("recipient", *_OF_GROUP)}
    source = sql.column("source") if admission.rule.splits else None
    layers.keep("earning", earning_name(admission, sql.column("to"), named, source))
    layers.close()
    return Stage(admission.name("payees"), layers.query)


def _shares_paid(admission: Admission) -> exp.Select:
    query = sql.source(admission.name("paid"), "s")
    names = ("gid", "to", "recipient")
    same = sql.both(sql.equal(sql.column(name, "s"), sql.column(name, "p")) for name in names)
    sql.join(query, admission.name("payees"), "p", same)
    columns = {
        "earning": sql.column("earning", "p"),
        "fact": sql.column("fact", "s"),
        "on": sql.column("on", "s"),
        "share": sql.column("budgeted", "s"),
        "returns": sql.cast(sql.unknown(), sql.TEXT),
    }
    return query.select(*sql.named(columns), copy=False)


def _shares_taken(admission: Admission) -> Stage:
    columns = {
        "earning": sql.column("earning"),
        "fact": sql.column("fact"),
        "on": sql.column("on"),
        "share": sql.multiply(sql.whole(-1), sql.column("taken")),
        "returns": sql.column("returns"),
    }
    taken = sql.select(columns, admission.name("taken"))
    return Stage(admission.name("shares"), sql.stacked([_shares_paid(admission), taken]), kept=False)


def _earnings_taken(admission: Admission) -> Stage:
    """The earnings less what returns take back; a period that has nothing else gets an earning of its own."""
    own = ("earning", "to", "recipient", *admission.by_columns, *_OF_GROUP)
    paid = ("gid", "given", "capped", "budgeted", "outcome", "source")
    nothing = {
        **{name: sql.whole(0) for name in ("given", "capped", "budgeted", "outcome")},
        "gid": sql.cast(sql.unknown(), sql.NARROW),
        "source": sql.column("source"),
    }
    there = {**{n: sql.column(n) for n in (*own, *paid)}, "taken": sql.wide(sql.whole(0))}
    taken = {**{n: sql.column(n) for n in own}, **{n: nothing[n] for n in paid}}
    taken["taken"] = sql.multiply(sql.whole(-1), sql.column("taken"))
    both = sql.stacked(
        [sql.select(there, admission.name("payees")), sql.select(taken, admission.name("taken"))]
    )
    keys = {name: sql.column(name) for name in own}
    sums = {name: sql.total(sql.column(name)) for name in ("given", "capped", "budgeted", "outcome", "taken")}
    rest = {name: sql.largest(sql.column(name)) for name in ("gid", "source")}
    query = sql.select({**keys, **rest, **sums}, both).group_by(*keys.values(), copy=False)
    amount = sql.add(sql.column("budgeted"), sql.column("taken"))
    return Stage(admission.name("earnings"), sql.extend(query, {"amount": sql.wide(amount)}))


def plain_shares(admission: Admission) -> Stage:
    """The shares of earnings that are groups."""
    columns = {
        "earning": sql.column("earning", "g"),
        "fact": sql.column("fact", "f"),
        "on": sql.column("on", "f"),
        "share": sql.column("share", "f"),
        "returns": sql.cast(sql.unknown(), sql.TEXT),
    }
    query = with_group(admission, admission.name("shared"), "f").select(*sql.named(columns), copy=False)
    return Stage(admission.name("shares"), query, kept=False)
