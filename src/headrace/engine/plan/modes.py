"""The modes of a scale as steps in SQL. Formulas: calculation.md section 4."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from sqlglot import exp

from headrace.engine import money, sql
from headrace.engine.money import Exact
from headrace.engine.scales import (
    AdditiveCapped,
    AdditiveFull,
    Band,
    Banded,
    Excess,
    Flat,
    Interpolate,
    Lookup,
    Package,
    Rank,
    Retro,
    Scale,
    Slab,
)
from headrace.engine.sql import Sql

Label = Mapping[str, Exact | Fraction | str]


@dataclass(frozen=True, slots=True)
class Draft:
    """A step to be: its amount where `applies`, and no step elsewhere."""

    kind: str
    amount: Exact
    label: Label = field(default_factory=dict)
    applies: Sql = field(default_factory=lambda: sql.truth(True))


@dataclass(frozen=True, slots=True)
class Part:
    """Of the facts with one value of what is looked up: whether there are any, x, b, and whether both are known."""

    applies: Sql
    x: Exact
    b: Exact


@dataclass(frozen=True, slots=True)
class Terms:
    """What a scale is applied to: x and b, whether they are one measure, and the baseline x grew from.

    Of a lookup the parts by value.
    """

    x: Exact
    b: Exact
    same: bool
    baseline: Exact | None = None
    parts: Mapping[str, Part] = field(default_factory=dict)


def steps_of(scale: Scale, terms: Terms) -> list[Draft]:
    """The steps of a scale where the gates hold and x and b are known."""
    match scale:
        case Flat():
            return _paid(
                scale.rate, scale.per_unit, scale.amount, terms.b, terms.x, {}, sql.truth(True), "flat"
            )
        case Slab():
            return [draft for rung in _rungs(scale, terms.x) for draft in _slab(rung, terms)]
        case Retro():
            return [draft for rung in _rungs(scale, terms.x) for draft in _retro(rung, terms)]
        case AdditiveCapped():
            return [draft for rung in _rungs(scale, terms.x) for draft in _additive(rung, terms, capped=True)]
        case AdditiveFull():
            return [
                draft for rung in _rungs(scale, terms.x) for draft in _additive(rung, terms, capped=False)
            ]
        case Excess():
            return [draft for rung in _rungs(scale, terms.x) for draft in _excess(rung, terms)]
        case Interpolate():
            return [draft for rung in _rungs(scale, terms.x) for draft in _interpolated(rung, terms)]
        case Package():
            return [_packs(scale, terms.x)]
        case Lookup():
            return [
                draft
                for value in sorted(terms.parts)
                for draft in _looked_up(scale, value, terms.parts[value])
            ]
        case Rank():
            return [_placed(scale)]


def may_fall(scale: Scale) -> bool:
    """Whether a scale can give less than nothing for an x that is not below zero."""
    return not isinstance(scale, Package | Rank)


@dataclass(frozen=True, slots=True)
class Rung:
    """A band with its ceiling, and the conditions of reaching it and of ending in it."""

    band: Band
    above: Band | None
    is_reached: Sql
    is_highest: Sql

    @property
    def label(self) -> dict[str, Exact | Fraction | str]:
        return dict(self.band.label)


def _rungs(scale: Banded, x: Exact) -> list[Rung]:
    reached = [
        money.compare(exp.GTE if band.inclusive else exp.GT, x, money.number(band.bound))
        for band in scale.bands
    ]
    result = []
    for place, band in enumerate(scale.bands):
        is_top = place + 1 == len(scale.bands)
        above = None if is_top else scale.bands[place + 1]
        highest = reached[place] if is_top else sql.both([reached[place], sql.negate(reached[place + 1])])
        result.append(Rung(band, above, reached[place], highest))
    return result


def _paid(
    rate: Decimal | None,
    per_unit: Decimal | None,
    amount: Decimal | None,
    base: Exact,
    units: Exact,
    label: Label,
    applies: Sql,
    kind: str = "band",
) -> list[Draft]:
    """A step for each way of paying that is given."""
    drafts = []
    if rate is not None:
        drafts.append(_rated(kind, money.number(rate), base, {**label, "rate": Fraction(rate)}, applies))
    if per_unit is not None:
        of_units = {**label, "per_unit": Fraction(per_unit), "units": units}
        drafts.append(Draft("per_unit", money.multiply(units, money.number(per_unit)), of_units, applies))
    if amount is not None:
        fixed = {**label, "fixed": Fraction(amount)}
        drafts.append(Draft("amount", money.number(amount), fixed, applies))
    return drafts


def _rated(kind: str, rate: Exact, base: Exact, label: Label, applies: Sql) -> Draft:
    return Draft(kind, money.multiply(base, rate), {**label, "on": base}, applies)


def _slab(rung: Rung, terms: Terms) -> list[Draft]:
    """rate × b × part ÷ x, where x = b simply rate × part; per_unit × part; the amount."""
    band = rung.band
    top = terms.x if rung.above is None else money.smaller(terms.x, money.number(rung.above.bound))
    part = money.subtract(top, money.number(band.bound))
    return _paid(
        band.rate, band.per_unit, band.amount, _base_inside(part, terms), part, rung.label, rung.is_reached
    )


def _base_inside(part: Exact, terms: Terms) -> Exact:
    """What of b falls into the part of x: all of the part where x is b, else in proportion; of x = 0 nothing."""
    if terms.same:
        return part
    share = money.divide(part, terms.x)
    found = money.multiply(terms.b, share)
    is_nothing = sql.equal(terms.x.whole, sql.whole(0))
    whole = sql.when(is_nothing, sql.whole(0), found.whole)
    return Exact(whole, found.unit, tuple(sql.or_else(divisor, sql.whole(1)) for divisor in found.divisors))


def _retro(rung: Rung, terms: Terms) -> list[Draft]:
    band = rung.band
    return _paid(band.rate, band.per_unit, band.amount, terms.b, terms.x, rung.label, rung.is_highest)


def lowest(scale: Scale, b: Exact) -> list[Draft]:
    """What `without_baseline: pays_lowest_band` gives: the first band's rate on all of b, and its amount."""
    if not isinstance(scale, Banded):
        return []
    band = scale.bands[0]
    return _paid(band.rate, None, band.amount, b, b, dict(band.label), sql.truth(True))


