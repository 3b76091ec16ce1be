"""One rule over its groups: measures, gates, scale, multiply, floor, cap, rounding, split, attribution."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Literal

from headrace.engine.expressions import Growth
from headrace.engine.programme import Cap, Fixed, Recipient, Rule
from headrace.engine.reference.amounts import apportion, to_major, to_minor
from headrace.engine.reference.facts import Book
from headrace.engine.reference.groups import Group, groups_of
from headrace.engine.reference.measures import Counted, Gathered, comparisons, contribution, number_of
from headrace.engine.reference.values import Value, holds
from headrace.engine.scales import Banded, Excess, Lookup, Rank
from headrace.engine.scales.steps import Step
from headrace.engine.writing import value_text

PayeeKind = Literal["partner", "person"]
ZERO, ONE = Fraction(0), Fraction(1)
# What a rule had earned for a recipient by a fact, in units of money: what another rule deducts.
Deducted = Mapping[str, Fraction]


@dataclass(frozen=True)
class Share:
    """What a fact brought to a recipient, in minor units; an unnamed recipient is paid nothing."""

    fact: Counted
    to: PayeeKind
    recipient: str | None
    minor: int


@dataclass(frozen=True)
class Measured:
    """A group with the measures of its scale; `baseline` is what x grew from, where it is growth."""

    group: Group
    x: Fraction | None
    b: Fraction | None
    baseline: Fraction | None
    deducted: Fraction
    lacks_baseline: bool
    gates: tuple[bool, ...]
    place: int = 0
    tied: int = 0

    @property
    def qualifies(self) -> bool:
        """Whether every gate holds."""
        return all(self.gates)


@dataclass
class Outcome:
    """What one group earned: exact steps whose sum is the rounded amount, and its shares."""

    measured: Measured
    steps: list[Step] = field(default_factory=list)
    shares: list[Share] = field(default_factory=list)
    minor: int = 0
    # What the recipient was paid before in the period of the floor (where it applies) and of the cap.
    paid_before: dict[str, Fraction] = field(default_factory=dict)

    @property
    def group(self) -> Group:
        return self.measured.group

    @property
    def total(self) -> Fraction:
        """The sum of the steps so far."""
        return sum((step.amount for step in self.steps), ZERO)

    def add(self, step: Step) -> None:
        """Takes a step down, unless it changes nothing."""
        if step.amount:
            self.steps.append(step)

    def move_to(self, kind: str, amount: Fraction, label: Mapping[str, Fraction | str]) -> None:
        """A step that brings the total to `amount`."""
        self.add(Step(kind, amount - self.total, label))  # type: ignore[arg-type]


def earn(rule: Rule, book: Book, deducted: Mapping[str, Deducted]) -> list[Outcome]:
    """What each group of a rule earns; `deducted` is by recipient, then by fact."""
    measured = [
        measure(group, taken_from(group, deducted.get(group.recipient, {})))
        for group in groups_of(rule, book)
    ]
    if isinstance(rule.scale, Rank):
        measured = placed(measured, rule.scale)
    outcomes = [Outcome(one) for one in measured]
    for outcome in outcomes:
        pay_scale(outcome)
        multiply(outcome)
    limit_and_round(outcomes, book)
    for outcome in outcomes:
        share_out(outcome)
    return outcomes


# Measures and gates


def taken_from(group: Group, deducted: Deducted) -> Fraction:
    """What other rules had earned by the facts of a group."""
    return sum((deducted.get(fact.id, ZERO) for fact in group.facts), ZERO)


def measure(group: Group, taken: Fraction) -> Measured:
    """x, b and the gates of a group; b is net of what was taken by the rules it deducts."""
    rule = group.rule
    lacks = any(
        gathered.compared_with(node) is None
        for gathered, measure in ((group.seen, rule.x), (group.paid, rule.b))
        for node in comparisons(measure)
    )
    b = number_of(rule.b, group.paid)
    return Measured(
        group,
        x=number_of(rule.x, group.seen),
        b=None if b is None else b - taken,
        baseline=_baseline(group),
        deducted=taken,
        lacks_baseline=lacks,
        gates=tuple(holds(gate.condition, group.seen) for gate in rule.gates),
    )


def _baseline(group: Group) -> Fraction | None:
    """What x grew from, where x is growth."""
    return group.seen.compared_with(group.rule.x) if isinstance(group.rule.x, Growth) else None


def placed(measured: Sequence[Measured], scale: Rank) -> list[Measured]:
    """Gives each its place by x, highest first, among those of its period whose gates hold."""

    def contest(one: Measured) -> tuple[object, ...]:
        within: list[Value] = [one.group.seen.value(column) for column in scale.within]
        return one.group.period, one.group.by, *within

    rivals: dict[tuple[object, ...], list[Fraction]] = {}
    for one in measured:
        if one.qualifies and one.x is not None:
            rivals.setdefault(contest(one), []).append(one.x)
    for xs in rivals.values():
        xs.sort()
    return [
        replace(
            one,
            place=1 + len(rivals[contest(one)]) - bisect_right(rivals[contest(one)], one.x),
            tied=bisect_right(rivals[contest(one)], one.x) - bisect_left(rivals[contest(one)], one.x),
        )
        if one.qualifies and one.x is not None
        else one
        for one in measured
    ]


# Scale and multiply


def pay_scale(outcome: Outcome) -> None:
    """The steps of the scale; none where a gate fails, or where x or b is not known."""
    measured, rule = outcome.measured, outcome.group.rule
    if not measured.qualifies:
        return
    if measured.lacks_baseline:
        for step in without_baseline(rule, measured.b):
            outcome.add(step)
        clamp(outcome)
        return
    x, b = measured.x, measured.b
    if x is None or b is None or (x < 0 and (not rule.negative or isinstance(rule.scale, Rank))):
        return
    for step in scale_steps(measured, -1 if x < 0 else 1):
        outcome.add(step)
    if x < 0:
        outcome.move_to("mirror", -outcome.total, {})
    clamp(outcome)


def without_baseline(rule: Rule, b: Fraction | None) -> tuple[Step, ...]:
    """What the rule says is paid where the baseline or target is missing or zero."""
    if isinstance(rule.without_baseline, Fixed):
        return (Step("fixed", Fraction(rule.without_baseline.amount)),)
    if rule.without_baseline == "pays_lowest_band" and isinstance(rule.scale, Banded):
        return rule.scale.pay_lowest(ZERO if b is None else b)
    return ()


def scale_steps(measured: Measured, sign: int) -> tuple[Step, ...]:
    """What the scale gives for x and b, or for their mirror image where the sign is −1."""
    assert measured.x is not None
    assert measured.b is not None
    x, b, scale = sign * measured.x, sign * measured.b, measured.group.rule.scale
    match scale:
        case Rank():
            return scale.pay(measured.place, measured.tied)
        case Lookup():
            return scale.pay({value: (sign * x, sign * b) for value, x, b in _parts(measured.group, scale)})
        case Excess():
            return scale.pay(x, b, measured.baseline)
    return scale.pay(x, b)


def _parts(group: Group, scale: Lookup) -> list[tuple[str, Fraction, Fraction]]:
    """The group parted by the attribute that is looked up, with x and b of each part."""
    values = {value_text(fact.value(scale.by)) for fact in group.facts}
    parts = []
    for value in sorted(values):
        x = number_of(group.rule.x, _having(group.seen, scale, value))
        b = number_of(group.rule.b, _having(group.paid, scale, value))
        if x is not None and b is not None:
            parts.append((value, x, b))
    return parts


def _having(gathered: Gathered, scale: Lookup, value: str) -> Gathered:
    facts = [fact for fact in gathered.facts if value_text(fact.value(scale.by)) == value]
    return Gathered(facts, gathered.surroundings)


def clamp(outcome: Outcome) -> None:
    """Less than nothing is nothing, unless the rule lets it be."""
    if outcome.total < 0 and not outcome.group.rule.negative:
        outcome.move_to("clamp", ZERO, {})


def weights(group: Group) -> list[Fraction]:
    """What each fact weighs: its contribution to the base."""
    return [contribution(group.rule.b, fact) for fact in group.facts]


def factor(rule: Rule, fact: Counted) -> Fraction:
    """The multipliers that hold for a fact, multiplied; the largest alone with `highest_only`; 1 of none."""
    found = [Fraction(one.by) for one in rule.multipliers if holds(one.where, fact)]
    if rule.highest_only:
        return max(found, default=ONE)
    product = ONE
    for one in found:
        product *= one
    return product


def multiply(outcome: Outcome) -> None:
    """The earning times the mean factor of its facts, weighted; all weigh the same where there is no weight.

    Where more was returned than sold the weights are mirrored, as the earning is.
    """
    group, x = outcome.group, outcome.measured.x
    if not group.rule.multipliers or not outcome.total:
        return
    sign = -1 if x is not None and x < 0 else 1
    weighted = [sign * weight for weight in weights(group)]
    if sum(weighted, ZERO) <= 0:
        weighted = [ONE] * len(weighted)
    factors = [factor(group.rule, fact) for fact in group.facts]
    mean = sum((w * k for w, k in zip(weighted, factors, strict=True)), ZERO) / sum(weighted, ZERO)
    outcome.move_to("multiply", outcome.total * mean, {"by": mean})
    clamp(outcome)


# Floor, cap, rounding


def limit_and_round(outcomes: Sequence[Outcome], book: Book) -> None:
    """Floor, cap and rounding, group by group in their order: earlier ones use up a cap first.

    Of a floor over a longer period the last group of that period makes up what is missing.
    """
    floors = [_span(outcome, outcome.group.rule.floor, book) for outcome in outcomes]
    caps = [_span(outcome, outcome.group.rule.cap, book) for outcome in outcomes]
    last = {floor: place for place, floor in enumerate(floors) if _has_floor(outcomes[place])}
    by_floor: dict[object, Fraction] = defaultdict(Fraction)
    by_cap: dict[object, Fraction] = defaultdict(Fraction)
    for place, (outcome, floor, cap) in enumerate(zip(outcomes, floors, caps, strict=True)):
        if last.get(floor) == place:
            outcome.paid_before["floor"] = by_floor[floor]
        if outcome.group.rule.cap is not None:
            outcome.paid_before["cap"] = by_cap[cap]
        limit(outcome)
        round_off(outcome, book.programme.unit_digits(outcome.group.rule))
        by_floor[floor] += outcome.total
        by_cap[cap] += outcome.total


def _has_floor(outcome: Outcome) -> bool:
    """Whether a floor counts: where the gates hold, and the rule pays though it may lack a baseline."""
    measured, rule = outcome.measured, outcome.group.rule
    lacks = measured.lacks_baseline and rule.without_baseline is None
    return rule.floor is not None and measured.qualifies and not lacks


def _span(outcome: Outcome, limit: Cap | None, book: Book) -> tuple[object, ...]:
    """The recipient and the period that a cap or floor is counted in: all groups of the rule's own period."""
    group = outcome.group
    if limit is None or limit.every is None:
        return group.recipient, group.period, group.mark
    return group.recipient, book.period_of(limit.every, group.period.starts)


