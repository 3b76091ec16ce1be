"""Verbs of matching: decide what texts mean, make what they mean, undo it, look again. Rows follow at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext

from headrace.base import audit, jobs
from headrace.base.models import Job, Organisation, User
from headrace.partners.actions import PartnerRow, import_partners
from headrace.partners.upsert import chunks
from headrace.sales.locking import one_at_a_time
from headrace.sales.matcher import MODELS, Matcher, best_score, known_by_code
from headrace.sales.matching.nearest import Known
from headrace.sales.models import (
    Alias,
    Customer,
    Import,
    Meant,
    Product,
    Reject,
    SalesLine,
    Source,
    UnknownRow,
    UnknownText,
)
from headrace.sales.replay import replay_rejects, replay_rows
from headrace.sales.unknown import PROPOSED
from headrace.sales.withdrawals import left_alone, restore_lines, withdraw_lines

TEXTS_DECIDED = "sales.texts_decided"
# More rows than a person should wait for are taken in by a job.
ROWS_AT_ONCE_MAX = 500


@dataclass(frozen=True, slots=True)
class Decision:
    """What a text means: the key of a partner, product, customer or person; None: it is not ours."""

    unknown: UnknownText
    target: int | None


@dataclass(slots=True)
class Settled:
    """What became of decisions: those that were taken, texts that others had decided before, imports of their rows."""

    aliases: list[Alias] = field(default_factory=list)
    decided_before: list[Alias] = field(default_factory=list)
    runs: list[Import] = field(default_factory=list)
    # Rows that a job takes in, soon.
    rows_to_come: int = 0

    @property
    def accepted(self) -> int:
        return sum(run.accepted for run in self.runs)

    @property
    def not_accepted(self) -> int:
        return sum(run.rows - run.accepted for run in self.runs)


class Refused(Exception):  # noqa: N818 (named as the user meets it)
    """A decision that can't be taken; its text says why and what would be right."""


@transaction.atomic
def decide_texts(
    *,
    organisation: Organisation,
    decisions: Sequence[Decision],
    for_all_sources: bool = False,
    by_job: bool = False,
    user: User | None = None,
) -> Settled:
    """Remembers what texts mean, for their source or for all, and takes in the rows that only waited for them.

    Where `by_job` is set, many rows are left to a job, so that whoever decides need not wait. A text that is decided
    stays so: whoever comes second changes nothing. Raises Refused where a target is not there.
    """
    one_at_a_time(organisation)
    settled = Settled()
    for decision in decisions:
        known = _known_target(organisation, decision)
        before = _decided(decision.unknown, for_all_sources)
        if before:
            settled.decided_before.append(before)
            continue
        alias = _alias(decision, known, None if for_all_sources else decision.unknown.source)
        alias.decided_by = user
        alias.save()
        settled.aliases.append(alias)
        _record(alias, "decide", user)
    keys = {(alias.kind, alias.key) for alias in settled.aliases if alias.target_id}
    _follow(settled, organisation, _texts_of(organisation, keys), by_job, user)
    return settled


def _follow(
    settled: Settled,
    organisation: Organisation,
    texts: Sequence[UnknownText],
    by_job: bool,
    user: User | None,
) -> None:
    """Takes in the rows that waited for the texts, or asks a job to."""
    rejects = _rejects_of(organisation, [unknown.pk for unknown in texts])
    rows = sum(map(len, rejects.values()))
    if by_job and rows > ROWS_AT_ONCE_MAX:
        settled.rows_to_come = rows
        payload = {"texts": [unknown.pk for unknown in texts], "rows": rows}
        jobs.ask_for(organisation=organisation, kind=TEXTS_DECIDED, payload=payload, user=user)
    else:
        settled.runs = _take_in(rejects, user)


def take_rows_in(job: Job) -> None:
    """The job of TEXTS_DECIDED: takes in the rows that still wait for texts that are known by now."""
    one_at_a_time(job.organisation)
    _take_in(_rejects_of(job.organisation, job.payload["texts"]), job.asked_by)


def _known_target(organisation: Organisation, decision: Decision) -> Known | None:
    if decision.target is None:
        return None
    rows = MODELS[decision.unknown.kind]._default_manager.filter(
        organisation=organisation, pk=decision.target
    )
    row = rows.values_list("pk", "code", "name").first()
    if row is None:
        raise Refused(
            gettext("What was chosen for “%(text)s” is not there.") % {"text": decision.unknown.text}
        )
    return Known(*row)


