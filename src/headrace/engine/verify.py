"""Computes a receipt anew, from the receipt alone: exact fractions, whichever backend wrote it.

The measures are computed again from the facts' values, the steps from the measures, the shares from the
steps. What a receipt can only state (a baseline, a place, what had been paid before) is held by its seal.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import Any

from headrace.engine.expressions import Attainment, Certified, Field, Node
from headrace.engine.parsing import check
from headrace.engine.programme import Programme, Recipient, Rule
from headrace.engine.reference.amounts import to_major
from headrace.engine.reference.groups import Group
from headrace.engine.reference.measures import Comparison, comparisons
from headrace.engine.reference.receipts import gate_entries
from headrace.engine.reference.rules import (
    Outcome,
    factor,
    limit,
    measure,
    multiply,
    pay_scale,
    round_off,
    share_out,
    weights,
)
from headrace.engine.reference.values import Value
from headrace.engine.seal import seal_of
from headrace.engine.writing import exact_text, written
from headrace.kernel.period import Period

FIGURE = re.compile(r"-?[0-9]+(\.[0-9]+|/[0-9]+)?")
FIGURE_MAX = 2000
# Cap, rounding and minimum may be told as one step; what follows them comes from beyond the rule.
LAST_STEPS = ("cap", "rounding", "minimum_payout")
BEYOND_STEPS = ("best_of", "split", "programme_cap", "budget", "take_back")


def verify(receipt: Mapping[str, Any]) -> list[str]:
    """What does not hold in a receipt, one sentence each; empty where everything does.

    `receipt` is JSON as `calculate` writes it: a tampered figure anywhere is found.
    """
    try:
        return list(_findings(receipt))
    except (KeyError, TypeError, ValueError, AttributeError, ArithmeticError, AssertionError) as error:
        return [f"The receipt can't be read: {type(error).__name__} {error}"]


def _findings(receipt: Mapping[str, Any]) -> Iterator[str]:
    if receipt.get("seal") != seal_of(receipt):
        yield "The seal does not fit: something was changed after the receipt was written."
    programme = _programme(receipt)
    (rule,) = programme.rules
    digits = programme.unit_digits(rule)
    for name, value in (("unit", programme.unit(rule)), ("digits", digits), ("rule", rule.key)):
        yield from _differs(name, receipt[name], value)
    yield from _sums(receipt, digits)
    if not receipt["measures"]:
        return  # nothing was measured: the earning is only what returns take back
    outcome = _outcome(receipt, rule)
    yield from _measures(receipt, outcome)
    yield from _differs("gates", receipt["gates"], gate_entries(outcome))
    pay_scale(outcome)
    multiply(outcome)
    limit(outcome)
    round_off(outcome, digits)
    yield from _own_steps(receipt, outcome)
    share_out(outcome)
    yield from _facts(receipt, outcome)
    yield from _steps_beyond(receipt, outcome, digits)


def _sums(receipt: Mapping[str, Any], digits: int) -> Iterator[str]:
    amount = _exact(receipt["amount"])
    steps = sum((_exact(step["amount"]) for step in receipt["steps"]), Fraction(0))
    shares = sum(_whole(fact["share"]) for fact in receipt["facts"] if "share" in fact)
    yield from _differs("the sum of the steps", steps, amount)
    yield from _differs("the sum of the shares", to_major(shares, digits), amount)


def _exact(text: str) -> Fraction:
    """A figure of a receipt: a plain decimal or n/d, never an exponent, which could name a number without end."""
    if len(text) > FIGURE_MAX or not FIGURE.fullmatch(text):
        raise ValueError(f"{text[:40]!r} is no exact figure")
    return Fraction(text)


def _whole(text: str) -> int:
    """A figure in whole minor units."""
    exact = _exact(text)
    if exact.denominator != 1:
        raise ValueError(f"{text} is no whole number of minor units")
    return exact.numerator


def _differs(what: str, found: object, expected: object) -> Iterator[str]:
    if found != expected:
        yield f"{what} is {_shown(found)}, computed anew it is {_shown(expected)}."


def _shown(value: object) -> str:
    return exact_text(value) if isinstance(value, Fraction) else "unknown" if value is None else str(value)


# What the receipt says, as a group that can be calculated


def _programme(receipt: Mapping[str, Any]) -> Programme:
    """The document with the one rule; what ties it to other rules plays no part here."""
    document = dict(receipt["document"])
    (rule,) = document["earns"]
    alone = {name: part for name, part in rule.items() if name not in ("deduct", "best_of")}
    programme, findings = check({**document, "earns": [alone]})
    if programme is None:
        raise ValueError("; ".join(str(finding) for finding in findings))
    return programme


@dataclass(frozen=True, eq=False)
class StatedFact:
    """A fact with the values that the receipt gives for it."""

    entry: Mapping[str, Any]
    kinds: Mapping[str, str]

    @property
    def credit(self) -> Fraction:
        return _exact(self.entry["credit"])

    @property
    def on(self) -> date:
        return date.fromisoformat(self.entry["on"])

    @property
    def id(self) -> str:
        return str(self.entry["id"])

    def value(self, column: Field) -> Value:
        name = written(column)
        return _typed(self.entry["values"][name], self.kinds[name])

    def is_certified(self, certified: Certified) -> bool | None:
        held: bool | None = self.entry["values"][written(certified)]
        return held

    def measure(self, node: Node) -> Fraction | None:
        raise TypeError(f"{type(node).__name__} is a measure of many facts, not of one")

    def recipient(self, to: Recipient) -> str | None:
        """Who gets the fact's share of a part of a split."""
        (stated,) = (one["recipient"] for one in self.entry["split"] if one["path"] == to)
        recipient: str | None = stated
        return recipient