def _additive(rung: Rung, terms: Terms, capped: bool) -> list[Draft]:
    band, base = rung.band, terms.b
    if capped and rung.above is not None:
        base = money.smaller(terms.b, money.number(rung.above.bound))
    return _paid(band.rate, None, None, base, base, rung.label, rung.is_reached)


def _excess(rung: Rung, terms: Terms) -> list[Draft]:
    above = terms.baseline or money.number(rung.band.bound)
    base = money.subtract(terms.b, above)
    return _paid(rung.band.rate, None, None, base, base, rung.label, rung.is_highest)


def _interpolated(rung: Rung, terms: Terms) -> list[Draft]:
    """rate + (next rate − rate) × (x − bound) ÷ (next bound − bound), on b."""
    band, above = rung.band, rung.above
    if band.rate is None:
        return []
    rate = money.number(band.rate)
    if above is not None and above.rate is not None:
        slope = (Fraction(above.rate) - Fraction(band.rate)) / Fraction(above.bound - band.bound)
        way = money.subtract(terms.x, money.number(band.bound))
        rate = money.total([rate, money.multiply(way, money.number(slope))])
    label = {**rung.label, "rate": rate}
    return [_rated("band", rate, terms.b, label, rung.is_highest)]


def _packs(scale: Package, x: Exact) -> Draft:
    """amount × ⌊(x − free) ÷ size⌋, or ⌈ ⌉; never less than no pack."""
    past = money.larger(money.subtract(x, money.number(scale.free)), money.number(0))
    packs = money.whole_part(money.multiply(past, money.number(1 / Fraction(scale.size))), up=scale.round_up)
    label: Label = {
        "packs": packs,
        "size": Fraction(scale.size),
        "free": Fraction(scale.free),
        "each": Fraction(scale.amount),
    }
    return Draft("packs", money.multiply(packs, money.number(scale.amount)), label)


def _looked_up(scale: Lookup, value: str, part: Part) -> list[Draft]:
    """What one value pays; a value that is unknown, or not listed, what `otherwise` does."""
    pay = scale.values.get(value, scale.otherwise) if value else scale.otherwise
    if pay is None:
        return []
    return _paid(pay.rate, pay.per_unit, pay.amount, part.b, part.x, {"value": value}, part.applies, "flat")


def _placed(scale: Rank) -> Draft:
    """The reward of the place; with `ties: split` an equal part of the rewards of the places filled together."""
    place, tied = sql.wide_column("place"), sql.wide_column("tied")
    label: Label = {"place": Exact(place), "tied": Exact(tied)}
    if not scale.split_ties:
        pairs = [
            (sql.at_most(place, sql.whole(entry.to)), money.number(entry.amount)) for entry in scale.places
        ]
        reward = money.number(0)
        for condition, amount in reversed(pairs):
            reward = money.choose(condition, amount, reward)
        return Draft("place", reward, label)
    last = sql.subtract(sql.add(place, tied), sql.whole(1))
    first = sql.subtract(place, sql.whole(1))
    shared = money.subtract(_rewards_up_to(scale, last), _rewards_up_to(scale, first))
    return Draft("place", money.divide_by_positive(shared, Exact(tied)), label)


def _rewards_up_to(scale: Rank, place: Sql) -> Exact:
    """The sum of the rewards of the first places."""
    rewards, before = [], 0
    for entry in scale.places:
        counted = money.smaller(Exact(place), money.number(entry.to))
        taken = money.larger(money.subtract(counted, money.number(before)), money.number(0))
        rewards.append(money.multiply(taken, money.number(entry.amount)))
        before = entry.to
    return money.total(rewards)
