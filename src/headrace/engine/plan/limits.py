"""Places, floors, caps, the rounding and the least that is paid out: what looks beyond one group."""

from decimal import Decimal
from fractions import Fraction

from sqlglot import exp

from headrace.engine import money, sql
from headrace.engine.money import Exact
from headrace.engine.plan.admission import Admission, on_keys
from headrace.engine.plan.layers import Layers
from headrace.engine.plan.scaling import Steps
from headrace.engine.plan.values import UnsupportedError, Value, as_text
from headrace.engine.programme import Cap, Every
from headrace.engine.sql import Sql

# The order in which groups of one recipient use up a cap.
ORDER = ("period_from", "by", "mark")


def limited(
    admission: Admission, layers: Layers, steps: Steps, earned: Exact, longer: dict[str, Every]
) -> Exact:
    """Floor, cap, rounding and least payout; the exact amount before cap and rounding.

    The column `rounded` is the earning in minor units, `capped` what the cap leaves of it, `amount` what is paid;
    where rules compete to be the best of a set, `unrivalled`.
    """
    rule, digits = admission.rule, admission.programme.unit_digits(admission.rule)
    if rule.floor is not None:
        is_alone = rule.floor.every is None and not rule.by
        if not is_alone and (rule.cap is not None or rule.minimum_payout is not None):
            raise UnsupportedError("a floor over several groups beside another limit")
        earned = _floored(admission, layers, steps, earned, longer)
    rounded = steps.round_off(earned, digits, "rounded")
    least = None if rule.minimum_payout is None else _minor(rule.minimum_payout, digits)
    if rule.cap is None:
        layers.keep("capped", rounded)
    elif rule.cap.every is None and not rule.by:
        most = sql.whole(_minor(rule.cap.amount, digits))
        layers.keep("capped", sql.when(sql.more(rounded, most), most, rounded))
        layers.keep("cap_paid", sql.wide(sql.whole(0)))
    else:
        if least is not None and (rule.cap.every is not None or rule.by):
            raise UnsupportedError("a least payout under a cap over several groups")
        _capped(
            layers, rounded, _minor(rule.cap.amount, digits), _sharing(admission, layers, rule.cap, longer)
        )
    layers.close()
    capped = sql.wide_column("capped")
    name = "amount" if rule.best_of is None else "unrivalled"
    if least is None:
        layers.keep(name, capped)
    else:
        is_less = sql.both([sql.more(capped, sql.whole(0)), sql.less(capped, sql.whole(least))])
        layers.keep(name, sql.when(is_less, sql.whole(0), capped))
    layers.close()
    return earned


def _minor(amount: Decimal, digits: int) -> int:
    exact = Fraction(amount) * Fraction(10**digits)
    if exact.denominator != 1:
        raise UnsupportedError("a limit of less than a minor unit")
    return exact.numerator


def _sharing(admission: Admission, layers: Layers, limit: Cap, longer: dict[str, Every]) -> list[Sql]:
    """The columns that name which groups share a limit: the recipient's in its period, or in the rule's own."""
    if limit.every is None:
        return [sql.column(name) for name in ("recipient", "period_from", "mark")]
    name = admission.name(f"longer{len(longer)}")
    longer[name] = limit.every
    alias = f"longer{len(longer)}"
    within = sql.both(
        [
            sql.at_most(sql.column("longer_from", alias), sql.column("period_from", "t")),
            sql.at_most(sql.column("period_from", "t"), sql.column("longer_to", alias)),
        ]
    )
    layers.join(sql.extend(name, {alias: sql.column("longer_from")}), alias, within, [alias])
    return [sql.column("recipient"), sql.column(alias)]