def _decided(unknown: UnknownText, for_all_sources: bool) -> Alias | None:
    same = Alias.objects.filter(
        organisation=unknown.organisation, kind=unknown.kind, key=unknown.key, withdrawn_at=None
    )
    return same.filter(source=None if for_all_sources else unknown.source).first()


def _alias(decision: Decision, known: Known | None, source: Source | None) -> Alias:
    unknown = decision.unknown
    alias = Alias(
        organisation=unknown.organisation,
        source=source,
        kind=unknown.kind,
        text=unknown.text,
        key=unknown.key,
    )
    if known:
        setattr(alias, f"{unknown.kind}_id", known.pk)
        score = best_score(unknown.text, known, unknown.kind)
        alias.score, alias.reason = score.points, {"reason": score.reason, "params": dict(score.params)}
    return alias


def _record(alias: Alias, verb: str, user: User | None, **details: Any) -> None:
    audit.record(
        organisation=alias.organisation,
        user=user,
        action=f"alias.{verb}",
        subject=f"alias:{alias.pk}",
        kind=alias.kind,
        text=alias.text,
        target=alias.target_id,
        **details,
    )


@transaction.atomic
def make_target(
    *,
    unknown: UnknownText,
    code: str,
    name: str,
    for_all_sources: bool = False,
    by_job: bool = False,
    user: User | None = None,
) -> Settled:
    """Makes the partner, product or customer that a text means, and decides so.

    Raises Refused where the code is known, or where the text means a person: who that works for is not known.
    """
    organisation = unknown.organisation
    one_at_a_time(organisation)
    if known_by_code(organisation, unknown.kind, [code]):
        raise Refused(gettext("The code “%(code)s” is known already. Choose another one.") % {"code": code})
    if unknown.kind == Meant.PARTNER:
        today = timezone.localdate()
        import_partners(
            organisation=organisation, rows=[PartnerRow(code=code, name=name)], today=today, user=user
        )
    elif unknown.kind in (Meant.PRODUCT, Meant.CUSTOMER):
        model = Product if unknown.kind == Meant.PRODUCT else Customer
        made = model.objects.create(organisation=organisation, code=code, name=name)
        audit.record(
            organisation=organisation,
            user=user,
            action=f"{unknown.kind}.make",
            subject=f"{unknown.kind}:{made.pk}",
            code=code,
        )
    else:
        raise Refused(gettext("People are made by a file of people, which says whom they work for."))
    target = known_by_code(organisation, unknown.kind, [code])[code]
    return decide_texts(
        organisation=organisation,
        decisions=[Decision(unknown, target)],
        for_all_sources=for_all_sources,
        by_job=by_job,
        user=user,
    )


@transaction.atomic
def withdraw_alias(*, alias: Alias, user: User | None = None) -> list[Import]:
    """Undoes what was decided: the lines it brought are withdrawn, and their rows wait again with their text.

    Gives the imports in which the rows now are. An alias that was withdrawn before stays as it is.
    """
    one_at_a_time(alias.organisation)
    alias = Alias.objects.select_for_update(of=("self",)).get(pk=alias.pk)
    if alias.withdrawn_at:
        return []
    alias.withdrawn_at, alias.withdrawn_by = timezone.now(), user
    alias.save(update_fields=["withdrawn_at", "withdrawn_by"])
    reason = gettext("“%(text)s” was matched wrongly.") % {"text": alias.text}
    runs = []
    for use in alias.uses.select_related("import_run__source", "import_run__file", "import_run__mapping"):
        lines = SalesLine.objects.filter(import_run=use.import_run, **{f"matched__{alias.kind}": alias.pk})
        numbers = set(lines.filter(withdrawal=None).values_list("row_number", flat=True))
        if numbers:
            withdraw_lines(
                organisation=alias.organisation,
                lines=lines,
                reason=reason,
                subject=f"alias:{alias.pk}",
                user=user,
            )
            restore_lines(organisation=alias.organisation, lines=left_alone(lines))
            runs.append(replay_rows(run=use.import_run, numbers=numbers, user=user))
    _record(alias, "withdraw", user, lines=sum(run.rows for run in runs))
    return runs


