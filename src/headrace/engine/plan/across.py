"""Across rules: deductions, the best of a set, caps of the programme, the budget."""

from collections.abc import Sequence
from fractions import Fraction

from sqlglot import exp

from headrace.engine import sql
from headrace.engine.plan.admission import Admission
from headrace.engine.plan.layers import Layers
from headrace.engine.plan.shares import apportion, keep_amount
from headrace.engine.plan.values import UnsupportedError
from headrace.engine.programme import Cap, Programme, Rule
from headrace.engine.sql import Sql, Stage

SERVED = "served"
# Which parts a cap or budget serves first.
_SERVED_ORDER = ("on", "fact", "rule", "recipient", "to", "period_from", "by", "mark", "earning")
_LENGTHS = ("fact", "order", "month", "quarter", "half_year", "year", "programme")


def in_order(programme: Programme) -> list[tuple[Rule, ...]]:
    """The rules in sets that are settled together, each after all that it deducts. ValueError of a cycle."""
    done: list[tuple[Rule, ...]] = []
    rules = {rule.key: rule for rule in programme.rules}

    def settle(rule: Rule, waiting: tuple[str, ...]) -> None:
        if any(rule in settled for settled in done):
            return
        if rule.key in waiting:
            raise ValueError(f"the rules {', '.join(waiting)} wait for each other: a cycle has no first")
        rivals = tuple(
            one for one in programme.rules if one is rule or (one.best_of and one.best_of == rule.best_of)
        )
        keys = tuple(one.key for one in rivals)
        for key in sorted({key for one in rivals for key in one.deduct}):
            settle(rules[key], (*waiting, *keys))
        done.append(rivals)

    for rule in programme.rules:
        settle(rule, ())
    return done


def deducted_stage(admission: Admission, others: Sequence[Admission]) -> Stage:
    """What other rules earned the same kind of recipient by each fact, in minor units of the programme's money."""
    parts = []
    for other in others:
        digits = admission.programme.digits - other.programme.unit_digits(other.rule)
        given = sql.multiply(sql.wide(sql.column("given")), sql.whole(10**digits))
        columns = {"recipient": sql.column("recipient"), "fact": sql.column("fact"), "given": given}
        query = sql.select(columns, other.name("given"))
        parts.append(query.where(sql.equal(sql.column("to"), sql.text(admission.to)), copy=False))
    keys = {name: sql.column(name) for name in ("recipient", "fact")}
    summed = sql.select({**keys, "given": sql.total(sql.column("given"))}, sql.stacked(parts))
    return Stage(admission.name("deducted"), summed.group_by(*keys.values(), copy=False))


def best_stages(rivals: Sequence[Admission]) -> list[Stage]:
    """Of the rules of one set only the one that earns a recipient most in a period is paid; ties by key."""
    contest = ("recipient", "period_from", "period_to", "mark")
    keys = {name: sql.column(name) for name in contest}
    parts: list[exp.Query] = []
    for rival in rivals:
        columns = {**keys, "rule": sql.text(rival.rule.key), "most": sql.total(sql.column("unrivalled"))}
        query = sql.select(columns, rival.name("raw"))
        parts.append(query.group_by(*keys.values(), copy=False))
    order = [sql.ordered(sql.column("most"), down=True), sql.ordered(sql.column("rule"))]
    numbered = sql.extend(sql.stacked(parts), {"place": sql.row_number(keys.values(), order)})
    best = sql.select({**keys, "best": sql.column("rule")}, numbered)
    best.where(sql.equal(sql.column("place"), sql.whole(1)), copy=False)
    name = rivals[0].name("best")
    return [Stage(name, best), *(_of_the_best(rival, name, contest) for rival in rivals)]


def _of_the_best(rival: Admission, best: str, contest: Sequence[str]) -> Stage:
    same = sql.both(sql.equal(sql.column(key, "t"), sql.column(key, "b")) for key in contest)
    is_best = sql.equal(sql.column("best", "b"), sql.text(rival.rule.key))
    amount = sql.when(is_best, sql.column("unrivalled", "t"), sql.whole(0))
    query = sql.select_all(rival.name("raw"), "t")
    columns: dict[str, Sql] = {"best": sql.column("best", "b"), "amount": sql.wide(amount)}
    query.select(*sql.named(columns), copy=False)
    return Stage(rival.name("earned"), sql.join(query, best, "b", same))


# Caps of the programme, the budget


def served_stages(programme: Programme, rules: Sequence[Admission], cap_days: Sequence[str]) -> list[Stage]:
    """What each fact brings each recipient by all rules that pay money, after the programme's caps and budget.

    `served`: rule, gid, to, recipient, fact, on, given, capped, budgeted. Each part is served in the order of fact
    date and id for as long as there is room; one that is negative gives room back.
    """
    layers = Layers(sql.stacked([_to_serve(rule) for rule in rules]))  # type: ignore[arg-type]
    amount = sql.wide_column("given")
    places = sorted(range(len(programme.caps)), key=lambda place: _length(programme.caps[place], programme))
    for place in places:
        cap, span = programme.caps[place], f"cap{place}"
        if cap.every is not None:
            days = sql.select({"day": sql.column("day"), span: sql.column("period_from")}, cap_days[place])
            layers.join(days, span, sql.equal(sql.column("day", span), sql.column("on", "t")), [span])
        room = ["to", "recipient", *([span] if cap.every is not None else [])]
        most = int(Fraction(cap.amount) * 10**programme.digits)
        amount = _within_room(layers, amount, most, room, f"within{place}")
    layers.keep("capped", amount)
    layers.close()
    _keep_to_budget(layers, programme)
    names = ["rule", "gid", "to", "recipient", "fact", "on", "given", "capped", "budgeted"]
    return [Stage(SERVED, sql.select({name: sql.column(name) for name in names}, layers.query))]