def _typed(value: Any, kind: str) -> Value:
    if value is None:
        return None
    match kind:
        case "number":
            return _exact(value)
        case "date":
            return date.fromisoformat(value)
        case "truth" if isinstance(value, bool):
            return value
        case "text" if isinstance(value, str):
            return value
    raise ValueError(f"{value!r} is no {kind}")


@dataclass(frozen=True)
class Stated:
    """The baselines and targets that the receipt gives, by the text of the comparison that needed them."""

    values: Mapping[str, Fraction | None]
    nodes: Sequence[Comparison]

    def in_period_before(self, measure: Node, baseline: str) -> Fraction | None:
        node = next(
            node
            for node in self.nodes
            if not isinstance(node, Attainment) and (node.measure, node.baseline) == (measure, baseline)
        )
        return self.values[written(node)]

    def target(self, attainment: Attainment) -> Fraction | None:
        return self.values[written(attainment)]


def _outcome(receipt: Mapping[str, Any], rule: Rule) -> Outcome:
    stated = {one["name"]: _read(one["value"]) for one in receipt["measures"]}
    facts = [StatedFact(one, receipt["columns"]) for one in receipt["facts"] if "values" in one]
    group = Group(
        rule,
        receipt["recipient"],
        tuple(receipt["by"].values()),
        Period(date.fromisoformat(receipt["period"]["from"]), date.fromisoformat(receipt["period"]["to"])),
        receipt["mark"],
        [fact for fact in facts if "weight" in fact.entry],
        facts,
        _stated(receipt, rule),
    )
    place, tied = (int(stated.get(name) or 1) for name in ("place", "tied"))
    measured = replace(measure(group, stated.get("deducted") or Fraction(0)), place=place, tied=tied)
    limits = {limit: stated[f"{limit}_paid"] for limit in ("floor", "cap") if f"{limit}_paid" in stated}
    outcome = Outcome(measured)
    outcome.paid_before = {limit: paid for limit, paid in limits.items() if paid is not None}
    return outcome


def _stated(receipt: Mapping[str, Any], rule: Rule) -> Stated:
    roots = (rule.x, rule.b, *(gate.condition for gate in rule.gates))
    nodes = [node for root in roots for node in comparisons(root)]
    compared = [one for one in receipt["measures"] if one["name"] in ("baseline", "target")]
    return Stated({one["text"]: _read(one["value"]) for one in compared}, nodes)


