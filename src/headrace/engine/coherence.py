"""What the parts of a programme must hold together; each departure is an error, with what would be right."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal

from headrace.engine.expressions import (
    Aggregate,
    Attainment,
    Field,
    Growth,
    Increase,
    Node,
    nearest,
    walk,
)
from headrace.engine.programme import Cap, Every, EveryKind, Programme, Rule
from headrace.engine.report import Report
from headrace.engine.scale_checks import check_scale
from headrace.engine.scales import Banded
from headrace.engine.tables import MONETARY

# From the shortest period to the longest; each is made of whole ones before it.
LENGTHS: Mapping[EveryKind, int] = {
    "fact": 0,
    "order": 1,
    "month": 2,
    "rolling": 2,
    "quarter": 3,
    "half_year": 4,
    "year": 5,
    "windows": 5,
    "programme": 6,
}


def check_programme(programme: Programme, report: Report) -> None:
    """Notes what the parts of a programme, and of each of its rules, don't hold together."""
    if programme.ends is not None and programme.ends < programme.starts:
        found = f"{programme.ends} is before {programme.starts}"
        report.wrong("to", found, "a programme ends on or after the day it starts")
    _check_money(programme, report)
    _check_keys(programme, report)
    for path, rule in _paths(programme):
        _check_rule(programme, rule, path, report)
        check_scale(rule, f"{path}.scale", report)
    _check_deductions(programme, report)
    _check_best_of(programme, report)


def _paths(programme: Programme) -> Iterator[tuple[str, Rule]]:
    return ((f"earns[{place}]", rule) for place, rule in enumerate(programme.rules))


# The programme


def _check_money(programme: Programme, report: Report) -> None:
    digits, unit = programme.digits, programme.currency
    several = len(programme.caps) > 1
    for place, cap in enumerate(programme.caps):
        path = f"cap[{place}]" if several else "cap"
        report.fits(cap.amount, digits, unit, f"{path}.amount")
        if cap.every in [earlier.every for earlier in programme.caps[:place]]:
            report.wrong(f"{path}.every", "a second cap for the same period", "each period has one cap")
    if programme.budget:
        report.fits(programme.budget.amount, digits, unit, "budget.amount")
    if programme.pays_out:
        report.fits(programme.pays_out.minimum, digits, unit, "pays_out.minimum")
    for code, rate in programme.fx.rates.items():
        if rate == 0:
            report.wrong(f"fx.fixed.{code}", "a rate of zero", "one unit is worth more than nothing")
        if code == programme.currency:
            report.wrong(f"fx.fixed.{code}", "a rate for the programme's own currency", "leave it out")


def _check_keys(programme: Programme, report: Report) -> None:
    keys = [rule.key for rule in programme.rules]
    for place, key in enumerate(keys):
        if key in keys[:place]:
            report.wrong(f"earns[{place}].key", f'"{key}" a second time', "each rule has a key of its own")


# Between rules


def _check_deductions(programme: Programme, report: Report) -> None:
    rules = {rule.key: rule for rule in programme.rules}
    for path, rule in _paths(programme):
        for place, key in enumerate(rule.deduct):
            _check_deduction(rule, key, rules, f"{path}.deduct[{place}]", report)
        if rule.deduct and not _is_money(rule.b):
            right = "deduct goes with a sum of net_amount, list_amount or amount"
            report.wrong(f"{path}.deduct", "money is deducted from a base that is none", right)
        if cycle := _cycle(rule.key, rules):
            found = f"the deductions go round in a circle: {' → '.join(cycle)}"
            report.wrong(f"{path}.deduct", found, "a rule can't wait for itself")


def _check_deduction(rule: Rule, key: str, rules: Mapping[str, Rule], path: str, report: Report) -> None:
    other = rules.get(key)
    if other is None:
        close = nearest(key, list(rules)) or sorted(rules)
        report.wrong(path, f'"{key}" is no rule of this programme', f"did you mean {' or '.join(close)}?")
    elif other.pays.kind not in ("money", "discount"):
        report.wrong(path, f'"{key}" pays {other.pays.kind}', "only money can be deducted from a base")
    elif (other.facts, other.to) != (rule.facts, rule.to):
        found = f'"{key}" pays the {other.to} for {other.facts} facts'
        report.wrong(path, found, f"deduct what the {rule.to} earns for {rule.facts} facts")