def limit(outcome: Outcome) -> None:
    """At least the floor, then at most the cap, less what the recipient was paid before."""
    rule, paid = outcome.group.rule, outcome.paid_before
    if rule.floor is not None and "floor" in paid:
        floor = Fraction(rule.floor.amount)
        label = {"least": floor, "paid": paid["floor"]}
        outcome.move_to("floor", max(outcome.total, floor - paid["floor"]), label)
    if rule.cap is not None:
        cap = Fraction(rule.cap.amount)
        label = {"most": cap, "paid": paid["cap"]}
        outcome.move_to("cap", min(outcome.total, cap - paid["cap"]), label)


def round_off(outcome: Outcome, digits: int) -> None:
    """The one rounding; what is then less than the minimum is not paid."""
    outcome.minor = to_minor(outcome.total, digits, outcome.group.rule.rounding)
    outcome.move_to("rounding", to_major(outcome.minor, digits), {"digits": Fraction(digits)})
    minimum = outcome.group.rule.minimum_payout
    if minimum is not None and 0 < outcome.total < Fraction(minimum):
        outcome.move_to("minimum_payout", ZERO, {"minimum": Fraction(minimum)})
        outcome.minor = 0


# Split and attribution


def share_out(outcome: Outcome) -> None:
    """The rounded amount over the facts: to the group's recipient, or in parts to those of `split`."""
    group, rule = outcome.group, outcome.group.rule
    if not rule.splits:
        to = payee_kind(rule.to)
        outcome.shares = [
            Share(fact, to, group.recipient, minor) for fact, minor in by_fact(outcome, outcome.minor)
        ]
        return
    taken: set[tuple[str, str, str | None]] = set()
    for split, part in zip(rule.splits, split_parts(outcome.minor, rule), strict=True):
        to = payee_kind(split.to)
        for fact, minor in by_fact(outcome, part):
            recipient = fact.recipient(split.to)
            path = (fact.id, to, recipient)
            if path in taken and not rule.duplicate_credit:
                recipient = None
            taken.add(path)
            outcome.shares.append(Share(fact, to, recipient, minor))


