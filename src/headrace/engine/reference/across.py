"""Across rules: deductions, the best of a set, programme caps, the budget, and what returns take back."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from headrace.engine.expressions import contributing
from headrace.engine.programme import Cap, Rule
from headrace.engine.reference.amounts import apportion, to_major, to_minor
from headrace.engine.reference.facts import Book, Fact
from headrace.engine.reference.inputs import Row
from headrace.engine.reference.measures import contribution
from headrace.engine.reference.rules import ONE, ZERO, Outcome, PayeeKind, earn
from headrace.engine.scales.steps import Step
from headrace.kernel.period import Period


@dataclass
class Part:
    """What one fact brings a recipient; `minor` shrinks as caps and the budget are met."""

    fact: Fact
    minor: int


@dataclass
class Earning:
    """What one group brings one recipient. The steps add up to the amount, and so do the parts."""

    outcome: Outcome
    to: PayeeKind
    recipient: str
    period: Period
    mark: str
    parts: list[Part]
    steps: list[Step] = field(default_factory=list)

    @property
    def rule(self) -> Rule:
        return self.outcome.group.rule

    @property
    def minor(self) -> int:
        return sum(part.minor for part in self.parts)

    @property
    def id(self) -> str:
        """rule|to|recipient|by|period_from, and what else tells it apart."""
        group = self.outcome.group
        own = [self.rule.key, self.to, self.recipient, group.by_text, self.period.starts.isoformat()]
        source = group.recipient if self.rule.splits else ""
        return "|".join([*own, *([self.mark] if self.mark else []), *([source] if source else [])])

    @property
    def is_group(self) -> bool:
        """Whether it stands for a group of facts, and not only for what returns take back."""
        return (self.period, self.mark) == (self.outcome.group.period, self.outcome.group.mark)

    def note(self, kind: str, digits: int, before: int, label: Mapping[str, Fraction]) -> None:
        """A step for what changed in the parts since they were worth `before`."""
        if self.minor != before:
            self.steps.append(Step(kind, to_major(self.minor - before, digits), label))  # type: ignore[arg-type]


def earn_all(book: Book) -> list[Earning]:
    """Every earning of the programme, after all that limits it."""
    outcomes = _earned(book)
    earnings = [earning for outcome in outcomes for earning in earnings_of(outcome, book)]
    money = [earning for earning in earnings if earning.rule.pays.kind == "money"]
    cap_programme(money, book)
    keep_to_budget(money, book)
    return take_back(earnings, book)


# Deductions, in the order that they need


def _earned(book: Book) -> list[Outcome]:
    done: dict[str, list[Outcome]] = {}
    rules = {rule.key: rule for rule in book.programme.rules}

    def settle(rule: Rule, waiting: tuple[str, ...]) -> None:
        """A rule, together with those of its best_of, after all that they deduct."""
        if rule.key in done:
            return
        if rule.key in waiting:
            raise ValueError(f"The rules {', '.join(waiting)} wait for each other: a cycle has no first")
        rivals = [
            one for one in rules.values() if one is rule or (one.best_of and one.best_of == rule.best_of)
        ]
        keys = tuple(one.key for one in rivals)
        for key in {key for one in rivals for key in one.deduct}:
            settle(rules[key], (*waiting, *keys))
        for one in rivals:
            done[one.key] = earn(
                one, book, _by_fact(one, [out for key in one.deduct for out in done[key]], book)
            )
        best_of([outcome for key in keys for outcome in done[key]])

    for rule in book.programme.rules:
        settle(rule, ())
    return [outcome for rule in book.programme.rules for outcome in done[rule.key]]


def _by_fact(rule: Rule, outcomes: Sequence[Outcome], book: Book) -> Mapping[str, Mapping[str, Fraction]]:
    """By recipient of a rule and by fact: what others earned, in units of money."""
    given: dict[str, dict[str, Fraction]] = defaultdict(lambda: defaultdict(Fraction))
    to = "person" if rule.to == "person" else "partner"
    for outcome in outcomes:
        for share in outcome.shares:
            if share.recipient is not None and share.to == to:
                amount = to_major(share.minor, book.programme.unit_digits(outcome.group.rule))
                given[share.recipient][share.fact.id] += amount
    return given


def best_of(outcomes: Sequence[Outcome]) -> None:
    """Of the rules of one set only the one that earns a recipient most in a period is paid; ties by key."""
    contests: dict[object, dict[str, list[Outcome]]] = defaultdict(lambda: defaultdict(list))
    for outcome in outcomes:
        group = outcome.group
        if group.rule.best_of is not None:
            contest = (group.rule.best_of, group.recipient, group.period, group.mark)
            contests[contest][group.rule.key].append(outcome)
    for rivals in contests.values():
        totals = {key: sum(one.minor for one in rivals[key]) for key in rivals}
        best = min(totals, key=lambda key: (-totals[key], key))
        for outcome in [one for key in rivals if key != best for one in rivals[key]]:
            _pay_nothing(outcome, best)


def _pay_nothing(outcome: Outcome, best: str) -> None:
    outcome.move_to("best_of", ZERO, {"best": best})
    outcome.minor = 0
    outcome.shares = [replace(share, minor=0) for share in outcome.shares]


def earnings_of(outcome: Outcome, book: Book) -> Iterator[Earning]:
    """An earning for each recipient that a group pays."""
    group = outcome.group
    payees: dict[tuple[PayeeKind, str], list[Part]] = {}
    for share in outcome.shares:
        if share.recipient is not None:
            assert isinstance(share.fact, Fact)
            parts = payees.setdefault((share.to, share.recipient), [])
            parts.append(Part(share.fact, share.minor))
    for (to, recipient), parts in payees.items():
        earning = Earning(outcome, to, recipient, group.period, group.mark, _merged(parts), [*outcome.steps])
        earning.note("split", book.programme.unit_digits(group.rule), outcome.minor, {})
        yield earning


def _merged(parts: Sequence[Part]) -> list[Part]:
    """One part for each fact, also where two paths lead to one recipient."""
    minor: dict[str, int] = defaultdict(int)
    for part in parts:
        minor[part.fact.id] += part.minor
    facts = {part.fact.id: part.fact for part in parts}
    return [Part(facts[key], amount) for key, amount in minor.items()]


# Caps of the programme and the budget

Served = tuple[Earning, Part]


def _by_day(served: Served) -> tuple[object, ...]:
    earning, part = served
    group = earning.outcome.group
    return (
        part.fact.on,
        part.fact.id,
        earning.rule.key,
        earning.recipient,
        earning.to,
        group.order,
        earning.id,
    )


def serve(
    served: Sequence[Served], room_of: Callable[[Served], list[object]], amount: Mapping[object, int]
) -> None:
    """Pays shares by fact date and id for as long as there is room; one that is negative gives room back."""
    used: dict[object, int] = defaultdict(int)
    for earning, part in sorted(served, key=_by_day):
        rooms = room_of((earning, part))
        part.minor = min([part.minor, *(amount[room] - used[room] for room in rooms)])
        for room in rooms:
            used[room] += part.minor


def cap_programme(earnings: Sequence[Earning], book: Book) -> None:
    """What a recipient is paid by all rules together, in each period of each cap."""
    digits, caps = book.programme.digits, book.programme.caps
    before = [earning.minor for earning in earnings]
    amounts: dict[object, int] = {}

    def room_of(served: Served) -> list[object]:
        earning, part = served
        rooms: list[object] = []
        for place, cap in enumerate(caps):
            room = (place, earning.to, earning.recipient, _span(cap, part.fact, book))
            amounts[room] = to_minor(Fraction(cap.amount), digits, "half_up")
            rooms.append(room)
        return rooms

    serve([(earning, part) for earning in earnings for part in earning.parts], room_of, amounts)
    for earning, was in zip(earnings, before, strict=True):
        earning.note("programme_cap", digits, was, {})


def _span(cap: Cap, fact: Fact, book: Book) -> Period | None:
    return book.life if cap.every is None else book.period_of(cap.every, fact.on)


def keep_to_budget(earnings: Sequence[Earning], book: Book) -> None:
    """What all recipients together are paid in the life of the programme."""
    budget, digits = book.programme.budget, book.programme.digits
    if budget is None:
        return
    amount = to_minor(Fraction(budget.amount), digits, "half_up")
    before = [earning.minor for earning in earnings]
    if budget.when_spent == "stop":
        served = [(earning, part) for earning in earnings for part in earning.parts]
        serve(served, lambda _: ["budget"], {"budget": amount})
    elif sum(before) > amount:
        _scale_alike(earnings, amount)
    for earning, was in zip(earnings, before, strict=True):
        earning.note("budget", digits, was, {"budget": Fraction(budget.amount)})


def _scale_alike(earnings: Sequence[Earning], amount: int) -> None:
    """Every earning by the same factor, to the cent by largest remainder; ties by the earning's id."""
    ordered = sorted(earnings, key=lambda earning: earning.id)
    scaled = apportion(amount, [Fraction(earning.minor) for earning in ordered])
    for earning, minor in zip(ordered, scaled, strict=True):
        sign = -1 if earning.minor < 0 else 1
        parts = sorted(earning.parts, key=lambda part: part.fact.id)
        weights = [Fraction(sign * part.minor) for part in parts]
        if sum(weights, ZERO) <= 0:
            weights = [ONE] * len(weights)
        for part, share in zip(parts, apportion(minor, weights), strict=True):
            part.minor = share


