"""One rule over its groups: measures, gates, scale, multiply, floor, cap, rounding, split, attribution."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Literal

from headrace.engine.expressions import Attainment, Growth, Increase
from headrace.engine.programme import Fixed, Recipient, Rule
from headrace.engine.reference.amounts import apportion, to_major, to_minor
from headrace.engine.reference.facts import Book, Fact
from headrace.engine.reference.groups import Group, groups_of
from headrace.engine.reference.measures import Gathered, comparisons, contribution, number_of
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

    fact: Fact
    to: PayeeKind
    recipient: str | None
    minor: int


@dataclass(frozen=True)
class Measured:
    """A group with the measures of its scale; `baseline` is what growth or attainment is compared with."""

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
    measured = [measure(group, deducted.get(group.recipient, {})) for group in groups_of(rule, book)]
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


def measure(group: Group, deducted: Deducted) -> Measured:
    """x, b and the gates of a group."""
    rule = group.rule
    lacks = any(
        gathered.compared_with(node) is None
        for gathered, measure in ((group.seen, rule.x), (group.paid, rule.b))
        for node in comparisons(measure)
    )
    b = number_of(rule.b, group.paid)
    taken = sum((deducted.get(fact.id, ZERO) for fact in group.facts), ZERO)
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
    """What x is compared with, where x is growth, increase or attainment."""
    x = group.rule.x
    return group.seen.compared_with(x) if isinstance(x, Growth | Increase | Attainment) else None


def placed(measured: Sequence[Measured], scale: Rank) -> list[Measured]:
    """Gives each its place by x, highest first, among those of its period whose gates hold."""

    def contest(one: Measured) -> tuple[object, ...]:
        within: list[Value] = [one.group.seen.value(column) for column in scale.within]
        return one.group.period, one.group.by, *within

    rivals: dict[tuple[object, ...], list[Fraction]] = {}
    for one in measured:
        if one.qualifies and one.x is not None:
            rivals.setdefault(contest(one), []).append(one.x)
    return [
        replace(
            one,
            place=1 + sum(1 for x in rivals[contest(one)] if x > one.x),
            tied=rivals[contest(one)].count(one.x),
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
        return
    x, b = measured.x, measured.b
    if x is None or b is None or (x < 0 and (not rule.negative or isinstance(rule.scale, Rank))):
        return
    sign = -1 if x < 0 else 1
    for step in scale_steps(measured, sign):
        outcome.add(replace(step, amount=sign * step.amount))
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


def weights(group: Group, x: Fraction | None) -> list[Fraction]:
    """What each fact weighs: its contribution to the base; all the same where these add up to nothing.

    Where more was returned than sold, contributions are mirrored, as the earning is.
    """
    sign = -1 if x is not None and x < 0 else 1
    found = [sign * contribution(group.rule.b, fact) for fact in group.facts]
    return found if sum(found, ZERO) > 0 else [ONE] * len(found)


def factor(rule: Rule, fact: Fact) -> Fraction:
    """The multipliers that hold for a fact, multiplied; the largest alone with `highest_only`; 1 of none."""
    found = [Fraction(one.by) for one in rule.multipliers if holds(one.where, fact)]
    if rule.highest_only:
        return max(found, default=ONE)
    product = ONE
    for one in found:
        product *= one
    return product


def multiply(outcome: Outcome) -> None:
    """The earning times the mean factor of its facts, weighted."""
    group = outcome.group
    if not group.rule.multipliers or not outcome.total:
        return
    weighted = weights(group, outcome.measured.x)
    factors = [factor(group.rule, fact) for fact in group.facts]
    mean = sum((w * k for w, k in zip(weighted, factors, strict=True)), ZERO) / sum(weighted, ZERO)
    outcome.move_to("multiply", outcome.total * mean, {"factor": mean})
    clamp(outcome)


# Floor, cap, rounding


def limit_and_round(outcomes: Sequence[Outcome], book: Book) -> None:
    """Floor, cap and rounding, group by group in their order: earlier ones use up a cap first."""
    paid: dict[object, int] = {}
    for place, outcome in enumerate(outcomes):
        rule = outcome.group.rule
        digits = digits_of(rule, book.programme.digits)
        floor_key, cap_key = ("floor", *_span(outcome, "floor", book)), ("cap", *_span(outcome, "cap", book))
        if outcome.measured.qualifies and not _is_without_pay(outcome):
            later = (
                one for one in outcomes[place + 1 :] if one.measured.qualifies and not _is_without_pay(one)
            )
            last = not any(("floor", *_span(one, "floor", book)) == floor_key for one in later)
            _raise_to_floor(outcome, to_major(paid.get(floor_key, 0), digits), last)
        _lower_to_cap(outcome, to_major(paid.get(cap_key, 0), digits))
        outcome.minor = to_minor(outcome.total, digits, rule.rounding)
        outcome.move_to("rounding", to_major(outcome.minor, digits), {"digits": Fraction(digits)})
        _drop_below_minimum(outcome)
        for key in (floor_key, cap_key):
            paid[key] = paid.get(key, 0) + outcome.minor


def _is_without_pay(outcome: Outcome) -> bool:
    """Whether the rule pays nothing at all, not even its floor, for want of a baseline."""
    return outcome.measured.lacks_baseline and outcome.group.rule.without_baseline is None


def _span(outcome: Outcome, of: str, book: Book) -> tuple[object, ...]:
    """The recipient and the period that a cap or floor is counted in."""
    group = outcome.group
    limit = group.rule.cap if of == "cap" else group.rule.floor
    if limit is None or limit.every is None:
        own = (group.by,) if of == "floor" else ()
        return group.recipient, group.period, group.mark, *own
    return group.recipient, book.period_of(limit.every, group.period.starts)


def _raise_to_floor(outcome: Outcome, paid: Fraction, last: bool) -> None:
    floor = outcome.group.rule.floor
    if floor is not None and last:
        least = Fraction(floor.amount) - paid
        outcome.move_to("floor", max(outcome.total, least), {"floor": Fraction(floor.amount), "paid": paid})


def _lower_to_cap(outcome: Outcome, paid: Fraction) -> None:
    cap = outcome.group.rule.cap
    if cap is not None:
        most = Fraction(cap.amount) - paid
        outcome.move_to("cap", min(outcome.total, most), {"cap": Fraction(cap.amount), "paid": paid})


def _drop_below_minimum(outcome: Outcome) -> None:
    minimum = outcome.group.rule.minimum_payout
    if minimum is not None and 0 < outcome.total < Fraction(minimum):
        outcome.move_to("minimum_payout", ZERO, {"minimum": Fraction(minimum)})
        outcome.minor = 0


def digits_of(rule: Rule, money_digits: int) -> int:
    """The minor digits of what a rule pays: those of the currency, none of points, badges and the like."""
    return money_digits if rule.pays.kind in ("money", "discount", "fund") else 0


def unit_of(rule: Rule, currency: str) -> str:
    """The currency, or the name of what is paid."""
    return currency if rule.pays.kind in ("money", "discount") else rule.pays.name or rule.pays.kind


# Split and attribution


def share_out(outcome: Outcome) -> None:
    """The rounded amount over the facts: to the group's recipient, or in parts to those of `split`."""
    group, rule = outcome.group, outcome.group.rule
    by = _attribution_weights(outcome)
    if not rule.splits:
        parts = apportion(outcome.minor, by)
        outcome.shares = [
            Share(fact, payee_kind(rule.to), group.recipient, minor)
            for fact, minor in zip(group.facts, parts, strict=True)
        ]
        return
    taken: set[tuple[str, str, str | None]] = set()
    for split, part in zip(rule.splits, split_parts(outcome.minor, rule), strict=True):
        for fact, minor in zip(group.facts, apportion(part, by), strict=True):
            recipient = fact.recipient(split.to)
            path = (fact.id, payee_kind(split.to), recipient)
            if path in taken and not rule.duplicate_credit:
                recipient = None
            taken.add(path)
            outcome.shares.append(Share(fact, payee_kind(split.to), recipient, minor))


def payee_kind(to: Recipient) -> PayeeKind:
    """A parent and a distributor are partners too."""
    return "person" if to == "person" else "partner"


def split_parts(minor: int, rule: Rule) -> list[int]:
    """An earning in parts by largest remainder, in the order of the list; below 100% the rest is left."""
    shares = [Fraction(split.share) for split in rule.splits]
    total = sum(shares, ZERO)
    return apportion(int(minor * total // 1), shares)


def _attribution_weights(outcome: Outcome) -> list[Fraction]:
    """Weight × factor of each fact; all the same where these add up to nothing."""
    group = outcome.group
    weighted = weights(group, outcome.measured.x)
    found = [w * factor(group.rule, fact) for w, fact in zip(weighted, group.facts, strict=True)]
    return found if sum(found, ZERO) > 0 else [ONE] * len(found)