def _length(cap: Cap, programme: Programme) -> int:
    """Shorter periods first: they lie within the longer ones, so that one cap can be served after the other."""
    kind = "programme" if cap.every is None else cap.every.kind
    if kind in _LENGTHS:
        return _LENGTHS.index(kind)
    if len(programme.caps) > 1:
        raise UnsupportedError("several caps of a programme over windows")
    return 0


def _to_serve(rule: Admission) -> exp.Select:
    query = sql.source(rule.name("given"), "s")
    sql.join(query, rule.name("groups"), "g", sql.equal(sql.column("gid", "s"), sql.column("gid", "g")))
    columns = {
        "rule": sql.text(rule.rule.key),
        **{name: sql.column(name, "s") for name in ("gid", "to", "recipient", "fact", "on", "given")},
        **{name: sql.column(name, "g") for name in ("period_from", "by", "mark", "earning")},
    }
    return query.select(*sql.named(columns), copy=False)


def _within_room(layers: Layers, amount: Sql, most: int, room: list[str], name: str) -> Sql:
    """The amounts that there is room for: with S their running sum, S − max(0, highest S so far − most) is paid."""
    shared, order = [sql.column(one) for one in room], [sql.column(one) for one in _SERVED_ORDER]
    so_far = layers.keep(f"{name}_sum", sql.over(sql.total(amount), shared, order, running=True), wide=True)
    layers.close()
    highest = sql.over(sql.largest(sql.subtract(so_far, sql.whole(most))), shared, order, running=True)
    beyond = layers.keep(f"{name}_beyond", highest, wide=True)
    layers.close()
    over = sql.when(sql.more(beyond, sql.whole(0)), beyond, sql.whole(0))
    paid = layers.keep(f"{name}_paid", sql.subtract(so_far, over), wide=True)
    layers.close()
    before = sql.or_else(sql.over(sql.lag(paid), shared, order), sql.whole(0))
    result = layers.keep(name, sql.subtract(paid, before), wide=True)
    layers.close()
    return result


def _keep_to_budget(layers: Layers, programme: Programme) -> None:
    budget, capped = programme.budget, sql.wide_column("capped")
    if budget is None:
        layers.keep("budgeted", capped)
        layers.close()
        return
    most = int(Fraction(budget.amount) * 10**programme.digits)
    if budget.when_spent == "stop":
        layers.keep("budgeted", _within_room(layers, capped, most, [], "budget"))
        layers.close()
        return
    _scale_alike(layers, most)


def _scale_alike(layers: Layers, most: int) -> None:
    """Every earning by the same factor, by largest remainder, ties by its name; then each over its facts again."""
    earning = ["rule", "gid", "to", "recipient"]
    of_earning = {name: sql.column(name) for name in earning}
    summed = sql.select(
        {**of_earning, "earning": sql.largest(sql.column("earning")), "v": sql.total(sql.column("capped"))},
        layers.query.copy(),
    ).group_by(*of_earning.values(), copy=False)
    whole = sql.over(sql.total(sql.column("v")))
    scaled = Layers(sql.extend(summed, {"sum": whole}))
    # Where there is nothing to scale, any divisor does.
    scaled.keep("whole", sql.or_else(sql.positive(sql.column("sum")), sql.whole(1)))
    keep_amount(scaled, sql.wide(sql.whole(most)))
    scaled.close()
    apportion(scaled, [], ["earning", "to", "recipient"], "scaled")
    same = sql.both(sql.equal(sql.column(name, "t"), sql.column(name, "scaled")) for name in earning)
    names = {"earning_v": "v", "earning_whole": "whole", "scaled": "scaled"}
    columns = {**of_earning, **{new: sql.column(old) for new, old in names.items()}}
    layers.join(sql.select(columns, scaled.query), "scaled", same, list(names))
    is_below = sql.less(sql.wide_column("earning_v"), sql.whole(0))
    signed = sql.multiply(sql.when(is_below, sql.whole(-1), sql.whole(1)), sql.wide_column("capped"))
    is_nothing = sql.equal(sql.wide_column("earning_v"), sql.whole(0))
    layers.keep("v", sql.when(is_nothing, sql.whole(1), signed))
    count = sql.over(sql.count(), [sql.column(name) for name in earning])
    layers.keep("whole", sql.when(is_nothing, sql.wide(count), sql.absolute(sql.wide_column("earning_v"))))
    keep_amount(layers, sql.wide_column("scaled"))
    layers.close()
    apportion(layers, earning, ["fact"], "alike")
    is_over = sql.more(sql.wide_column("earning_whole"), sql.whole(most))
    layers.keep("budgeted", sql.when(is_over, sql.wide_column("alike"), sql.wide_column("capped")))
    layers.close()


def exceeds(programme: Programme) -> exp.Select | None:
    """Parts that several caps can't be served with one after the other: those that are negative."""
    if len(programme.caps) < 2:
        return None
    query = sql.select({"fact": sql.column("fact")}, SERVED)
    return query.where(sql.less(sql.column("given"), sql.whole(0)), copy=False).limit(1, copy=False)
