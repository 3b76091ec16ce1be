"""One earning rule in sentences, in the order in which it is applied."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from headrace.engine.coherence import measures
from headrace.engine.expressions import Attainment, Growth, Increase, Node, walk
from headrace.engine.programme import Every, FactKind, Fixed, Programme, Rule
from headrace.engine.report import level_of
from headrace.engine.rule_parsing import COUNTED
from headrace.engine.terms.amounts import Amounts
from headrace.engine.terms.conditions import Words
from headrace.engine.terms.scales import ScaleTeller
from headrace.engine.terms.sections import Paragraph, Section
from headrace.engine.terms.speaker import Speaker


def title_in(titles: Mapping[str, str], language: str, key: str) -> str:
    """The title in a language, else in English, else in any; the key where there is none."""
    return titles.get(language) or titles.get("en") or next(iter(titles.values()), key)


def period(speaker: Speaker, every: Every, facts: FactKind = "sale") -> str:
    """How often, as `for each quarter`; `facts` are those that stand alone where each does."""
    return speaker.say(f"period.{facts if every.kind == 'fact' else every.kind}")


@dataclass(frozen=True, slots=True)
class RuleTeller:
    """Tells one rule."""

    speaker: Speaker
    programme: Programme
    rule: Rule
    words: Words
    amounts: Amounts

    @classmethod
    def of(cls, speaker: Speaker, programme: Programme, rule: Rule) -> "RuleTeller":
        """A teller with the words and amounts of its rule."""
        words = Words(speaker, rule.facts, programme.currency)
        return cls(speaker, programme, rule, words, Amounts(speaker, programme, rule))

    def section(self) -> Section:
        """The rule under its title."""
        scale = ScaleTeller(self.speaker, self.words, self.amounts, self.rule)
        paragraphs = (
            *self._what_counts(),
            *self._conditions(),
            *scale.paragraphs(),
            *self._without_baseline(),
            *self._changes(),
            *self._limits(),
            *self._sharing(),
            *self._paying(),
        )
        return Section(title_in(self.rule.title, self.speaker.language, self.rule.key), paragraphs)

    def _say(self, name: str, /, *items: str, **values: str) -> Paragraph:
        return Paragraph(self.speaker.say(name, **values), items)

    # What counts, and for whom

    def _what_counts(self) -> Iterator[Paragraph]:
        rule = self.rule
        if rule.where is None:
            yield self._say(f"facts.{rule.facts}.all")
        else:
            yield self._listed(f"facts.{rule.facts}", self.words.conditions(rule.where))
        yield self._say(f"to.{rule.to}")
        yield from self._periods(rule.every)
        if rule.by:
            fields = self.speaker.both(self.speaker.quoted(self.words.label(field)) for field in rule.by)
            yield self._say("by", fields=fields)
        if rule.facts == "sale":
            yield self._say(f"returns.{rule.returns}")

    def _listed(self, name: str, clauses: list[str]) -> Paragraph:
        """A sentence with its one condition, or with a list of those that must all hold."""
        if len(clauses) == 1:
            return self._say(f"{name}.if", condition=clauses[0])
        return self._say(f"{name}.if_all", *clauses)

    def _periods(self, every: Every) -> Iterator[Paragraph]:
        if every.kind == "rolling":
            yield Paragraph(self.speaker.counted("every.rolling", every.months))
        elif every.kind == "windows":
            told = (
                self.speaker.say(
                    "every.window",
                    name=self.speaker.quoted(window.name),
                    starts=self.speaker.day(window.starts),
                    ends=self.speaker.day(window.ends),
                )
                for window in every.windows
            )
            yield self._say("every.windows", *told)
        else:
            yield self._say(f"every.{self.rule.facts if every.kind == 'fact' else every.kind}")

    def _conditions(self) -> Iterator[Paragraph]:
        clauses = [clause for gate in self.rule.gates for clause in self.words.conditions(gate.condition)]
        if clauses:
            yield self._listed("gates", clauses)
        if self.rule.deduct:
            yield self._say("deduct", rules=self._rules(self.rule.deduct))

    def _rules(self, keys: tuple[str, ...]) -> str:
        titles = {rule.key: rule.title for rule in self.programme.rules}
        return self.speaker.both(
            self.speaker.quoted(title_in(titles[key], self.speaker.language, key)) for key in keys
        )

    def _without_baseline(self) -> Iterator[Paragraph]:
        """What is paid where the baseline or target is missing."""
        compared = {part for _, node in measures(self.rule) for part in _compared(node)}
        if not compared:
            return
        match self.rule.without_baseline:
            case None:
                yield self._say("without_baseline.nothing")
            case Fixed(amount=amount):
                yield self._say("without_baseline.fixed", amount=self.amounts.amount(amount))
            case _:
                yield self._say("without_baseline.lowest_band")

    # What changes the amount

    def _changes(self) -> Iterator[Paragraph]:
        if self.rule.multipliers:
            items = []
            for factor in self.rule.multipliers:
                by = self.speaker.number(factor.by)
                if factor.where is None:
                    items.append(self.speaker.say("multiply.all", by=by))
                else:
                    name = f"multiply.{level_of(factor.where)}"
                    items.append(self.speaker.say(name, by=by, condition=self.words.condition(factor.where)))
            yield self._say("multiply.how", *items)
            if len(items) > 1:
                yield self._say("multiply.highest" if self.rule.highest_only else "multiply.product")

    def _limits(self) -> Iterator[Paragraph]:
        rule = self.rule
        for name, limit in (("floor", rule.floor), ("cap", rule.cap)):
            if limit:
                told = period(self.speaker, limit.every or rule.every, rule.facts)
                yield self._say(name, amount=self.amounts.amount(limit.amount), period=told)
        if rule.negative or rule.pays.kind not in COUNTED:
            yield self._say("negative.allowed" if rule.negative else "negative.nothing")
        if rule.pays.kind not in ("status", "badge"):
            digits = self.programme.unit_digits(rule)
            if digits:
                yield Paragraph(self.speaker.counted(f"round.{rule.rounding}", digits))
            else:
                yield self._say(f"round.whole.{rule.rounding}")

    def _sharing(self) -> Iterator[Paragraph]:
        rule = self.rule
        if rule.splits:
            items = (
                self.speaker.say(f"split.{split.to}", share=self.speaker.percent(split.share))
                for split in rule.splits
            )
            yield self._say("split.how", *items)
            yield self._say("split.twice" if rule.duplicate_credit else "split.once")
        if rule.best_of is not None:
            keys = tuple(other.key for other in self.programme.rules if other.best_of == rule.best_of)
            yield self._say("best_of", rules=self._rules(keys))

    # What is paid

    def _paying(self) -> Iterator[Paragraph]:
        pays = self.rule.pays
        name = self.speaker.quoted(pays.name)
        if pays.kind == "points":
            yield self._say("pays.points")
        else:
            yield self._say(f"pays.{pays.kind}", name=name)
        if pays.qualifying:
            yield self._say("pays.qualifying")
        if pays.holds_until:
            yield self._say("pays.holds_until", day=self.speaker.day(pays.holds_until))
        if pays.grace_days:
            yield Paragraph(self.speaker.counted("pays.grace_days", pays.grace_days))
        if self.rule.minimum_payout is not None:
            yield self._say("minimum_payout", amount=self.amounts.amount(self.rule.minimum_payout))


def _compared(node: Node) -> Iterator[Node]:
    return (part for part, _ in walk(node) if isinstance(part, Growth | Increase | Attainment))