def _floored(
    admission: Admission, layers: Layers, steps: Steps, earned: Exact, longer: dict[str, Every]
) -> Exact:
    """In the last group of a floor's period: at least what the floor leaves after the groups before."""
    rule, digits = admission.rule, admission.programme.unit_digits(admission.rule)
    assert rule.floor is not None
    shared = _sharing(admission, layers, rule.floor, longer)
    keys = [sql.column(key) for key in ORDER]
    before = steps.round_off(earned, digits, "unfloored")
    layers.keep("floor_sum", sql.over(sql.total(before), shared, keys, running=True), wide=True)
    may = sql.column("may_floor")
    backwards = [sql.ordered(key, down=True) for key in keys]
    counted = sql.over(sql.total(sql.when(may, sql.whole(1), sql.whole(0))), shared, backwards, running=True)
    layers.keep("floor_place", counted)
    layers.close()
    is_last = sql.both([may, sql.equal(sql.column("floor_place"), sql.whole(1))])
    layers.keep("floored", is_last)
    layers.keep("floor_paid", sql.subtract(sql.wide_column("floor_sum"), before), wide=True)
    layers.close()
    return steps.at_least(earned, Exact(sql.wide_column("floor_paid"), Fraction(1, 10**digits)))


def _capped(layers: Layers, rounded: Sql, most: int, shared: list[Sql]) -> None:
    """The cap, used up by earlier groups first; a negative earning gives room back.

    With S the running sum of what is earned, what is paid in all is S − max(0, highest S so far − cap).
    """
    keys = [sql.column(key) for key in ORDER]
    layers.keep("so_far", sql.over(sql.total(rounded), shared, keys, running=True), wide=True)
    layers.close()
    beyond = sql.subtract(sql.wide_column("so_far"), sql.whole(most))
    layers.keep("beyond", sql.over(sql.largest(beyond), shared, keys, running=True), wide=True)
    layers.close()
    beyond = sql.wide_column("beyond")
    over = sql.when(sql.more(beyond, sql.whole(0)), beyond, sql.whole(0))
    layers.keep("paid_so_far", sql.subtract(sql.wide_column("so_far"), over), wide=True)
    layers.close()
    before = sql.or_else(sql.over(sql.lag(sql.column("paid_so_far")), shared, keys), sql.whole(0))
    layers.keep("cap_paid", before, wide=True)
    layers.close()
    layers.keep("capped", sql.subtract(sql.wide_column("paid_so_far"), sql.wide_column("cap_paid")))


def place(layers: Layers, admission: Admission, within: list[Value], x: Exact) -> None:
    """The place of each group by x, highest first, among those whose gates hold; and how many share it."""
    known = [sql.is_known(part) for part in (x.whole, *x.divisors)]
    layers.keep("ranked", sql.both([sql.column("opened"), *known]))
    for number, found in enumerate(within):
        layers.keep(f"within{number}", as_text(found))
    layers.close()
    contest = ["ranked", "period_from", *admission.by_columns, *(f"within{n}" for n in range(len(within)))]
    if x.divisors:
        _place_by_quotient(layers, admission, contest, x)
        return
    rivals = [sql.column(name) for name in contest]
    layers.keep("place", sql.over(sql.rank(), rivals, [sql.ordered(x.whole, down=True)]))
    layers.keep("tied", sql.over(sql.count(), [*rivals, x.whole]))
    layers.close()


def _place_by_quotient(layers: Layers, admission: Admission, contest: list[str], x: Exact) -> None:
    """Quotients can't be sorted exactly, only compared crosswise: each is held against each of its contest."""
    own, rival = _of(x, "own"), _of(x, "rival")
    query = sql.source(layers.query, "own")
    same = sql.both(sql.equal(sql.column(name, "own"), sql.column(name, "rival")) for name in contest)
    sql.join(query, layers.query.copy(), "rival", sql.both([same, sql.column("ranked", "rival")]))
    one, none = sql.whole(1), sql.whole(0)
    higher = sql.when(money.compare(exp.GT, rival, own), one, none)
    equal = sql.when(money.compare(exp.EQ, rival, own), one, none)
    keys = {key: sql.column(key, "own") for key in admission.keys}
    counts = {"counted_place": sql.add(sql.total(higher), one), "counted_tied": sql.total(equal)}
    query.select(*sql.named({**keys, **counts}), copy=False).group_by(*keys.values(), copy=False)
    layers.join(query, "places", on_keys(admission.keys, "t", "places"), list(counts))
    for name in ("place", "tied"):
        layers.keep(name, sql.or_else(sql.column(f"counted_{name}"), one))
    layers.close()


def _of(value: Exact, alias: str) -> Exact:
    """A kept number as it stands in one of two rows."""
    return Exact(
        sql.wide_column(value.whole.name, alias),
        value.unit,
        tuple(sql.wide_column(divisor.name, alias) for divisor in value.divisors),
    )