def _read(value: str | None) -> Fraction | None:
    return None if value is None else _exact(value)


# Comparing


def _measures(receipt: Mapping[str, Any], outcome: Outcome) -> Iterator[str]:
    rule, measured = outcome.group.rule, outcome.measured
    computed = {"on": (written(rule.x), measured.x), "base": (written(rule.b), measured.b)}
    for one in receipt["measures"]:
        if one["name"] in computed:
            text, value = computed[one["name"]]
            yield from _differs(f"the measure {one['name']}", one["text"], text)
            yield from _differs(f"the value of {one['name']}", _read(one["value"]), value)


def _own_steps(receipt: Mapping[str, Any], outcome: Outcome) -> Iterator[str]:
    """The steps of the scale up to the floor one by one; what limits and rounds them together."""
    last = BEYOND_STEPS + LAST_STEPS
    found = [one for one in receipt["steps"] if one["kind"] not in last and _exact(one["amount"])]
    computed = [step for step in outcome.steps if step.kind not in last]
    amounts = [(one["kind"], _exact(one["amount"])) for one in found]
    yield from _differs("the steps", amounts, [(step.kind, step.amount) for step in computed])
    for one, step in zip(found, computed, strict=False):
        stated = {name: step.label.get(name, figure) for name, figure in one["label"].items()}
        labels = {name: _shown(figure) for name, figure in stated.items()}
        yield from _differs(f"the figures of a step {step.kind}", one["label"], labels)
    rounded = sum((step.amount for step in outcome.steps if step.kind in LAST_STEPS), Fraction(0))
    yield from _differs("cap and rounding", _total(receipt, *LAST_STEPS), rounded)


def _total(receipt: Mapping[str, Any], *kinds: str) -> Fraction:
    return sum((_exact(one["amount"]) for one in receipt["steps"] if one["kind"] in kinds), Fraction(0))


def _facts(receipt: Mapping[str, Any], outcome: Outcome) -> Iterator[str]:
    """Weight and factor of each fact, and what it was given by the rule itself."""
    group = outcome.group
    is_beaten = any(one["kind"] == "best_of" for one in receipt["steps"])
    for fact, weight in zip(group.facts, weights(group), strict=True):
        entry = next(one for one in receipt["facts"] if one["id"] == fact.id)
        shares = [share for share in outcome.shares if share.fact.id == fact.id]
        yield from _differs(f"the weight of {fact.id}", _exact(entry["weight"]), weight)
        yield from _differs(f"the factor of {fact.id}", _exact(entry["factor"]), factor(group.rule, fact))
        given = [0 if is_beaten else share.minor for share in shares]
        for one, minor in zip(entry.get("split", ()), given, strict=bool(group.rule.splits)):
            yield from _differs(f"a part of {fact.id}", _whole(one["share"]), minor)
        own = (receipt["to"], receipt["recipient"])
        paid = [m for share, m in zip(shares, given, strict=True) if (share.to, share.recipient) == own]
        yield from _differs(f"what {fact.id} was given", _whole(entry["given"]), sum(paid))


def _steps_beyond(receipt: Mapping[str, Any], outcome: Outcome, digits: int) -> Iterator[str]:
    """What other rules, the programme's limits and returns change: the shares must say the same."""
    facts = receipt["facts"]
    rounded = to_major(outcome.minor, digits)
    given = to_major(sum(_whole(one["given"]) for one in facts if "given" in one), digits)
    left = to_major(sum(_whole(one["share"]) for one in facts if "given" in one and "share" in one), digits)
    taken = to_major(sum(_whole(one["share"]) for one in facts if "takes_back" in one), digits)
    if _total(receipt, "best_of"):
        yield from _differs("the step best_of", _total(receipt, "best_of"), -rounded)
        rounded = Fraction(0)
    yield from _differs("the step split", _total(receipt, "split"), given - rounded)
    yield from _differs("programme cap and budget", _total(receipt, "programme_cap", "budget"), left - given)
    yield from _differs("the step take_back", _total(receipt, "take_back"), taken)