def _is_money(base: Node) -> bool:
    """Whether a measure is a sum of amounts of money."""
    sums = [part for part, _ in walk(base) if isinstance(part, Aggregate)]
    return bool(sums) and all(
        node.function == "sum" and any(is_amount(part) for part, _ in walk(node)) for node in sums
    )


def is_amount(part: Node) -> bool:
    """Whether a node is a column of money."""
    return isinstance(part, Field) and part.namespace == "fact" and part.name in MONETARY


def _cycle(key: str, rules: Mapping[str, Rule]) -> list[str] | None:
    """The way round from a rule back to itself, if it is the first of those on it."""
    way: list[str] = [key]
    seen: set[str] = set()
    waiting = [(key, way)]
    while waiting:
        current, way = waiting.pop()
        for following in rules[current].deduct if current in rules else ():
            if following == key:
                return [*way, key] if key == min(way) else None
            if following not in seen:
                seen.add(following)
                waiting.append((following, [*way, following]))
    return None


def _check_best_of(programme: Programme, report: Report) -> None:
    first: dict[str, Rule] = {}
    for path, rule in _paths(programme):
        if rule.best_of is None:
            continue
        other = first.setdefault(rule.best_of, rule)
        for name, own, theirs in (
            ("every", _period(rule.every), _period(other.every)),
            ("to", rule.to, other.to),
            ("pays", programme.unit(rule), programme.unit(other)),
        ):
            if own != theirs:
                found = f"{own}, but {other.key} of {rule.best_of} has {theirs}"
                report.wrong(f"{path}.{name}", found, f"rules of which the best pays have the same {name}")


def _period(every: Every) -> str:
    if every.kind == "windows":
        return " and ".join(f"{window.starts} to {window.ends}" for window in every.windows)
    return f"rolling over {every.months} months" if every.kind == "rolling" else every.kind


# Within a rule


def _check_rule(programme: Programme, rule: Rule, path: str, report: Report) -> None:
    _check_amounts(programme, rule, path, report)
    _check_limits(rule, path, report)
    _check_splits(rule, path, report)
    _check_periods(programme, rule, path, report)
    _check_idle(rule, path, report)
    if rule.returns != "when_sold" and rule.facts != "sale":
        report.wrong(f"{path}.returns", f"returns of {rule.facts} facts", "only sales are returned")
    if rule.pays.kind == "discount" and rule.every.kind not in ("fact", "order"):
        found = f"a discount at the end of a {_period(rule.every)}"
        report.wrong(f"{path}.pays", found, "a discount is given at once: every is fact or order")


def _check_amounts(programme: Programme, rule: Rule, path: str, report: Report) -> None:
    unit, digits = programme.unit(rule), programme.unit_digits(rule)
    amounts: list[tuple[str, Decimal | None]] = [
        ("cap.amount", rule.cap.amount if rule.cap else None),
        ("floor.amount", rule.floor.amount if rule.floor else None),
        ("minimum_payout", rule.minimum_payout),
        ("without_baseline.pays_fixed", getattr(rule.without_baseline, "amount", None)),
    ]
    for name, amount in amounts:
        report.fits(amount, digits, unit, f"{path}.{name}")


def _check_limits(rule: Rule, path: str, report: Report) -> None:
    for name, cap in (("cap", rule.cap), ("floor", rule.floor)):
        if cap and cap.every and LENGTHS[cap.every.kind] < LENGTHS[rule.every.kind]:
            found = f"a {cap.every.kind}, but the rule is worked out over a {_period(rule.every)}"
            report.wrong(f"{path}.{name}.every", found, "this period is as long as the rule's or longer")
    if rule.cap and rule.floor and rule.floor.every == rule.cap.every and rule.floor.amount > rule.cap.amount:
        found = f"a floor of {rule.floor.amount:f} above the cap of {rule.cap.amount:f}"
        report.wrong(f"{path}.floor.amount", found, "the floor is at most the cap")


