"""The scale of a rule in sentences."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from headrace.engine.expressions import Attainment, Field, Growth
from headrace.engine.programme import Rule
from headrace.engine.scale_checks import pays
from headrace.engine.scales import (
    SCALES,
    AdditiveCapped,
    AdditiveFull,
    Band,
    Excess,
    Flat,
    Interpolate,
    Lookup,
    Package,
    Pay,
    Rank,
    Retro,
    Slab,
)
from headrace.engine.terms.amounts import Amounts
from headrace.engine.terms.conditions import Words
from headrace.engine.terms.sections import Paragraph
from headrace.engine.terms.speaker import Speaker

BandedScale = Slab | Retro | AdditiveCapped | AdditiveFull | Excess | Interpolate
_MEASURED: Mapping[type, str] = {Package: "package", Rank: "rank"}
_NAMES = {kind: name for name, kind in SCALES}


@dataclass(frozen=True, slots=True)
class ScaleTeller:
    """Tells the scale of one rule."""

    speaker: Speaker
    words: Words
    amounts: Amounts
    rule: Rule

    def paragraphs(self) -> Iterator[Paragraph]:
        """What decides, what percentages are taken of, and what is paid."""
        scale = self.rule.scale
        yield from self._about()
        match scale:
            case Flat(rate=rate, per_unit=per_unit, amount=amount):
                told = self.amounts.pay(Pay(rate, per_unit, amount))
                yield Paragraph(self.speaker.say("scale.flat", pay=told))
            case Package():
                yield from self._package(scale)
            case Lookup():
                yield self._lookup(scale)
            case Rank():
                yield from self._rank(scale)
            case _:
                yield from self._bands(scale)

    def _about(self) -> Iterator[Paragraph]:
        """What the scale is read on, and what its percentages are taken of."""
        rule = self.rule
        x, b = (self.words.noun(measure).text for measure in (rule.x, rule.b))
        banded = not isinstance(rule.scale, Flat | Lookup | Package | Rank)
        if banded and self._pays("rate") and rule.x == rule.b:
            yield Paragraph(self.speaker.say("scale.on_and_base", measure=x))
            return
        if banded or isinstance(rule.scale, Package | Rank) or self._pays("per_unit"):
            name = "bands" if banded else _MEASURED.get(type(rule.scale), "flat")
            yield Paragraph(self.speaker.say(f"scale.on.{name}", measure=x))
        if self._pays("rate"):
            yield Paragraph(self.speaker.say("scale.base", measure=b))

    def _pays(self, name: str) -> bool:
        return any(getattr(pay, name) is not None for _, pay in pays(self.rule))

    # Bands

    def _bands(self, scale: BandedScale) -> Iterator[Paragraph]:
        items = tuple(self._band(band) for band in scale.bands)
        yield Paragraph(self.speaker.say(self._how(scale)), items)
        first = scale.bands[0]
        if first.bound > 0:
            yield Paragraph(self.speaker.say("scale.below_first"))

    def _how(self, scale: BandedScale) -> str:
        """The message that tells how the bands of a mode pay together."""
        name = f"scale.{_NAMES[type(scale)]}"
        if isinstance(scale, Slab) and isinstance(self.rule.x, Growth | Attainment):
            return f"{name}.growth"
        if isinstance(scale, Slab) and self.rule.x != self.rule.b and self._pays("rate"):
            return f"{name}.other_base"
        if isinstance(scale, Excess):
            return f"{name}.{'growth' if isinstance(self.rule.x, Growth) else 'bound'}"
        return f"{name}.plain"

    def _band(self, band: Band) -> str:
        name = "scale.band.from" if band.inclusive else "scale.band.above"
        bound = self.words.figure(band.bound, self.rule.x)
        pay = self.amounts.pay(Pay(band.rate, band.per_unit, band.amount))
        return self.speaker.say(name, bound=bound, pay=pay)

    # Packs, values, places

    def _package(self, scale: Package) -> Iterator[Paragraph]:
        size, amount = self.speaker.number(scale.size), self.amounts.amount(scale.amount)
        yield Paragraph(self.speaker.say("scale.package.each", size=size, amount=amount))
        if scale.free:
            yield Paragraph(self.speaker.say("scale.package.free", free=self.speaker.number(scale.free)))
        name = "scale.package.begun" if scale.round_up else "scale.package.whole"
        yield Paragraph(self.speaker.say(name))

    def _lookup(self, scale: Lookup) -> Paragraph:
        items = [
            self.speaker.say(
                "scale.lookup.value", value=self._value(scale.by, value), pay=self.amounts.pay(pay)
            )
            for value, pay in scale.values.items()
        ]
        if scale.otherwise:
            items.append(self.speaker.say("scale.lookup.otherwise", pay=self.amounts.pay(scale.otherwise)))
        else:
            items.append(self.speaker.say("scale.lookup.nothing"))
        text = self.speaker.say("scale.lookup.by", field=self.speaker.quoted(self.words.label(scale.by)))
        return Paragraph(text, tuple(items))

    def _value(self, by: Field, value: str) -> str:
        if value in ("true", "false"):
            return self.speaker.say(f"value.{value}")
        return self.words.text(value, by)

    def _rank(self, scale: Rank) -> Iterator[Paragraph]:
        items, last = [], 0
        for place in scale.places:
            amount, first = self.amounts.amount(place.amount), last + 1
            if first == place.to:
                items.append(self.speaker.say("scale.rank.place", place=str(first), amount=amount))
            else:
                told = self.speaker.say(
                    "scale.rank.places", first=str(first), last=str(place.to), amount=amount
                )
                items.append(told)
            last = place.to
        yield Paragraph(self.speaker.say("scale.rank.how"), tuple(items))
        if scale.within:
            fields = self.speaker.both(self.speaker.quoted(self.words.label(field)) for field in scale.within)
            yield Paragraph(self.speaker.say("scale.rank.within", fields=fields))
        yield Paragraph(self.speaker.say("scale.rank.split" if scale.split_ties else "scale.rank.share"))
