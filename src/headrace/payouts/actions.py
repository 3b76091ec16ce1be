"""Verbs of payouts: prepare a settlement, ask for its approval, settle it, drop it; cut statements."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from headrace.base import audit, formats
from headrace.base.approvals.actions import ask_for_approval, withdraw_request
from headrace.base.models import ApprovalRequest, Organisation, User
from headrace.earnings.actions import close_period, closed_through
from headrace.kernel.period import Period
from headrace.ledger.actions import post_many
from headrace.ledger.queries import current_position
from headrace.payouts import notices
from headrace.payouts.credit_notes import write_credit_notes
from headrace.payouts.cutting import statements_over
from headrace.payouts.drafting import SHARE_OF_ALL_E4, PayeeDraft, Scope, drafted, fingerprint
from headrace.payouts.figures import amount_of, title_of, what_is_seen
from headrace.payouts.models import (
    Settlement,
    SettlementLine,
    SettlementPayee,
    SettlementTerms,
    Statement,
)
from headrace.payouts.posting import transfers_of
from headrace.programmes.models import Programme

APPROVAL_KIND = "settlement"
ROWS_A_BATCH = 1000

Kind = Settlement.Kind
State = Settlement.State


def terms_of(organisation: Organisation) -> SettlementTerms:
    """By what the organisation settles; without terms of its own: no grace days and no minimum."""
    return SettlementTerms.objects.filter(organisation=organisation).first() or SettlementTerms(
        organisation=organisation
    )


@transaction.atomic
def set_settlement_terms(
    *, organisation: Organisation, grace_days: int, minimums: dict[str, int], user: User | None = None
) -> SettlementTerms:
    """From the next settlement prepared on. `minimums`: currency -> minor units."""
    terms, _is_new = SettlementTerms.objects.update_or_create(
        organisation=organisation, defaults={"grace_days": grace_days, "minimums": minimums}
    )
    audit.record(
        organisation=organisation,
        user=user,
        action="settlement_terms.set",
        subject=f"organisation:{organisation.pk}",
        grace_days=grace_days,
        minimums=minimums,
    )
    return terms


@transaction.atomic
def prepare_settlement(
    *,
    organisation: Organisation,
    period: Period,
    kind: str = Kind.FINAL,
    share_e4: int = SHARE_OF_ALL_E4,
    user: User | None = None,
) -> Settlement:
    """A draft of what is settled, by what the ledger holds now; again it brings the open draft up to date.

    `share_e4` is of what an interim settlement takes (5000: half). Raises ValidationError where the period is closed,
    is not the next one, has not ended (or, interim, not begun), or another settlement is open.
    """
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    standing = open_settlement(organisation)
    _check_period(organisation, period, kind)
    if standing is not None and (standing.kind, standing.period_from, standing.period_to) != (
        kind,
        period.starts,
        period.ends,
    ):
        raise ValidationError(
            _("%(title)s is still open. Have it approved or drop it, then prepare the next one.")
            % {"title": title_of(standing)}
        )
    settlement = standing or Settlement(organisation=organisation, kind=kind)
    settlement.period_from, settlement.period_to = period.starts, period.ends
    settlement.share_e4 = SHARE_OF_ALL_E4 if kind == Kind.FINAL else share_e4
    settlement.counted_to = period.ends if kind == Kind.FINAL else min(period.ends, _today(organisation))
    settlement.minimums = terms_of(organisation).minimums
    settlement.prepared_by, settlement.prepared_at = user, timezone.now()
    _write_draft(settlement, user)
    return settlement


def _write_draft(settlement: Settlement, user: User | None) -> None:
    organisation = settlement.organisation
    if settlement.pk is not None:
        withdraw_request(organisation=organisation, kind=APPROVAL_KIND, subject=settlement.subject, user=user)
        SettlementLine.objects.filter(payee__settlement=settlement).delete()
        settlement.payees.all().delete()
    settlement.position = current_position(organisation)
    payees = drafted(scope_of(settlement))
    settlement.fingerprint = fingerprint(payees)
    settlement.state, settlement.refusal = State.DRAFT, ""
    settlement.save()
    _write_payees(settlement, payees)
    audit.record(
        organisation=organisation,
        user=user,
        action="settlement.prepare",
        subject=settlement.subject,
        payees=len(payees),
    )


def scope_of(settlement: Settlement) -> Scope:
    return Scope(
        organisation=settlement.organisation,
        kind=settlement.kind,
        period=Period(settlement.period_from, settlement.period_to),
        counted_to=settlement.counted_to,
        share_e4=settlement.share_e4,
        position=settlement.position,
        minimums=settlement.minimums,
    )


def open_settlement(organisation: Organisation) -> Settlement | None:
    """The settlement that is being prepared or waits for approval: at most one."""
    found = Settlement.objects.filter(organisation=organisation, state__in=(State.DRAFT, State.WAITING))
    return found.select_related("organisation").first()


def _today(organisation: Organisation) -> date:
    return datetime.now(ZoneInfo(organisation.time_zone)).date()


def _check_period(organisation: Organisation, period: Period, kind: str) -> None:
    today, closed = _today(organisation), closed_through(organisation)
    if closed is not None and period.starts != closed + timedelta(days=1):
        raise ValidationError(
            _("The periods through %(last)s are closed. The next one starts on %(next)s.")
            % {"last": formats.day(closed), "next": formats.day(closed + timedelta(days=1))}
        )
    if kind == Kind.FINAL and period.ends >= today:
        raise ValidationError(
            _("The period ends on %(day)s. Until it is over, only an interim settlement can be made.")
            % {"day": formats.day(period.ends)}
        )
    if period.starts > today:
        raise ValidationError(
            _("The period begins on %(day)s; nothing was earned in it yet.")
            % {"day": formats.day(period.starts)}
        )


def _write_payees(settlement: Settlement, payees: Sequence[PayeeDraft]) -> None:
    rows = SettlementPayee.objects.bulk_create(
        [
            SettlementPayee(
                organisation=settlement.organisation,
                settlement=settlement,
                partner_id=payee.partner_id,
                person_id=payee.person_id,
                unit=payee.unit,
                outcome=payee.outcome,
                accrued_minor=payee.accrued_minor,
                clawed_back_minor=payee.clawed_back_minor,
                carried_in_minor=payee.carried_in_minor,
                gross_minor=payee.gross_minor,
                vat_minor=payee.vat_minor,
                withheld_minor=payee.withheld_minor,
                payable_minor=payee.payable_minor,
                carried_minor=payee.carried_minor,
                tax=payee.tax,
                vat=payee.vat,
            )
            for payee in payees
        ],
        batch_size=ROWS_A_BATCH,
    )
    SettlementLine.objects.bulk_create(
        [
            SettlementLine(
                organisation=settlement.organisation,
                payee=row,
                programme=line.programme,
                accrued_minor=line.accrued_minor,
                carried_in_minor=line.carried_in_minor,
                gross_minor=line.gross_minor,
                withheld_minor=line.withheld_minor,
            )
            for row, payee in zip(rows, payees, strict=True)
            for line in payee.lines
        ],
        batch_size=ROWS_A_BATCH,
    )


@transaction.atomic
def request_settlement(*, settlement: Settlement, user: User | None = None) -> ApprovalRequest:
    """Asks others to approve the draft. Raises ValidationError where the grace days of its period still run."""
    settlement = _locked(settlement)
    if not settlement.is_open:
        raise ValidationError(_("%(title)s is not open any more.") % {"title": title_of(settlement)})
    if settlement.is_final:
        last = settlement.period_to + timedelta(days=terms_of(settlement.organisation).grace_days)
        if _today(settlement.organisation) <= last:
            raise ValidationError(
                _("Late sales may come in until %(day)s. The period can be closed after that day.")
                % {"day": formats.day(last)}
            )
    amount_minor, unit = amount_of(settlement)
    request = ask_for_approval(
        organisation=settlement.organisation,
        kind=APPROVAL_KIND,
        subject=settlement.subject,
        title=title_of(settlement),
        amount_minor=amount_minor,
        unit=unit,
        seen=what_is_seen(settlement, settlement.fingerprint),
        requested_by=user,
    )
    settlement.state = State.WAITING
    settlement.save(update_fields=["state"])
    return request


def _locked(settlement: Settlement) -> Settlement:
    found = Settlement.objects.select_for_update(of=("self",)).select_related("organisation")
    return found.get(pk=settlement.pk)


@transaction.atomic
def settle(*, settlement: Settlement, user: User | None = None) -> Settlement:
    """Posts an approved settlement; a final one closes its period and cuts the statements. Twice does nothing more.

    Raises ValidationError, and changes nothing, where meanwhile something else would be settled than was approved.
    """
    settlement = _locked(settlement)
    if settlement.state == State.SETTLED:
        return settlement
    organisation = settlement.organisation
    # Whoever publishes waits for us, or we for them: nothing is posted into a period that is being closed.
    list(Programme.objects.select_for_update().filter(organisation=organisation).order_by("pk"))
    settlement.position = current_position(organisation)
    payees = drafted(scope_of(settlement))
    if settlement.state != State.WAITING or fingerprint(payees) != settlement.fingerprint:
        raise ValidationError(
            _("What would be settled has changed since %(title)s was prepared. Prepare it again.")
            % {"title": title_of(settlement)},
            code="stale",
        )
    post_many(organisation=organisation, transfers=transfers_of(settlement, payees))
    write_credit_notes(settlement, _today(organisation))
    settlement.state, settlement.settled_at = State.SETTLED, timezone.now()
    settlement.save(update_fields=["state", "settled_at", "position"])
    if settlement.is_final:
        period = Period(settlement.period_from, settlement.period_to)
        _cut(organisation, period, settlement.position, settlement, user)
    audit.record(organisation=organisation, user=user, action="settlement.settle", subject=settlement.subject)
    return settlement


@transaction.atomic
def drop_settlement(*, settlement: Settlement, user: User | None = None) -> None:
    """Gives up a settlement that was not settled; nothing of it was posted."""
    settlement = _locked(settlement)
    if not settlement.is_open:
        raise ValidationError(_("%(title)s is not open any more.") % {"title": title_of(settlement)})
    withdraw_request(
        organisation=settlement.organisation, kind=APPROVAL_KIND, subject=settlement.subject, user=user
    )
    settlement.state = State.DROPPED
    settlement.save(update_fields=["state"])
    audit.record(
        organisation=settlement.organisation, user=user, action="settlement.drop", subject=settlement.subject
    )


@transaction.atomic
def cut_statements(
    *, organisation: Organisation, period: Period, user: User | None = None
) -> list[Statement]:
    """Closes a period without settling it: one statement for each account that stood or moved in it.

    Raises ValidationError where the period, or a later one, is closed already.
    """
    return _cut(organisation, period, current_position(organisation), None, user)


def _cut(
    organisation: Organisation,
    period: Period,
    position: int,
    settlement: Settlement | None,
    user: User | None,
) -> list[Statement]:
    close_period(organisation=organisation, through=period.ends, user=user)
    statements = Statement.objects.bulk_create(
        statements_over(organisation, period, position, settlement), batch_size=ROWS_A_BATCH
    )
    notices.tell_of_statements(organisation, period, statements)
    audit.record(
        organisation=organisation,
        user=user,
        action="statements.cut",
        subject=f"period:{period.ends.isoformat()}",
        statements=len(statements),
    )
    return statements