def _check_splits(rule: Rule, path: str, report: Report) -> None:
    recipients = [split.to for split in rule.splits]
    for place, split in enumerate(rule.splits):
        if split.to in recipients[:place]:
            report.wrong(
                f"{path}.split[{place}].to", f"{split.to} a second time", "each recipient has one share"
            )
        if not 0 < split.share <= 1:
            found = f"a share of {percent(split.share)}"
            report.wrong(f"{path}.split[{place}].share", found, "a share is more than 0% and at most 100%")
    total = sum((split.share for split in rule.splits), Decimal(0))
    if total > 1 and not rule.overlay:
        found = f"the shares add up to {percent(total)}"
        report.wrong(f"{path}.split", found, "they are at most 100%, or the rule says overlay: true")


def percent(share: Decimal) -> str:
    """A share in per cent, as 2.5%."""
    return f"{(share * 100).normalize():f}%"


def _check_periods(programme: Programme, rule: Rule, path: str, report: Report) -> None:
    if rule.every.kind == "order" and rule.facts != "sale":
        report.wrong(f"{path}.every", f"orders of {rule.facts} facts", "only sales have an order_id")
    ends = programme.ends or date.max
    for place, window in enumerate(rule.every.windows):
        if window.starts > ends or window.ends < programme.starts:
            found = f"{window.starts} to {window.ends} is outside the programme's life"
            report.wrong(f"{path}.every[{place}]", found, "a window shares days with the programme")
    for below, measure in measures(rule):
        for part, _ in walk(measure):
            if isinstance(part, Growth | Increase | Attainment):
                _check_comparison(part, rule, f"{path}.{below}", report)


def _check_comparison(node: Growth | Increase | Attainment, rule: Rule, path: str, report: Report) -> None:
    against = "target" if isinstance(node, Attainment) else node.baseline
    if isinstance(against, Node):
        return
    if rule.every.kind in ("fact", "order"):
        found = f"{against} where each {rule.every.kind} stands alone"
        report.wrong(path, found, "a comparison needs a period: every is month, quarter, year, ...")
    elif against == "previous_period" and rule.every.kind == "programme":
        right = "every is month, quarter, half_year or year, or compare with same_period_last_year"
        report.wrong(path, "no period comes before a programme's whole life", right)


def measures(rule: Rule) -> Sequence[tuple[str, Node]]:
    """The measures and group conditions of a rule, with their paths below it."""
    found = [("base", rule.base), ("scale.on", rule.scale.on)]
    found += [(f"gates[{place}]", gate.condition) for place, gate in enumerate(rule.gates)]
    found += [(f"multiply[{place}].where", factor.where) for place, factor in enumerate(rule.multipliers)]
    return [(path, node) for path, node in found if node is not None]


def nodes(rule: Rule) -> Sequence[Node]:
    """Every expression of a rule: its filter, groups, measures and conditions."""
    where = (rule.where,) if rule.where is not None else ()
    return (*where, *rule.by, *(node for _, node in measures(rule)))


def _check_idle(rule: Rule, path: str, report: Report) -> None:
    """Words that say nothing where they stand: the writer meant something that is not there."""
    compares = any(
        isinstance(part, Growth | Increase | Attainment)
        for _, node in measures(rule)
        for part, _ in walk(node)
    )
    if rule.without_baseline is not None and not compares:
        right = "it goes with growth, increase or attainment"
        report.wrong(f"{path}.without_baseline", "nothing is compared in this rule", right)
    if rule.without_baseline == "pays_lowest_band" and not isinstance(rule.scale, Banded):
        report.wrong(f"{path}.without_baseline", "this scale has no bands", "write {pays_fixed: 500}")
    if rule.highest_only and not rule.multipliers:
        report.wrong(f"{path}.highest_only", "there are no factors to choose from", "it goes with multiply")
    if rule.overlay and not rule.splits:
        report.wrong(f"{path}.overlay", "there are no shares", "it goes with split")
    if isinstance(rule.cap, Cap) and rule.cap.amount == 0:
        report.wrong(f"{path}.cap.amount", "a cap of nothing", "a cap is above zero, or is left out")