def by_fact(outcome: Outcome, minor: int) -> list[tuple[Counted, int]]:
    """What each fact brought of an amount, by fact id: so ties of remainders go to the first id."""
    weighed = zip(outcome.group.facts, attribution_weights(outcome), strict=True)
    facts = sorted(weighed, key=lambda pair: pair[0].id)
    parts = apportion(minor, [weight for _, weight in facts])
    return [(fact, part) for (fact, _), part in zip(facts, parts, strict=True)]


def payee_kind(to: Recipient) -> PayeeKind:
    """A parent and a distributor are partners too."""
    return "person" if to == "person" else "partner"


def split_parts(minor: int, rule: Rule) -> list[int]:
    """An earning in parts by largest remainder, in the order of the list; below 100% the rest is left."""
    shares = [Fraction(split.share) for split in rule.splits]
    total = sum(shares, ZERO)
    return apportion(int(minor * total // 1), shares)


def attribution_weights(outcome: Outcome) -> list[Fraction]:
    """Weight × factor of each fact; the factors alone where these add up to nothing or the other sign."""
    group = outcome.group
    factors = [factor(group.rule, fact) for fact in group.facts]
    sign = -1 if outcome.minor < 0 else 1
    found = [sign * w * k for w, k in zip(weights(group), factors, strict=True)]
    for candidate in (found, factors):
        if sum(candidate, ZERO) > 0:
            return candidate
    return [ONE] * len(factors)