# What returns take back


@dataclass(frozen=True)
class Taken:
    """What one return takes back of the part that its line brought to an earning."""

    earning: Earning
    part: Part
    row: Row
    minor: int


def take_back(earnings: Sequence[Earning], book: Book) -> list[Earning]:
    """Returns at the original rate: each takes back what its line was given, in the period of the return."""
    result = {_key(earning): earning for earning in earnings}
    for rule in book.programme.rules:
        if rule.returns == "original_rate" and rule.facts == "sale":
            given = [earning for earning in earnings if earning.rule.key == rule.key]
            for taken in list(_all_taken(rule, given, book)):
                _book_taken(taken, result, book)
    return list(result.values())


def _all_taken(rule: Rule, given: Sequence[Earning], book: Book) -> Iterator[Taken]:
    returns: dict[str, list[Row]] = defaultdict(list)
    for row in sorted(book.rows["sale"], key=lambda row: (row["on"], row["id"])):
        if book.takes_back(row, rule):
            returns[row["returns"]].append(row)
    for earning in given:
        for part in earning.parts:
            for row, minor in _taken(part, returns.get(part.fact.id, []), rule):
                yield Taken(earning, part, row, minor)


def _taken(part: Part, returns: Sequence[Row], rule: Rule) -> Iterator[tuple[Row, int]]:
    """What each return of a line takes back: rounded so that returning all takes back the share exactly."""
    returned, taken = ZERO, 0
    for row in returns:
        returned = min(returned + _part_returned(part.fact, row, rule), ONE)
        so_far = to_minor(part.minor * returned, 0, "half_up")
        yield row, so_far - taken
        taken = so_far


