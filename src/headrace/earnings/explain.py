"""A receipt told to a reader: the very steps that are summed, each with what it was worked out from.

What limits or changes an earning is told by the very sentence of the terms that says so.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, reduce
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from headrace.earnings.figures import amount, exact, number, percent
from headrace.engine.expressions import Attainment, Compare, Field, Growth, Increase, Node, parse
from headrace.engine.programme import Every, Programme, Rule
from headrace.engine.scales import Lookup, Package
from headrace.engine.terms import LANGUAGES
from headrace.engine.terms.conditions import counts_money
from headrace.engine.terms.rules import RuleTeller, period, title_in
from headrace.engine.terms.speaker import Speaker

Label = Mapping[str, str]


@dataclass(frozen=True)
class Line:
    """One line of the calculation as it is shown; `phrase` tells it within a sentence."""

    label: str
    note: str
    amount: str
    phrase: str = ""


@dataclass(frozen=True)
class Condition:
    """A condition of the rule, whether it was met, and what was found."""

    text: str
    holds: bool
    note: str


@dataclass(frozen=True)
class Told:
    """What a step is called, what it was worked out from, and how it is told within a sentence."""

    label: str
    note: str = ""
    phrase: str = ""


class Explanation:
    """Tells one receipt of a rule in the language that is active."""

    def __init__(self, receipt: Mapping[str, Any], programme: Programme, rule: Rule) -> None:
        language = get_language() or "en"
        self.receipt, self.programme, self.rule = receipt, programme, rule
        self.speaker = Speaker(language if language in LANGUAGES else "en")
        teller = RuleTeller.of(self.speaker, programme, rule)
        self.words, self.amounts = teller.words, teller.amounts
        self.unit: str = receipt["unit"]

    @cached_property
    def lines(self) -> list[Line]:
        """The steps of the receipt; steps that change nothing are left out unless there is no other."""
        steps = _with_one_take_back(self.receipt["steps"])
        telling = [step for step in steps if exact(step["amount"]) != 0] or steps
        return [self._line(step) for step in telling]

    @property
    def total(self) -> str:
        return amount(exact(self.receipt["amount"]), self.unit)

    def summary(self, recipient: str, when: str) -> str:
        """The receipt in one sentence."""
        recipient = _isolated(recipient)
        if exact(self.receipt["amount"]) == 0:
            return self._nothing(recipient, when)
        return _("%(recipient)s earned %(amount)s in %(period)s: %(how)s.") % {
            "recipient": recipient,
            "amount": self.total,
            "period": when,
            "how": _one_by_one([line.phrase for line in self.lines if line.phrase]),
        }

    def _nothing(self, recipient: str, when: str) -> str:
        told = {"recipient": recipient, "period": when}
        if any(not condition.holds for condition in self.conditions):
            return _("%(recipient)s earned nothing in %(period)s: not every condition was met.") % told
        return _("%(recipient)s earned nothing in %(period)s.") % told

    @cached_property
    def measures(self) -> list[tuple[str, str]]:
        """Each measure the rule looked at, in plain words, with its value."""
        found: dict[str, str] = {}
        for measure in self.receipt["measures"]:
            if measure["value"] is not None:
                name, value = self._measure(measure["name"], measure["text"], exact(measure["value"]))
                if name:
                    found.setdefault(capfirst(name), value)
        return list(found.items())

    @cached_property
    def conditions(self) -> list[Condition]:
        """The gates of the rule, met or not, with what was missing."""
        return [self._condition(gate) for gate in self.receipt["gates"]]

    # Measures and conditions

    def _measure(self, name: str, text: str, value: Fraction) -> tuple[str, str]:
        match name:
            case "place":
                return _("Place reached"), number(value)
            case "tied":
                return (_("Recipients on that place"), number(value)) if value > 1 else ("", "")
            case "deducted":
                return _("Taken off the base before"), amount(value, self.programme.currency)
            case "cap_paid" | "floor_paid":
                return (
                    (_("Earned before under the same limit"), amount(value, self.unit)) if value else ("", "")
                )
        node = parse(text, self.rule.facts)
        if name in ("baseline", "target") and isinstance(node, Growth | Increase | Attainment):
            label = _("The target") if name == "target" else _("The figure it is compared with")
            return label, self._figure(value, node.measure)
        return self.words.noun(node).text, self._figure(value, node)

    def _figure(self, value: Fraction, node: Node) -> str:
        """A value as what it measures is counted: money, a share or a plain number."""
        if isinstance(node, Growth | Attainment):
            return percent(value)
        if counts_money(node):
            return amount(value, self.programme.currency)
        return number(value)

    def _condition(self, gate: Mapping[str, Any]) -> Condition:
        node = parse(gate["text"], self.rule.facts)
        text = capfirst(self.words.condition(node))
        if not isinstance(node, Compare) or gate.get("value") is None:
            return Condition(text, gate["holds"], "")
        value, needed = exact(gate["value"]), exact(gate["needed"])
        told = {
            "value": self._figure(value, node.left),
            "needed": self._figure(needed, node.left),
            "missing": self._figure(exact(gate["missing"]), node.left),
        }
        if gate["holds"]:
            note = _("It was %(value)s.") % told
        elif value < needed:
            note = _("It was %(value)s; %(missing)s are missing to %(needed)s.") % told
        else:
            note = _("It was %(value)s, not %(needed)s.") % told
        return Condition(text, gate["holds"], note)

    # Steps

    def _line(self, step: Mapping[str, Any]) -> Line:
        told = self._tellers[step["kind"]](step.get("label", {}))
        return Line(told.label, told.note, amount(exact(step["amount"]), self.unit), told.phrase)

    @property
    def _tellers(self) -> dict[str, Callable[[Label], Told]]:
        """How each kind of step of the engine is told."""
        return {
            **dict.fromkeys(("band", "flat", "per_unit", "amount"), self._paid),
            "packs": self._packs,
            "place": self._place,
            "fixed": self._fixed,
            "mirror": lambda _label: Told(
                pgettext("step", "More returned than sold"), self.speaker.say("negative.allowed")
            ),
            "clamp": lambda _label: Told(
                pgettext("step", "Nothing below zero"), self.speaker.say("negative.nothing")
            ),
            "multiply": self._multiplied,
            "floor": self._floored,
            "cap": self._capped,
            "rounding": self._rounded,
            "minimum_payout": self._too_little,
            "split": self._split,
            "best_of": self._outdone,
            "programme_cap": self._capped_by_programme,
            "budget": self._budgeted,
            "take_back": self._taken_back,
        }

    def _paid(self, label: Label) -> Told:
        """What a scale pays: a rate, a sum for each unit, or a fixed sum; by band, by value, or at once."""
        if "rate" in label:
            rate, on = exact(label["rate"]), exact(label["on"])
            how = self._rated(rate, on)
            name = pgettext("step", "Rate")
        elif "per_unit" in label:
            each = amount(exact(label["per_unit"]), self.unit)
            how = _("%(units)s × %(each)s") % {"units": number(exact(label["units"])), "each": each}
            name = pgettext("step", "Per unit")
        else:
            how = _("a fixed sum of %(amount)s") % {"amount": amount(exact(label["fixed"]), self.unit)}
            name = pgettext("step", "Fixed sum")
        return Told(self._place_on_scale(label) or name, capfirst(how), how)

    def _rated(self, rate: Fraction, on: Fraction) -> str:
        base = self._figure(on, self.rule.b)
        if self.unit == self.programme.currency:
            return _("%(rate)s of %(base)s") % {"rate": percent(rate), "base": base}
        return _("%(rate)s for each unit of %(base)s") % {"rate": amount(rate, self.unit), "base": base}

    def _place_on_scale(self, label: Label) -> str:
        if "from" in label:
            return _("Band from %(bound)s") % {"bound": self._figure(exact(label["from"]), self.rule.x)}
        if "above" in label:
            return _("Band above %(bound)s") % {"bound": self._figure(exact(label["above"]), self.rule.x)}
        if "value" in label and isinstance(self.rule.scale, Lookup):
            field = self.rule.scale.by
            if isinstance(field, Field) and label["value"]:
                return capfirst(self.words.text(label["value"], field))
            return _("All others")
        return ""

    def _packs(self, label: Label) -> Told:
        assert isinstance(self.rule.scale, Package)
        each = amount(exact(label["each"]), self.unit)
        how = _("%(units)s × %(each)s") % {"units": number(exact(label["packs"])), "each": each}
        note = self.speaker.say("scale.package.each", size=number(exact(label["size"])), amount=each)
        return Told(
            pgettext("step", "Packs: %(packs)s") % {"packs": number(exact(label["packs"]))}, note, how
        )

    def _place(self, label: Label) -> Told:
        others = int(exact(label["tied"])) - 1
        note = ""
        if others > 0:
            note = ngettext("Shared with one other.", "Shared with %(count)s others.", others) % {
                "count": number(Fraction(others))
            }
        place = _("Place %(place)s") % {"place": number(exact(label["place"]))}
        return Told(place, note, place)

    def _fixed(self, _label: Label) -> Told:
        return Told(
            pgettext("step", "Nothing to compare with"),
            _("There is no figure of an earlier period, so a fixed sum is paid."),
            _("a fixed sum, as there is nothing to compare with"),
        )

    def _multiplied(self, label: Label) -> Told:
        by = number(exact(label["by"]))
        return Told(
            _("Multiplied by %(factor)s") % {"factor": by},
            self._why_multiplied(),
            _("multiplied by %(factor)s") % {"factor": by},
        )

    def _why_multiplied(self) -> str:
        """The condition that brought the factor; of several factors how many lines had each."""
        factors = Counter(fact["factor"] for fact in self.receipt["facts"] if "factor" in fact)
        if len(factors) == 1:
            (factor,) = factors
            reasons = [
                one for one in self.rule.multipliers if Fraction(one.by) == exact(factor) and one.where
            ]
            if len(reasons) != 1 or reasons[0].where is None:
                return ""
            return _("Because %(condition)s.") % {"condition": self.words.condition(reasons[0].where)}
        told = (
            ngettext("%(factor)s for one line", "%(factor)s for %(count)s lines", count)
            % {"factor": number(exact(factor)), "count": number(Fraction(count))}
            for factor, count in factors.most_common()
        )
        return _("The mean of the factors, each line weighed by what it counts: %(factors)s.") % {
            "factors": self.speaker.both(told)
        }

    def _floored(self, label: Label) -> Told:
        least = self._limit("floor", label["least"], self.rule.floor.every if self.rule.floor else None)
        return Told(
            pgettext("step", "Raised to the guaranteed sum"),
            self._with_earned_before(least, label["paid"]),
            _("raised to the guaranteed sum"),
        )

    def _capped(self, label: Label) -> Told:
        most = self._limit("cap", label["most"], self.rule.cap.every if self.rule.cap else None)
        return Told(
            pgettext("step", "Limited by the cap"),
            self._with_earned_before(most, label["paid"]),
            _("limited by the cap"),
        )

    def _limit(self, name: str, figure: str, every: Every | None) -> str:
        when = period(self.speaker, every or self.rule.every, self.rule.facts)
        return self.speaker.say(name, amount=amount(exact(figure), self.unit), period=when)

    def _with_earned_before(self, limit: str, paid: str) -> str:
        if exact(paid) == 0:
            return limit
        return _("%(limit)s Earned before in the same period: %(paid)s.") % {
            "limit": limit,
            "paid": amount(exact(paid), self.unit),
        }

    def _rounded(self, label: Label) -> Told:
        digits = int(exact(label["digits"]))
        if digits:
            note = self.speaker.counted(f"round.{self.rule.rounding}", digits)
        else:
            note = self.speaker.say(f"round.whole.{self.rule.rounding}")
        return Told(pgettext("step", "Rounding"), note)

    def _too_little(self, label: Label) -> Told:
        least = amount(exact(label["minimum"]), self.unit)
        note = self.speaker.say("minimum_payout", amount=least)
        return Told(pgettext("step", "Below the smallest payout"), note, _("too little to be paid"))

    def _split(self, _label: Label) -> Told:
        parts = (
            self.speaker.say(f"split.{split.to}", share=self.speaker.percent(split.share))
            for split in self.rule.splits
        )
        note = _("Of each earning %(parts)s.") % {"parts": self.speaker.both(parts)}
        return Told(pgettext("step", "Shared with others"), note, _("shared with others"))

    def _outdone(self, label: Label) -> Told:
        titles = {rule.key: rule.title for rule in self.programme.rules}
        best = title_in(titles.get(label["best"], {}), self.speaker.language, label["best"])
        return Told(
            pgettext("step", "Another rule pays more"),
            _("Only the rule that pays the most is paid, and that is “%(rule)s”.") % {"rule": best},
            _("left to a rule that pays more"),
        )

    def _capped_by_programme(self, _label: Label) -> Told:
        caps = (
            self.speaker.say(
                "programme_cap",
                amount=amount(Fraction(cap.amount), self.programme.currency),
                period=period(self.speaker, cap.every),
            )
            for cap in self.programme.caps
            if cap.every
        )
        return Told(
            pgettext("step", "Limited by the programme’s cap"),
            " ".join(caps),
            _("limited by the programme’s cap"),
        )

    def _budgeted(self, label: Label) -> Told:
        budget = self.programme.budget
        note = ""
        if budget is not None and "budget" in label:
            told = amount(exact(label["budget"]), self.programme.currency)
            note = self.speaker.say(f"budget.{budget.when_spent}", amount=told)
        return Told(pgettext("step", "Limited by the budget"), note, _("limited by the budget"))

    def _taken_back(self, label: Label) -> Told:
        count = int(label.get("returns", "1"))
        note = ngettext("For one return.", "For %(count)s returns.", count) % {
            "count": number(Fraction(count))
        }
        return Told(pgettext("step", "Taken back for returns"), note, _("less what returns take back"))


def _one_by_one(phrases: Sequence[str]) -> str:
    """The steps in their order, as one phrase."""
    return reduce(
        lambda before, then: (
            pgettext("steps of a calculation", "%(before)s, %(then)s") % {"before": before, "then": then}
        ),
        phrases,
    )


def _isolated(name: str) -> str:
    """A name between marks that keep its direction from the sentence it stands in."""
    return f"\u2068{name}\u2069"


def _with_one_take_back(steps: list[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The steps, all that returns take back in one: the lines below name each of them."""
    taken = [step for step in steps if step["kind"] == "take_back"]
    if not taken:
        return steps
    total = sum((exact(step["amount"]) for step in taken), Fraction(0))
    one = {"kind": "take_back", "label": {"returns": str(len(taken))}, "amount": str(total)}
    return [*(step for step in steps if step["kind"] != "take_back"), one]
