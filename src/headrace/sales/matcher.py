"""What the texts of a source mean beside exact codes: by what was decided, or the same but for the writing."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from django.db import models
from django.db.models import Count, Max

from headrace.base.models import Organisation
from headrace.partners.models import Partner, Person
from headrace.partners.upsert import chunks
from headrace.sales.matching.names import Kind, alias_key
from headrace.sales.matching.nearest import Catalogue, Known, Proposal
from headrace.sales.matching.scores import Score, compare
from headrace.sales.models import Alias, Customer, Import, Product, Source, UnknownText

MODELS: dict[str, type[models.Model]] = {
    "partner": Partner,
    "person": Person,
    "product": Product,
    "customer": Customer,
}
# What is imported where names of a kind change.
KINDS = {
    "partner": Import.Kind.PARTNERS,
    "person": Import.Kind.PEOPLE,
    "product": Import.Kind.PRODUCTS,
    "customer": Import.Kind.CUSTOMERS,
}
# How many texts of one import are compared with all that is known while others wait for the import to end.
LOOKED_FOR_MAX = 1_000


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a text means: the key of a row (None: it is not ours) and the alias that says so."""

    target: int | None
    alias: int


class Matcher:
    """The meanings of texts of one source, each text looked up once; what is known is read when first needed."""

    def __init__(self, organisation: Organisation, source: Source) -> None:
        self.organisation = organisation
        self.source = source
        self._catalogues: dict[str, Catalogue] = {}
        self._among: dict[str, str] = {}
        self._proposals: dict[tuple[str, str], list[dict[str, Any]]] = {}
        self._compared = 0

    def known(self, kind: str, texts: Collection[str], *, by_writing: bool = False) -> set[str]:
        """Those of the texts that mean a row: by code, by what was decided, and if asked for by their writing."""
        found = set(known_by_code(self.organisation, kind, texts))
        decided = self.by_alias(kind, texts)
        if by_writing:
            decided |= self.by_writing(kind, [text for text in texts if text not in found | decided.keys()])
        return found | {text for text, meaning in decided.items() if meaning.target is not None}

    def by_alias(self, kind: str, texts: Collection[str]) -> dict[str, Meaning]:
        """Of the texts those that were decided; what was decided for the source goes before what holds for all."""
        meaning = {
            alias.key: Meaning(alias.target_id, alias.pk)
            for alias in self._aliases(kind, texts, withdrawn_at=None)
        }
        keyed = ((text, meaning.get(alias_key(text))) for text in texts)
        return {text: found for text, found in keyed if found}

    def by_writing(self, kind: str, texts: Collection[str]) -> dict[str, Meaning]:
        """Of the texts those that are one row's code or name but for the writing; remembered as aliases.

        Unless a person has undone just that before.
        """
        new_texts = set(texts) - self._looked_for(kind, texts)
        if not new_texts:
            return {}
        catalogue = self._catalogue(kind)
        same = {text: known for text in sorted(new_texts) if (known := catalogue.same(text))}
        undone = {
            (alias.key, alias.target_id)
            for alias in self._aliases(kind, same, withdrawn_at__isnull=False, by_writing=True)
        }
        new: dict[str, Alias] = {}
        for text, known in same.items():
            if (alias_key(text), known.pk) not in undone:
                new.setdefault(alias_key(text), self._alias(kind, text, known))
        Alias.objects.bulk_create(new.values(), batch_size=500)
        keyed = ((text, new.get(alias_key(text))) for text in same)
        return {text: Meaning(alias.target_id, alias.pk) for text, alias in keyed if alias}

    def proposals(self, kind: str, text: str) -> list[dict[str, Any]] | None:
        """The likeliest rows for a text as JSON, the best first; None where too many were looked for already."""
        key = (kind, text)
        if key not in self._proposals:
            if self._compared >= LOOKED_FOR_MAX:
                return None
            self._compared += 1
            self._proposals[key] = [as_json(one) for one in self._catalogue(kind).nearest(text)]
        return self._proposals[key]

    def among(self, kind: str) -> str:
        """What texts are compared with, told so short that it is other whenever what is known changes.

        Codes and names change by imports alone; what is made otherwise is one more.
        """
        if kind not in self._among:
            rows = MODELS[kind]._default_manager.filter(organisation=self.organisation)
            counted = rows.aggregate(count=Count("pk"), last=Max("pk"))
            imports = Import.objects.filter(organisation=self.organisation, kind=KINDS[kind])
            last = imports.aggregate(last=Max("pk"))["last"]
            self._among[kind] = f"{counted['count']} {counted['last']} {last}"
        return self._among[kind]

    def _looked_for(self, kind: str, texts: Collection[str]) -> set[str]:
        """Those of the texts that were looked for among just what is known now: their proposals hold."""
        looked: dict[str, list[dict[str, Any]]] = {}
        for chunk in chunks({alias_key(text) for text in texts}):
            before = UnknownText.objects.filter(
                organisation=self.organisation,
                source=self.source,
                kind=kind,
                key__in=chunk,
                looked_among=self.among(kind),
            )
            looked.update({key: proposals or [] for key, proposals in before.values_list("key", "proposals")})
        found = {text for text in texts if alias_key(text) in looked}
        self._proposals.update({(kind, text): looked[alias_key(text)] for text in found})
        return found

    def _aliases(self, kind: str, texts: Collection[str], **wanted: Any) -> Iterable[Alias]:
        mine = models.Q(source=self.source) | models.Q(source=None)
        aliases = Alias.objects.filter(mine, organisation=self.organisation, kind=kind, **wanted)
        # Of a million new customers not one may be known otherwise: then no text needs to be read.
        if texts and aliases.exists():
            for chunk in chunks({alias_key(text) for text in texts}):
                found = aliases.filter(key__in=chunk)
                yield from sorted(found, key=lambda alias: alias.source_id is not None)

    def _alias(self, kind: str, text: str, known: Known) -> Alias:
        score = best_score(text, known, kind)
        return Alias(
            organisation=self.organisation,
            source=self.source,
            kind=kind,
            text=text,
            key=alias_key(text),
            by_writing=True,
            score=score.points,
            reason={"reason": score.reason, "params": dict(score.params)},
            **{f"{kind}_id": known.pk},
        )

    def _catalogue(self, kind: str) -> Catalogue:
        if kind not in self._catalogues:
            rows = MODELS[kind]._default_manager.filter(organisation=self.organisation).order_by("pk")
            known = rows.values_list("pk", "code", "name").iterator(chunk_size=10_000)
            self._catalogues[kind] = Catalogue(cast(Kind, kind), (Known(*row) for row in known))
        return self._catalogues[kind]


def best_score(text: str, known: Known, kind: str) -> Score:
    """By the code or by the name, whichever is more alike."""
    scores = [compare(text, told, cast(Kind, kind)) for told in (known.code, known.name)]
    return max(scores, key=lambda score: score.points)


def as_json(proposal: Proposal) -> dict[str, Any]:
    known, score = proposal.known, proposal.score
    return {
        "pk": known.pk,
        "code": known.code,
        "name": known.name,
        "score": score.points,
        "reason": score.reason,
        "params": dict(score.params),
    }


def known_by_code(organisation: Organisation, kind: str, codes: Iterable[str]) -> Mapping[str, int]:
    """Code -> key of the rows that have just these codes."""
    found: dict[str, int] = {}
    for chunk in chunks(codes):
        rows = MODELS[kind]._default_manager.filter(organisation=organisation, code__in=chunk)
        found.update(rows.values_list("code", "pk"))
    return found
