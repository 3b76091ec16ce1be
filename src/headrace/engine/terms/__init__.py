"""A programme told as plain sentences, in five languages, out of its document alone."""

from collections.abc import Iterator

from headrace.engine.coherence import nodes
from headrace.engine.expressions import Field, walk
from headrace.engine.programme import Programme
from headrace.engine.terms.conditions import Words
from headrace.engine.terms.rules import RuleTeller, period, title_in
from headrace.engine.terms.sections import Paragraph, Section, as_lines
from headrace.engine.terms.speaker import LANGUAGES, Speaker


def terms(programme: Programme, language: str) -> str:
    """The terms of a programme as plain text, one sentence or list item on each line.

    `language` is one of LANGUAGES; another raises ValueError.
    """
    return "\n".join(tell(programme, language))


def tell(programme: Programme, language: str) -> list[str]:
    """The lines of `terms`."""
    return as_lines(sections(programme, language))


def sections(programme: Programme, language: str) -> list[Section]:
    """The terms as sections, for those that lay them out: the programme itself, then each of its rules."""
    return sections_by(Speaker(language), programme)


def sections_by(speaker: Speaker, programme: Programme) -> list[Section]:
    """The sections as one speaker tells them."""
    rules = (RuleTeller.of(speaker, programme, rule).section() for rule in programme.rules)
    return [_programme(speaker, programme), *rules]


def _programme(speaker: Speaker, programme: Programme) -> Section:
    paragraphs = (
        *_life(speaker, programme),
        *_audience(speaker, programme),
        *_currencies(speaker, programme),
        *_limits(speaker, programme),
        *_paying(speaker, programme),
    )
    return Section(title_in(programme.title, speaker.language, programme.key), tuple(paragraphs))


def _life(speaker: Speaker, programme: Programme) -> Iterator[Paragraph]:
    starts = speaker.day(programme.starts)
    if programme.ends:
        yield Paragraph(speaker.say("life.closed", starts=starts, ends=speaker.day(programme.ends)))
    else:
        yield Paragraph(speaker.say("life.open", starts=starts))
    if programme.version > 1:
        name = "version.restates" if programme.restates else "version.later"
        yield Paragraph(speaker.say(name, version=str(programme.version)))
    calendar = programme.calendar
    if calendar.kind != "calendar":
        day = speaker.day_of_year(calendar.starts_month, calendar.starts_day)
        yield Paragraph(speaker.say(f"calendar.{calendar.kind}", day=day))


def _audience(speaker: Speaker, programme: Programme) -> Iterator[Paragraph]:
    audience = programme.audience
    if audience.where is None:
        yield Paragraph(speaker.say("audience.all"))
    else:
        clauses = Words(speaker, None, programme.currency).conditions(audience.where)
        if len(clauses) == 1:
            yield Paragraph(speaker.say("audience.if", condition=clauses[0]))
        else:
            yield Paragraph(speaker.say("audience.if_all"), tuple(clauses))
    yield Paragraph(speaker.say(f"enrolment.{audience.enrolment}"))
    if _asks_for_new_customers(programme):
        yield Paragraph(speaker.counted("new_customer", programme.look_back_months))


def _asks_for_new_customers(programme: Programme) -> bool:
    """Whether a rule speaks of new customers, in whatever place."""
    new = Field("customer", "is_new")
    conditions = (node for rule in programme.rules for node in nodes(rule))
    return any(part == new for node in conditions for part, _ in walk(node)) or any(
        getattr(rule.scale, "by", None) == new for rule in programme.rules
    )


def _currencies(speaker: Speaker, programme: Programme) -> Iterator[Paragraph]:
    yield Paragraph(speaker.say("currency", currency=speaker.currency(programme.currency)))
    rates = tuple(
        speaker.say(
            "fx.rate", currency=speaker.currency(code), amount=speaker.money(rate, programme.currency)
        )
        for code, rate in programme.fx.rates.items()
    )
    yield Paragraph(speaker.say(f"fx.{programme.fx.kind}"), rates)


def _limits(speaker: Speaker, programme: Programme) -> Iterator[Paragraph]:
    for cap in programme.caps:
        assert cap.every is not None, "a programme's cap has a period"
        amount = speaker.money(cap.amount, programme.currency)
        yield Paragraph(speaker.say("programme_cap", amount=amount, period=period(speaker, cap.every)))
    if programme.budget:
        amount = speaker.money(programme.budget.amount, programme.currency)
        yield Paragraph(speaker.say(f"budget.{programme.budget.when_spent}", amount=amount))


def _paying(speaker: Speaker, programme: Programme) -> Iterator[Paragraph]:
    if programme.grace_days:
        yield Paragraph(speaker.counted("grace_days", programme.grace_days))
    out = programme.pays_out
    if out is None:
        return
    yield Paragraph(speaker.counted("pays_out.days_after", out.days_after, period=period(speaker, out.every)))
    if out.minimum is not None:
        yield Paragraph(
            speaker.say("pays_out.minimum", amount=speaker.money(out.minimum, programme.currency))
        )
    if out.needs:
        yield Paragraph(speaker.say(f"pays_out.{out.needs}"))


__all__ = ["LANGUAGES", "Paragraph", "Section", "sections", "tell", "terms"]
