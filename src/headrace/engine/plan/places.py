"""Places of groups by what they measure."""

from sqlglot import exp

from headrace.engine import money, sql
from headrace.engine.money import Exact
from headrace.engine.plan.admission import Admission, on_keys
from headrace.engine.plan.layers import Layers
from headrace.engine.plan.values import Value, as_text


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
