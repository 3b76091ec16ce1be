"""Doubts about a scale: where one more unit pays less, where pay leaps, and bands that make no difference."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from headrace.engine.coherence import percent
from headrace.engine.contradiction import impossible
from headrace.engine.expressions import Aggregate, Compare, Growth, Node, Number
from headrace.engine.programme import Rule
from headrace.engine.scale_parsing import is_ratio
from headrace.engine.scales import (
    AdditiveCapped,
    AdditiveFull,
    Band,
    Banded,
    Excess,
    Interpolate,
    Lookup,
    Rank,
    Retro,
    Slab,
)
from headrace.engine.writing import exact_text

# A path below the rule, what was found, and what would be right.
Note = tuple[str, str, str]


def lint_scale(rule: Rule) -> Iterator[Note]:
    """Doubts about the scale of a rule."""
    scale = rule.scale
    if isinstance(scale, Banded):
        yield from _unreachable(rule, scale)
        yield from _uneven(scale)
        yield from _pointless(rule, scale)
    match scale:
        case Retro():
            yield from _steps(rule, scale)
        case Slab() if rule.x != rule.b and not _is_growth_of_base(rule):
            yield from _falling_rates(scale, "more is reached, but the share of the whole base falls")
        case Excess() if isinstance(rule.x, Growth):
            yield from _falling_rates(scale, "one more unit pays less on the whole excess")
        case Excess(bands=bands) if len(bands) > 1:
            right = "excess counts from the band's own bound: compare with slab"
            yield ".scale.bands[1]", f"at {_bound(rule, bands[1])} pay falls back to nothing", right
        case Interpolate():
            yield from _falling_line(rule, scale)
        case Lookup(otherwise=None):
            yield ".scale", "values that are not listed earn nothing", "otherwise: 0% says that this is meant"
        case Rank(places=places):
            for number, (before, here) in enumerate(pairwise(places), start=1):
                if here.amount > before.amount:
                    found = f"place {here.to} is paid more than place {before.to}"
                    yield f".scale.places[{number}].amount", found, "a better place usually pays more"


def _bound(rule: Rule, band: Band) -> str:
    return percent(band.bound) if is_ratio(rule.x) else f"{band.bound:f}"


# Steps of a whole-volume scale


def _steps(rule: Rule, scale: Retro) -> Iterator[Note]:
    """At each bound, what all of the volume was paid before it and what it is paid at it."""
    leaps = []
    for number, (before, here) in enumerate(pairwise(scale.bands), start=1):
        below, at = _worth(rule, before, here.bound), _worth(rule, here, here.bound)
        shown = f"from {_worth_text(rule, before, here.bound)} to {_worth_text(rule, here, here.bound)}"
        if at < below:
            found = f"one more unit pays less: at {_bound(rule, here)} it falls {shown}"
            yield f".scale.bands[{number}]", found, "a higher band usually pays more"
        elif at > below and (here.rate, here.per_unit) != (before.rate, before.per_unit):
            leaps.append(f"at {_bound(rule, here)} {shown}")
    if leaps:
        found = f"pay on the whole volume leaps {' and '.join(leaps)}"
        yield ".scale.bands", found, "slab pays the step on what lies above the bound alone"


def _worth(rule: Rule, band: Band, x: Decimal) -> Fraction:
    """What a band alone pays at x; where the base is another measure, as much as its rate is compared."""
    b = Fraction(x) if rule.x == rule.b else Fraction(1)
    reached = replace(band, inclusive=True, bound=Decimal(0))
    return sum((step.amount for step in Retro(None, (reached,)).pay(Fraction(x), b)), Fraction(0))


def _worth_text(rule: Rule, band: Band, x: Decimal) -> str:
    if rule.x != rule.b and band.rate is not None:
        return f"{percent(band.rate)} of the base"
    return exact_text(_worth(rule, band, x))


# Rates that fall


def _falling_rates(scale: Banded, found: str) -> Iterator[Note]:
    for number, (before, here) in enumerate(pairwise(scale.bands), start=1):
        if (here.rate or 0) < (before.rate or 0):
            yield f".scale.bands[{number}].rate", found, "a higher band usually has a higher rate"


def _falling_line(rule: Rule, scale: Interpolate) -> Iterator[Note]:
    for number, (before, here) in enumerate(pairwise(scale.bands), start=1):
        same = rule.x == rule.b
        below = (before.rate or Decimal(0)) * (before.bound if same else 1)
        at = (here.rate or Decimal(0)) * (here.bound if same else 1)
        if at < below:
            found = f"up to {_bound(rule, here)} more pays less"
            yield f".scale.bands[{number}].rate", found, "a higher band usually has a higher rate"


def _is_growth_of_base(rule: Rule) -> bool:
    return isinstance(rule.x, Growth) and rule.x.measure == rule.b


# Bands that do nothing


def _unreachable(rule: Rule, scale: Banded) -> Iterator[Note]:
    gates = [gate.condition for gate in rule.gates]
    for number, band in enumerate(scale.bands):
        reached: Node = Compare(">=" if band.inclusive else ">", rule.x, Number(band.bound))
        if impossible(*gates, reached) and not impossible(*gates):
            found = f"no group that passes the gates reaches {_bound(rule, band)}"
            yield f".scale.bands[{number}]", found, "drop the band, or change the gate"
        elif rule.every.kind == "fact" and _counts(rule.x) and band.bound > (1 if band.inclusive else 0):
            found = f"each fact stands alone, so its count never reaches {_bound(rule, band)}"
            yield f".scale.bands[{number}]", found, "every is order, month, quarter, ..."


def _counts(measure: Node) -> bool:
    return isinstance(measure, Aggregate) and measure.function in ("count", "count_distinct")


def _uneven(scale: Banded) -> Iterator[Note]:
    """A band that lacks what its neighbours pay was likely forgotten there."""
    for name in ("rate", "per_unit"):
        given = [getattr(band, name) is not None for band in scale.bands]
        for number in range(1, len(given)):
            if given[number - 1] and not given[number] and not isinstance(scale, Slab):
                found = f"the band before it pays a {name}, this one none"
                yield f".scale.bands[{number}]", found, f"{name}: 0 says that this is meant"


def _pointless(rule: Rule, scale: Banded) -> Iterator[Note]:
    """Bands that change nothing: as much as the band before, or past what the cap leaves."""
    if isinstance(scale, Retro | Slab):
        for number, (before, here) in enumerate(pairwise(scale.bands), start=1):
            same = (here.rate, here.per_unit) == (before.rate, before.per_unit)
            if same and here.amount == (before.amount if isinstance(scale, Retro) else None):
                yield (
                    f".scale.bands[{number}]",
                    "it pays the same as the band before",
                    "drop it, or change what it pays",
                )
    if rule.cap is None or rule.cap.every is not None or rule.multipliers or rule.x != rule.b:
        return
    if not isinstance(scale, Retro | Slab | AdditiveFull | AdditiveCapped):
        return
    for number, band in enumerate(scale.bands[1:], start=1):
        below = type(scale)(scale.on, scale.bands[:number])
        paid = sum(
            (step.amount for step in below.pay(Fraction(band.bound), Fraction(band.bound))), Fraction(0)
        )
        if paid >= Fraction(rule.cap.amount):
            found = f"the cap of {rule.cap.amount:f} is met before {_bound(rule, band)}"
            yield f".scale.bands[{number}]", found, "the band is never felt: raise the cap or drop the band"
            return
