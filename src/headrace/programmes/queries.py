"""Reads shaped for the screens."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from headrace.base.models import Organisation
from headrace.engine import programme as engine
from headrace.engine.terms import LANGUAGES
from headrace.engine.terms.conditions import Words
from headrace.engine.terms.rules import RuleTeller
from headrace.engine.terms.scales import ScaleTeller
from headrace.engine.terms.speaker import Speaker
from headrace.programmes.models import Programme


@dataclass(frozen=True)
class Offer:
    """A programme as it is offered to partners: to whom, and what it pays, a line for each band or rule."""

    programme: Programme
    is_running: bool
    audience: str
    pays: list[str]


def offers(organisation: Organisation, day: date, language: str) -> list[Offer]:
    """Every programme, those that run on the day first."""
    programmes = (
        Programme.objects.filter(organisation=organisation).prefetch_related("versions").order_by("key")
    )
    found = [_offer(one, day, Speaker(language if language in LANGUAGES else "en")) for one in programmes]
    return sorted(found, key=lambda offer: not offer.is_running)


def _offer(programme: Programme, day: date, speaker: Speaker) -> Offer:
    parsed = programme.current.parsed
    return Offer(
        programme, programme.is_running(day), _audience(parsed, speaker), list(_pays(parsed, speaker))
    )


def _audience(parsed: engine.Programme, speaker: Speaker) -> str:
    """Whom it is open to, in one sentence."""
    if parsed.audience.where is None:
        return speaker.say("audience.all")
    condition = Words(speaker, None, parsed.currency).condition(parsed.audience.where)
    return speaker.say("audience.if", condition=condition)


def _pays(parsed: engine.Programme, speaker: Speaker) -> Iterator[str]:
    """The bands of each rule, or the sentence that says what it pays."""
    for rule in parsed.rules:
        teller = RuleTeller.of(speaker, parsed, rule)
        paragraphs = list(ScaleTeller(speaker, teller.words, teller.amounts, rule).paragraphs())
        listed = next((paragraph.items for paragraph in paragraphs if paragraph.items), ())
        yield from listed or (paragraph.text for paragraph in paragraphs[-1:])
