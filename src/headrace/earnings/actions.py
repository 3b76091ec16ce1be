"""Verbs of earnings: take a snapshot, calculate a programme on it, publish what differs, close a period."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from headrace import __version__
from headrace.base import audit
from headrace.base.approvals.actions import ask_for_approval, withdraw_request
from headrace.base.models import ApprovalRequest, Organisation, User
from headrace.earnings import progress, results, seen, snapshots
from headrace.earnings.governing import reigns
from headrace.earnings.models import Earning, PeriodClose, Progress, Run, Snapshot
from headrace.earnings.scopes import Scope, scope_of, sellers_of
from headrace.engine import programme as engine
from headrace.engine.backends.database import MissingBackendError
from headrace.engine.faults import InputError
from headrace.engine.rates import MissingRateError
from headrace.engine.run import Result, calculate
from headrace.engine.tables import Inputs
from headrace.ledger.actions import post_many
from headrace.ledger.drafts import TransferDraft, move
from headrace.ledger.models import AccountKey, Stage
from headrace.partners.models import Partner, Person
from headrace.programmes.budgets import alerts
from headrace.programmes.budgets.guarding import Commitment, OverBudgetError, check_commitments
from headrace.programmes.models import Programme


def take_snapshot(
    *, organisation: Organisation, as_of: datetime | None = None, scope: Scope | None = None
) -> Snapshot:
    """Freezes what is known at `as_of` (default: now), of everyone's sales or those that matter for a scope.

    Where nothing was learned since, the newest one serves.
    """
    as_of = as_of or timezone.now()
    sellers = None if scope is None else sellers_of(organisation, scope)
    manifest = snapshots.write(organisation, as_of, sellers)
    newest = Snapshot.objects.filter(organisation=organisation).order_by("-pk").first()
    if newest is not None and newest.manifest == manifest and newest.engine_version == __version__:
        return newest
    return Snapshot.objects.create(
        organisation=organisation, as_of=as_of, manifest=manifest, engine_version=__version__
    )


def calculate_programme(
    *,
    programme: Programme,
    snapshot: Snapshot,
    user: User | None = None,
    scope: Scope | None = None,
    backend: str | None = None,
) -> Run:
    """Calculates every version on the snapshot and keeps the results as files; publishes nothing yet.

    With a `scope`, the one that the snapshot was taken for, the run tells nothing of anybody else.
    `backend` is one of `engine.run.BACKENDS`; None is the one of the settings.
    Raises ValidationError where the data lack what the programme asks for, as a rate of exchange, or the machine
    what the backend runs on.
    """
    inputs = snapshots.read(snapshot.manifest)
    versions = list(programme.versions.order_by("number"))
    kept: dict[str, str] = {}
    used = ""
    for version, reign in zip(versions, reigns([v.parsed for v in versions]), strict=True):
        result = _calculate(reign.programme, inputs, snapshot, backend or settings.BACKEND)
        kept[str(version.number)] = results.keep(result)
        used = result.backend
    with transaction.atomic():
        run = Run.objects.create(
            organisation=programme.organisation,
            programme=programme,
            snapshot=snapshot,
            backend=used,
            calculated_by=user,
            results=kept,
            scope=None if scope is None else scope.as_json(),
        )
        audit.record(
            organisation=programme.organisation, user=user, action="run.calculate", subject=f"run:{run.pk}"
        )
    return run


def _calculate(programme: engine.Programme, inputs: Inputs, snapshot: Snapshot, backend: str) -> Result:
    try:
        return calculate(programme, inputs, as_of=snapshot.as_of, backend=backend)
    except (InputError, MissingRateError, MissingBackendError) as error:
        raise ValidationError(f"{programme.key}: {error}") from error


@transaction.atomic
def publish_run(*, run: Run, user: User | None = None) -> list[Earning]:
    """Adds a row for each earning that differs from what stands, and posts each difference to the ledger.

    Where a rule of approvals says so, others are asked instead; the run is published once they have agreed.
    Publishing twice adds nothing. Raises ValidationError where a run on later facts was published already:
    it would undo what is known; or where a hard limit of a budget would be exceeded.
    """
    run = _locked(run)
    if run.published_at is not None:
        return []
    if is_overtaken(run):
        raise ValidationError(
            _("A calculation on later sales was published already. Calculate again and publish that one.")
        )
    rows = list(differences(run))
    _check_budgets(run, rows)
    amount = seen.amount_that_needs_approval(run, rows)
    if amount is not None:
        _ask_to_publish(run, rows, amount, user)
        return []
    withdraw_request(organisation=run.organisation, kind=seen.RUN, subject=seen.subject_of(run), user=user)
    return _publish(run, rows, user)


@transaction.atomic
def publish_approved_run(*, request: ApprovalRequest, user: User | None = None) -> list[Earning]:
    """Publishes what others have approved. Where something else was published meanwhile, they are asked anew."""
    run = _locked(seen.run_of(request))
    if run.published_at is not None or is_overtaken(run):
        return []
    if seen.standing_now(run) != request.seen["standing"]:
        return publish_run(run=run, user=request.requested_by)
    rows = list(differences(run))
    _check_budgets(run, rows)
    return _publish(run, rows, user)


def _check_budgets(run: Run, rows: Sequence[Earning]) -> None:
    posted = (Commitment(one.owner, one.unit, one.occurred_on, one.delta_minor) for one in rows)
    check_commitments(run.programme, posted)


def _locked(run: Run) -> Run:
    """The run as it is now; nothing else of its programme is published meanwhile."""
    Programme.objects.select_for_update().get(pk=run.programme_id)
    return Run.objects.select_related("snapshot").get(pk=run.pk)


def _ask_to_publish(run: Run, rows: Sequence[Earning], amount: seen.Amount, user: User | None) -> None:
    ask_for_approval(
        organisation=run.organisation,
        kind=seen.RUN,
        subject=seen.subject_of(run),
        title=str(run),
        amount_minor=amount.minor,
        unit=amount.unit,
        seen=seen.seen_of(run, rows),
        requested_by=user,
    )


def _publish(run: Run, rows: Sequence[Earning], user: User | None) -> list[Earning]:
    added = Earning.objects.bulk_create(rows, batch_size=2000)
    post_many(organisation=run.organisation, transfers=[transfer_of(earning) for earning in added])
    run.published_at = timezone.now()
    run.published_by = user
    run.save(update_fields=["published_at", "published_by"])
    audit.record(
        organisation=run.organisation,
        user=user,
        action="run.publish",
        subject=f"run:{run.pk}",
        earnings=len(added),
    )
    alerts.end_refusals(run.programme)
    alerts.raise_alerts(programme=run.programme)
    return added


def _publish_or_tell(run: Run, user: User | None) -> list[Earning]:
    """Publishes; where a budget holds it back, people are told before this raises."""
    try:
        return publish_run(run=run, user=user)
    except OverBudgetError as error:
        alerts.note_refusal(error)
        raise


def is_overtaken(run: Run) -> bool:
    """Whether a run on later facts was published for anyone that this one is about."""
    later = Run.objects.filter(
        programme=run.programme_id, published_at__isnull=False, snapshot__as_of__gt=run.snapshot.as_of
    )
    scopes = [
        None if told is None else Scope.from_json(told) for told in later.values_list("scope", flat=True)
    ]
    own = None if run.scope is None else Scope.from_json(run.scope)
    return any(own is None or other is None or own.overlaps(other) for other in scopes)


def refresh_for_partners(
    *,
    organisation: Organisation,
    programmes: Collection[Programme],
    partners: Collection[int],
    user: User | None = None,
) -> list[Earning]:
    """Brings what lines of some partners (keys) may change up to now, by their sales alone. Gives what changed.

    The programmes must be such that this suffices (`scopes.may_be_narrowed`).
    """
    scope = scope_of(organisation, partners)
    snapshot = take_snapshot(organisation=organisation, scope=scope)
    changed = []
    for programme in programmes:
        run = calculate_programme(programme=programme, snapshot=snapshot, user=user, scope=scope)
        note_progress(run=run)
        # What a budget holds back must not hold up the other programmes; people were told.
        with suppress(OverBudgetError):
            changed += _publish_or_tell(run, user)
    return changed


def refresh_programme(
    *, programme: Programme, snapshot: Snapshot, user: User | None = None, backend: str | None = None
) -> list[Earning]:
    """Brings one programme up to the snapshot: calculated, the progress of everyone noted, and published.

    Published last, so that a run which stands as published is known to be noted, whenever the process is killed.
    """
    run = calculate_programme(programme=programme, snapshot=snapshot, user=user, backend=backend)
    note_progress(run=run)
    return _publish_or_tell(run, user)


def refresh_programmes(*, organisation: Organisation, user: User | None = None) -> list[Earning]:
    """Brings every programme up to what is known now, all on one snapshot. Gives the earnings that changed.

    Raises `OverBudgetError` where budgets held some back, once all others are published.
    """
    snapshot = take_snapshot(organisation=organisation)
    changed, excesses = [], []
    for programme in organisation.programmes.order_by("key"):
        try:
            changed += refresh_programme(programme=programme, snapshot=snapshot, user=user)
        except OverBudgetError as error:
            excesses += error.excesses
    if excesses:
        raise OverBudgetError(excesses)
    return changed


def note_progress(*, run: Run) -> None:
    """Replaces what is noted of everyone's progress in the periods that run on the day of the run's snapshot."""
    found = list(progress.of_run(run, snapshots.read(run.snapshot.manifest)))
    noted = Progress.objects.filter(programme_id=run.programme_id)
    if run.scope is not None:
        scope = Scope.from_json(run.scope)
        noted = noted.filter(Q(person=None, partner__in=scope.partners) | Q(person__in=scope.people))
    with transaction.atomic():
        Programme.objects.select_for_update().get(pk=run.programme_id)
        noted.delete()
        Progress.objects.bulk_create(found, batch_size=1000)


@transaction.atomic
def close_period(*, organisation: Organisation, through: date, user: User | None = None) -> PeriodClose:
    """From now on differences of days up to `through` are posted after it, naming the period they correct."""
    last = closed_through(organisation)
    if last is not None and through <= last:
        raise ValidationError(
            _("The periods through %(last)s are closed already; choose a later day.") % {"last": last}
        )
    close = PeriodClose.objects.create(organisation=organisation, through=through, closed_by=user)
    audit.record(
        organisation=organisation, user=user, action="period.close", subject=f"period:{through.isoformat()}"
    )
    return close


def closed_through(organisation: Organisation) -> date | None:
    """The last day of the closed periods, or None."""
    newest = PeriodClose.objects.filter(organisation=organisation).order_by("-through").first()
    return newest.through if newest else None


def differences(run: Run) -> Iterator[Earning]:
    """One unsaved row for each earning of the run that is not what stands, and one of zero for each that vanished."""
    found = Earning.objects.filter(programme_id=run.programme_id, corrected_by=None)
    scope = None if run.scope is None else Scope.from_json(run.scope)
    if scope is not None:
        found = scope.of_earnings(found)
    standing = {earning.key: earning for earning in found.select_related("version")}
    recipients = None if scope is None else scope.recipients()
    closed = closed_through(run.organisation)
    people = {person.code: person for person in Person.objects.filter(organisation_id=run.organisation_id)}
    partners = dict(Partner.objects.filter(organisation_id=run.organisation_id).values_list("code", "pk"))
    versions = {version.number: version for version in run.programme.versions.order_by("number")}
    governing = dict(zip(versions, reigns([version.parsed for version in versions.values()]), strict=True))
    for row in results.governed(run, governing):
        if recipients is not None and (row.to, row.recipient) not in recipients:
            continue
        before = standing.pop(row.earning, None)
        if (before.amount_minor if before else 0) == row.amount_minor:
            continue
        person = people[row.recipient] if row.to == "person" else None
        yield Earning(
            organisation_id=run.organisation_id,
            run=run,
            programme_id=run.programme_id,
            version=versions[row.version],
            partner_id=partners[row.recipient] if person is None else partner_of(person),
            person=person,
            key=row.earning,
            rule=row.rule,
            by=row.by,
            period_from=row.period_from,
            period_to=row.period_to,
            unit=row.unit,
            digits=row.digits,
            amount_minor=row.amount_minor,
            delta_minor=row.amount_minor - (before.amount_minor if before else 0),
            occurred_on=posting_day(row.period_to, run.snapshot.as_of.date(), closed),
            corrects=before,
        )
    for before in standing.values():
        if before.amount_minor != 0:
            yield withdrawal(run, before, closed)


def partner_of(person: Person) -> int:
    """The partner a person's earning is shown at; people of the brand's own staff have none."""
    if person.partner_id is None:
        raise ValidationError(
            _("%(person)s belongs to no partner, so nothing can be paid to them. Name the partner first.")
            % {"person": person.name}
        )
    return person.partner_id


def withdrawal(run: Run, before: Earning, closed: date | None) -> Earning:
    """The row that takes back an earning which the run no longer has."""
    copied: dict[str, Any] = {
        name: getattr(before, name)
        for name in (
            *("organisation_id", "programme_id", "version", "partner_id", "person_id", "key", "rule", "by"),
            *("period_from", "period_to", "unit", "digits"),
        )
    }
    return Earning(
        **copied,
        run=run,
        amount_minor=0,
        delta_minor=-before.amount_minor,
        occurred_on=posting_day(before.period_to, run.snapshot.as_of.date(), closed),
        corrects=before,
    )


def posting_day(period_to: date, known_on: date, closed: date | None) -> date:
    """The day a difference is posted on: the end of its period, today in a running one, never a closed day."""
    day = min(period_to, known_on)
    return day if closed is None or day > closed else closed + timedelta(days=1)


def transfer_of(earning: Earning) -> TransferDraft:
    """From the programme's expense to what the recipient has accrued; a negative difference flows back."""
    programme = f"programme:{earning.programme_id}"
    corrects = earning.period_to.isoformat() if earning.occurred_on > earning.period_to else ""
    return TransferDraft(
        key=earning.transfer_key,
        kind="earning",
        occurred_on=earning.occurred_on,
        entries=move(
            earning.delta_minor,
            debit=AccountKey("", earning.unit, Stage.EXPENSE, programme),
            credit=AccountKey(earning.owner, earning.unit, Stage.ACCRUED, programme),
        ),
        details={"earning": earning.pk, "rule": earning.rule},
        corrects_period=corrects,
    )