def _part_returned(sale: Fact, row: Row, rule: Rule) -> Fraction:
    """Which part of a line a return takes back: by the sums that are paid on, else by quantity."""
    back = replace(sale, id=row["id"], row=row)
    sold = contribution(rule.b, sale)
    is_summed = all(node.function in ("sum", "avg") for node in contributing(rule.b))
    if sold and is_summed:
        return max(-contribution(rule.b, back) / sold, ZERO)
    quantity = sale.row.get("quantity") or ZERO
    return max(Fraction(-(row.get("quantity") or ZERO) / quantity), ZERO) if quantity else ZERO


def _book_taken(taken: Taken, result: dict[object, Earning], book: Book) -> None:
    """Adds what is taken back to the same recipient's earning in the period of the return."""
    rule, row = taken.earning.rule, taken.row
    period = book.period_of(rule.every, row["on"])
    if period is None or not taken.minor:
        return
    mark = {"fact": row["id"], "order": row.get("order_id") or row["id"]}.get(rule.every.kind, "")
    new = replace(taken.earning, period=period, mark=mark, parts=[], steps=[])
    there = result.setdefault(_key(new), new)
    before = there.minor
    there.parts.append(Part(replace(taken.part.fact, id=row["id"], row=row), -taken.minor))
    there.note("take_back", book.programme.unit_digits(rule), before, {})


def _key(earning: Earning) -> object:
    group = earning.outcome.group
    source = (earning.rule.key, group.recipient, group.by)
    return *source, earning.to, earning.recipient, earning.period, earning.mark
