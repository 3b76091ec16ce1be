"""Reads shaped for the screens."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from headrace.base.models import Organisation
from headrace.engine.terms import LANGUAGES
from headrace.engine.terms.rules import RuleTeller
from headrace.engine.terms.scales import ScaleTeller
from headrace.engine.terms.speaker import Speaker
from headrace.programmes.models import Programme


@dataclass(frozen=True)
class Offer:
    """A programme as it is offered to partners: what it pays, a line for each band or rule."""

    programme: Programme
    is_running: bool
    pays: list[str]


def offers(organisation: Organisation, day: date, language: str) -> list[Offer]:
    """Every programme, those that run on the day first."""
    programmes = (
        Programme.objects.filter(organisation=organisation).prefetch_related("versions").order_by("key")
    )
    found = [Offer(one, one.is_running(day), list(_pays(one, language))) for one in programmes]
    return sorted(found, key=lambda offer: not offer.is_running)


def _pays(programme: Programme, language: str) -> Iterator[str]:
    """The bands of each rule, or the sentence that says what it pays."""
    parsed = programme.current.parsed
    speaker = Speaker(language if language in LANGUAGES else "en")
    for rule in parsed.rules:
        teller = RuleTeller.of(speaker, parsed, rule)
        paragraphs = list(ScaleTeller(speaker, teller.words, teller.amounts, rule).paragraphs())
        listed = next((paragraph.items for paragraph in paragraphs if paragraph.items), ())
        yield from listed or (paragraph.text for paragraph in paragraphs[-1:])
