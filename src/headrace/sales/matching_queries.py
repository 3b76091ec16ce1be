"""Reads for the screens of matching: texts that wait, the rows behind them, what was decided."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum

from headrace.base.models import Job, Organisation
from headrace.sales.decisions import TEXTS_DECIDED
from headrace.sales.likeness import tell_likeness
from headrace.sales.matcher import MODELS, best_score
from headrace.sales.matching.nearest import Known
from headrace.sales.models import Alias, Import, Reject, Source, UnknownRow, UnknownText

FOUND_MAX = 10
ROWS_SHOWN_MAX = 10


@dataclass(frozen=True, slots=True)
class ToldProposal:
    """A row that a text may mean, as a person reads it. `score` is None where nobody compared."""

    pk: int
    code: str
    name: str
    score: int | None
    likeness: str


@dataclass(frozen=True, slots=True)
class WaitingText:
    """A text that waits for a decision, with the rows and amounts that wait for it."""

    unknown: UnknownText
    rows: int
    amounts: list[tuple[str, int]]
    proposals: list[ToldProposal] = field(default_factory=list)

    @property
    def best(self) -> ToldProposal | None:
        return self.proposals[0] if self.proposals else None

    @property
    def is_clear(self) -> bool:
        """Whether one proposal is better than all others: only then it may be confirmed with many at once."""
        scores = [proposal.score or 0 for proposal in self.proposals[:2]]
        return bool(scores) and scores[0] > sum(scores[1:])


def waiting_texts(
    organisation: Organisation, *, source: str = "", kind: str = "", run: Import | None = None
) -> QuerySet[UnknownText]:
    """The texts that nobody decided and a row waits for, those with the most rows first; `waiting` counts these."""
    waits = Q(rows__reject__repair=None, rows__reject__import_run__withdrawn_at=None)
    if run:
        waits &= Q(rows__reject__import_run=run)
    wanted = {name: value for name, value in {"source__code": source, "kind": kind}.items() if value}
    decided = Alias.objects.filter(
        Q(source=None) | Q(source=OuterRef("source")),
        organisation=organisation,
        kind=OuterRef("kind"),
        key=OuterRef("key"),
        withdrawn_at=None,
    )
    return (
        UnknownText.objects.filter(~Exists(decided), organisation=organisation, **wanted)
        .annotate(waiting=Count("rows", filter=waits))
        .filter(waiting__gt=0)
        .select_related("source", "organisation")
        .order_by("-waiting", "text", "pk")
    )


def told_texts(found: Iterable[UnknownText]) -> list[WaitingText]:
    """Texts of `waiting_texts` with their amounts, by one query."""
    texts = list(found)
    amounts: dict[int, list[tuple[str, int]]] = defaultdict(list)
    rows = waiting_rows(texts).filter(net_amount_e4__isnull=False)
    for unknown, currency, amount in (
        rows.values_list("unknown", "currency").annotate(amount=Sum("net_amount_e4")).order_by("currency")
    ):
        amounts[unknown].append((currency, amount))
    return [
        WaitingText(
            unknown=unknown,
            rows=unknown.waiting,  # type: ignore[attr-defined]
            amounts=amounts[unknown.pk],
            proposals=told_proposals(unknown),
        )
        for unknown in texts
    ]


def waiting_rows(texts: Sequence[UnknownText]) -> QuerySet[UnknownRow]:
    """The rows that wait for one of the texts."""
    return UnknownRow.objects.filter(unknown__in=texts, reject__in=Reject.objects.waiting())


def told_proposals(unknown: UnknownText) -> list[ToldProposal]:
    return [
        ToldProposal(
            one["pk"], one["code"], one["name"], one["score"], tell_likeness(one["reason"], one["params"])
        )
        for one in unknown.proposals or ()
    ]


def rows_to_come(organisation: Organisation) -> tuple[int, int]:
    """How many rows jobs take in now that their texts were decided; and of how many the job was set aside."""
    open_jobs = Job.objects.filter(organisation=organisation, kind=TEXTS_DECIDED, done_at=None)
    found = list(open_jobs.values_list("set_aside_at", "payload"))
    coming = sum(payload["rows"] for set_aside_at, payload in found if set_aside_at is None)
    return coming, sum(payload["rows"] for set_aside_at, payload in found if set_aside_at)


def sources(organisation: Organisation) -> QuerySet[Source]:
    return Source.objects.filter(organisation=organisation).order_by("name")


def rows_shown(unknown: UnknownText) -> list[UnknownRow]:
    """Some of the rows that wait for a text, the newest first."""
    rows = waiting_rows([unknown]).select_related("reject__import_run")
    return list(rows.order_by("-reject")[:ROWS_SHOWN_MAX])


def search_targets(unknown: UnknownText, words: str) -> list[ToldProposal]:
    """What a text may mean, by a part of the code or of the name."""
    if not words.strip():
        return []
    rows = MODELS[unknown.kind]._default_manager.filter(organisation=unknown.organisation)
    for word in words.split():
        rows = rows.filter(Q(code__icontains=word) | Q(name__icontains=word))
    found = rows.order_by("name", "pk").values_list("pk", "code", "name")[:FOUND_MAX]
    return [_compared(unknown, Known(*row)) for row in found]


def _compared(unknown: UnknownText, known: Known) -> ToldProposal:
    score = best_score(unknown.text, known, unknown.kind)
    likeness = tell_likeness(score.reason, score.params) if score.points else ""
    return ToldProposal(known.pk, known.code, known.name, score.points or None, likeness)


@dataclass(frozen=True, slots=True)
class ToldAlias:
    """A decision as a person reads it."""

    alias: Alias
    lines: int
    likeness: str


def aliases(organisation: Organisation, words: str = "") -> QuerySet[Alias]:
    """What was decided, the newest first; `lines` counts those it brought."""
    found = Alias.objects.filter(organisation=organisation)
    named = Q(text__icontains=words.strip())
    for kind in MODELS:
        named |= Q(**{f"{kind}__name__icontains": words.strip()}) | Q(**{f"{kind}__code": words.strip()})
    if words.strip():
        found = found.filter(named)
    return (
        found.select_related("source", "decided_by", "withdrawn_by", *MODELS)
        .annotate(lines=Sum("uses__lines", default=0))
        .order_by("-decided_at", "-pk")
    )


def told_aliases(found: Iterable[Alias]) -> list[ToldAlias]:
    """Decisions of `aliases`."""
    return [_told_alias(alias, alias.lines) for alias in found]  # type: ignore[attr-defined]


def told_alias(alias: Alias) -> ToldAlias:
    return _told_alias(alias, sum(alias.uses.values_list("lines", flat=True)))


def _told_alias(alias: Alias, lines: int) -> ToldAlias:
    """`reason` is null where nobody compared, or nothing was alike."""
    reason = alias.reason if alias.score else None
    return ToldAlias(alias, lines, tell_likeness(reason["reason"], reason["params"]) if reason else "")
