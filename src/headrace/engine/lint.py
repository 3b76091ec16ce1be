"""What a careful reader would ask about a programme that is right in itself: findings of severity warning."""

from collections.abc import Iterator
from decimal import Decimal

from headrace.engine.coherence import measures, percent
from headrace.engine.contradiction import certain, impossible
from headrace.engine.expressions import Aggregate, And, Compare, Field, Node, Text, walk
from headrace.engine.lint_scales import Note, lint_scale
from headrace.engine.programme import Finding, Programme, Rule
from headrace.engine.report import level_of
from headrace.engine.scale_checks import pays
from headrace.engine.scales import Rank

# What is paid without a bound costs without a bound.
_COSTS = ("money", "discount", "fund")


def lint(programme: Programme) -> list[Finding]:
    """Doubts about a programme that `check` lets through, in the order of the document.

    Cliffs, bands that can't be reached, conditions that never or always hold, exposure without a cap, and
    what has no effect.
    """
    notes = [*_programme(programme)]
    for place, rule in enumerate(programme.rules):
        notes += ((f"earns[{place}]{below}", found, right) for below, found, right in _rule(programme, rule))
    return [Finding(path, found, right, "warning") for path, found, right in notes]


def _programme(programme: Programme) -> Iterator[Note]:
    audience = programme.audience.where
    if audience is not None:
        yield from _never_or_always(audience, "audience.where", "nobody can meet this condition")
    out = programme.pays_out
    if out and out.days_after < programme.grace_days:
        found = f"paid {out.days_after} days after a period that is kept open for {programme.grace_days}"
        yield "pays_out.days_after", found, "pay when the days of grace are over"
    money = [rule for rule in programme.rules if rule.pays.kind in ("money", "discount")]
    for name in ("budget", "cap"):
        if not money and name in programme.document:
            yield name, "no rule of this programme pays money", "leave it out, or put a cap into the rules"


def _rule(programme: Programme, rule: Rule) -> Iterator[Note]:
    yield from _conditions(programme, rule)
    yield from lint_scale(rule)
    yield from _exposure(programme, rule)
    yield from _shares(rule)
    yield from _together(programme, rule)
    yield from _amounts(rule)


# Conditions


def _never_or_always(condition: Node, path: str, never: str) -> Iterator[Note]:
    if impossible(condition):
        yield path, never, "it contradicts itself: change it to what is meant"
    elif certain(condition):
        yield path, "this condition always holds", "leave it out, or say what is meant"


def _conditions(programme: Programme, rule: Rule) -> Iterator[Note]:
    life = _life(programme)
    given = (programme.audience.where, life, rule.where)
    if rule.where is not None:
        yield from _never_or_always(rule.where, ".where", "no fact can meet this condition")
        if not impossible(rule.where) and not impossible(given[0]) and impossible(*given):
            yield (
                ".where",
                "no fact of the audience and the programme's life can meet it",
                "one of the two is meant otherwise",
            )
    for below, node in measures(rule):
        for part, _ in walk(node):
            if isinstance(part, Aggregate) and part.where is not None and impossible(*given, part.where):
                yield (
                    f".{below}",
                    f"no fact of this rule can meet the condition in {part.function}(...)",
                    "it is always empty here",
                )
    yield from _gates(rule)
    for place, factor in enumerate(rule.multipliers):
        if factor.where is None:
            continue
        path = f".multiply[{place}].where"
        if impossible(factor.where, *(given if level_of(factor.where) == "fact" else ())):
            yield (
                path,
                "no fact of this rule can meet this condition",
                "the factor never counts: change or drop it",
            )
        elif certain(factor.where):
            yield path, "this condition always holds", "leave it out, or say what is meant"


def _gates(rule: Rule) -> Iterator[Note]:
    conditions = [gate.condition for gate in rule.gates]
    for place, condition in enumerate(conditions):
        yield from _never_or_always(condition, f".gates[{place}]", "no group can pass this gate")
        if (
            not impossible(*conditions[:place])
            and impossible(*conditions[: place + 1])
            and not impossible(condition)
        ):
            yield (
                f".gates[{place}]",
                "no group can pass this gate and those before it",
                "gates must be able to hold together",
            )


def _life(programme: Programme) -> Node:
    """The programme's life as a condition."""
    on = Field("fact", "on")
    parts: list[Node] = [Compare(">=", on, Text(programme.starts.isoformat()))]
    if programme.ends:
        parts.append(Compare("<=", on, Text(programme.ends.isoformat())))
    return And(tuple(parts))


# Between rules


def _together(programme: Programme, rule: Rule) -> Iterator[Note]:
    rules = {other.key: other for other in programme.rules}
    for place, key in enumerate(rule.deduct):
        if impossible(rule.where, rules[key].where):
            yield (
                f".deduct[{place}]",
                f'no fact earns in both this rule and "{key}"',
                "there is never anything to deduct",
            )
    if rule.best_of is not None and [other.best_of for other in programme.rules].count(rule.best_of) == 1:
        found = f'no other rule belongs to "{rule.best_of}"'
        yield ".best_of", found, "name it in the rules to choose from"


# What it may cost


def _exposure(programme: Programme, rule: Rule) -> Iterator[Note]:
    limited = rule.cap or (rule.pays.kind != "fund" and (programme.caps or programme.budget))
    if rule.pays.kind in _COSTS and not limited and not isinstance(rule.scale, Rank):
        yield "", "nothing limits what this rule can pay", "give it a cap, or the programme a cap or a budget"


def _shares(rule: Rule) -> Iterator[Note]:
    total = sum((split.share for split in rule.splits), Decimal(0))
    if total > 1:
        found = f"more is paid than is earned: {percent(total)}"
        yield ".split", found, "overlay: true allows it; check that it is meant"
    elif rule.splits and total < 1:
        yield (
            ".split",
            f"{percent(1 - total)} of each earning is paid to nobody",
            "shares usually add up to 100%",
        )
    if rule.pays.kind not in _COSTS:
        return
    for below, pay in pays(rule):
        if pay.rate is not None and pay.rate > 1:
            found = f"{percent(pay.rate)} of the base is paid"
            yield f".scale{below}.rate", found, f"write {pay.rate.normalize():f}% if that is meant"


def _amounts(rule: Rule) -> Iterator[Note]:
    if rule.cap is None:
        return
    cap = rule.cap.amount
    if rule.minimum_payout is not None and rule.minimum_payout > cap:
        yield (
            ".minimum_payout",
            f"{rule.minimum_payout:f} is above the cap of {cap:f}",
            "so nothing is ever paid",
        )
    for below, pay in pays(rule):
        if pay.amount is not None and pay.amount > cap and not rule.multipliers:
            found = f"{pay.amount:f} is above the cap of {cap:f}"
            yield f".scale{below}.amount", found, "so it is never paid in full"