@transaction.atomic
def look_again(*, organisation: Organisation, by_job: bool = False, user: User | None = None) -> Settled:
    """Looks the waiting texts up anew: proposals are brought up to date, rows whose texts are known now taken in.

    `by_job` as in decide_texts.
    """
    one_at_a_time(organisation)
    waiting = UnknownText.objects.filter(organisation=organisation, rows__reject__in=_waiting(organisation))
    # Those that nobody has looked for yet go first: of too many only some are compared at once.
    texts = list(
        waiting.distinct().select_related("source").order_by(F("proposals").asc(nulls_first=True), "pk")
    )
    by_source: dict[Source, list[UnknownText]] = defaultdict(list)
    for unknown in texts:
        by_source[unknown.source].append(unknown)
    for source, of_source in by_source.items():
        _propose(Matcher(organisation, source), of_source)
    jobs.forget_set_aside(organisation=organisation, kind=TEXTS_DECIDED)
    settled = Settled()
    _follow(settled, organisation, texts, by_job, user)
    return settled


def _propose(matcher: Matcher, texts: Iterable[UnknownText]) -> None:
    """Brings the proposals for texts that are still unknown up to date."""
    changed = []
    for kind, of_kind in _by_kind(texts).items():
        known = matcher.known(kind, {unknown.text for unknown in of_kind}, by_writing=True)
        for unknown in of_kind:
            proposals = None if unknown.text in known else matcher.proposals(kind, unknown.text)
            if proposals is not None and unknown.looked_among != matcher.among(kind):
                unknown.propose(proposals, matcher.among(kind))
                changed.append(unknown)
    UnknownText.objects.bulk_update(changed, PROPOSED, batch_size=100)


def _by_kind(texts: Iterable[UnknownText]) -> dict[str, list[UnknownText]]:
    by_kind: dict[str, list[UnknownText]] = defaultdict(list)
    for unknown in texts:
        by_kind[unknown.kind].append(unknown)
    return by_kind


def _waiting(organisation: Organisation) -> Any:
    return Reject.objects.waiting().filter(organisation=organisation)


def _texts_of(organisation: Organisation, keys: Collection[tuple[str, str]]) -> list[UnknownText]:
    """The texts that are one by their letters, of whatever source."""
    return [
        unknown
        for kind in sorted({kind for kind, _ in keys})
        for chunk in chunks(sorted(key for of, key in keys if of == kind))
        for unknown in UnknownText.objects.filter(organisation=organisation, kind=kind, key__in=chunk)
    ]


def _rejects_of(organisation: Organisation, texts: Iterable[int]) -> dict[int, set[int]]:
    """Import -> its waiting rejects that have one of the texts (all by their keys)."""
    rejects: dict[int, set[int]] = defaultdict(set)
    for chunk in chunks(texts):
        found = _waiting(organisation).filter(unknown_texts__unknown__in=chunk)
        for run, reject in found.values_list("import_run_id", "pk").distinct():
            rejects[run].add(reject)
    return rejects


def _take_in(rejects: Mapping[int, Collection[int]], user: User | None) -> list[Import]:
    """Takes in those of the rejects that have no problem but texts that are known by now."""
    taken = []
    for run in Import.objects.filter(pk__in=rejects).select_related(
        "organisation", "source", "file", "mapping"
    ):
        ready = _ready(run, rejects[run.pk])
        if ready:
            taken.append(replay_rejects(run=run, rejects=ready, user=user))
    return taken


def _ready(run: Import, rejects: Collection[int]) -> list[Reject]:
    """Of the rejects those whose every problem is a text that an import would find now."""
    texts: dict[int, list[int]] = defaultdict(list)
    problems: dict[int, int] = {}
    for chunk in chunks(sorted(rejects)):
        rows = UnknownRow.objects.filter(reject__in=chunk)
        for reject, unknown, count in rows.values_list("reject_id", "unknown_id", "problems"):
            texts[reject].append(unknown)
            problems[reject] = count
    known = _known(run, {unknown for of_reject in texts.values() for unknown in of_reject})
    ready = [key for key, of_reject in texts.items() if len(known.intersection(of_reject)) == problems[key]]
    return [
        reject
        for chunk in chunks(sorted(ready))
        for reject in Reject.objects.filter(pk__in=chunk).only("pk", "row_number")
    ]


def _known(run: Import, texts: Collection[int]) -> set[int]:
    """The keys of those of the texts that an import would find now."""
    matcher = Matcher(run.organisation, run.source)
    asked = [
        unknown for chunk in chunks(sorted(texts)) for unknown in UnknownText.objects.filter(pk__in=chunk)
    ]
    known: set[int] = set()
    for kind, of_kind in _by_kind(asked).items():
        found = matcher.known(kind, {unknown.text for unknown in of_kind})
        known.update(unknown.pk for unknown in of_kind if unknown.text in found)
    return known
