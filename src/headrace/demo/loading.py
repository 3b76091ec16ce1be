"""The stages of loading a brand. Each may be repeated, and picks up where an interrupted one stopped."""

from datetime import date, timedelta

from django.db.models import Max, Min
from django.utils.translation import gettext as _

from headrace.base.approvals.actions import decide
from headrace.base.files import chunks_of
from headrace.base.models import ApprovalDecision, ApprovalRequest, Organisation, User
from headrace.demo.brands import Brand
from headrace.demo.reporters import deliveries
from headrace.demo.timeline import quarter_start
from headrace.disputes.actions import Asked, open_dispute
from headrace.disputes.models import Dispute, Reason
from headrace.earnings.actions import closed_through, refresh_programme, take_snapshot
from headrace.earnings.models import Earning, Run
from headrace.earnings.queries import earnings_of_person, standing
from headrace.earnings.screens import line_shares
from headrace.kernel.period import Period
from headrace.partners.models import Person
from headrace.payouts.actions import (
    APPROVAL_KIND,
    open_settlement,
    prepare_settlement,
    request_settlement,
    set_settlement_terms,
)
from headrace.payouts.models import Settlement, SettlementTerms, Statement
from headrace.programmes.actions import launch_programme
from headrace.programmes.models import Programme
from headrace.sales.actions import Outcome, import_delivery, keep_mapping, receive_file
from headrace.sales.models import Result
from headrace.sales.queries import last_change

LEAST_PAYOUT_MINOR = 2_500


class FileRefusedError(Exception):
    """A file was refused; the text says which and why."""


def import_files(organisation: Organisation, brand: Brand, user: User) -> str:
    """Imports what was not imported yet, and tells what of the brand is there now."""
    outcomes: list[Outcome] = []
    for mapping, files in deliveries(brand, organisation):
        document = keep_mapping(organisation=organisation, text=mapping, user=user)
        received = [
            receive_file(organisation=organisation, name=path.name, chunks=chunks_of(path), user=user)
            for path in files
        ]
        outcomes += import_delivery(
            organisation=organisation, received=received, document=document, user=user
        )
    for outcome in outcomes:
        if outcome.result is Result.REFUSED:
            raise FileRefusedError(f"{outcome.name}: {outcome.message}")
    sales = [outcome.run for outcome in outcomes if outcome.run and outcome.run.kind == "sales"]
    return _("%(accepted)s lines accepted, %(rejected)s rejected, %(duplicates)s duplicates") % {
        "accepted": f"{sum(run.accepted for run in sales):,}",
        "rejected": f"{sum(run.rejected for run in sales):,}",
        "duplicates": f"{sum(run.duplicates for run in sales):,}",
    }


def launch_programmes(organisation: Organisation, brand: Brand, user: User) -> str:
    for text in brand.documents.values():
        launch_programme(organisation=organisation, document=text, user=user)
    return _("%(count)s in force") % {"count": len(brand.documents)}


def late_programmes(organisation: Organisation) -> list[Programme]:
    """The programmes without a published run on all that was imported."""
    known = last_change(organisation)
    done = Run.objects.filter(
        scope__isnull=True, published_at__isnull=False, snapshot__as_of__gte=known
    ).values("programme")
    return list(Programme.objects.filter(organisation=organisation).exclude(pk__in=done).order_by("key"))


def calculate(programme: Programme, user: User) -> str:
    """Calculates the programme on all that is known, and publishes."""
    snapshot = take_snapshot(organisation=programme.organisation)
    rows = refresh_programme(programme=programme, snapshot=snapshot, user=user)
    return _("%(title)s: %(count)s earnings published") % {
        "title": programme.title,
        "count": f"{len(rows):,}",
    }


def settle_past(organisation: Organisation, today: date, preparer: User, approver: User) -> str:
    """Settles the quarters that earned something and are over on that day; the last of them waits for approval."""
    if not SettlementTerms.objects.filter(organisation=organisation).exists():
        least = {organisation.currency: LEAST_PAYOUT_MINOR}
        set_settlement_terms(organisation=organisation, grace_days=0, minimums=least, user=preparer)
    quarters = [] if open_settlement(organisation) else _open_quarters(organisation, today)
    for quarter in quarters:
        settlement = prepare_settlement(organisation=organisation, period=quarter, user=preparer)
        request = request_settlement(settlement=settlement, user=preparer)
        if quarter != quarters[-1]:
            _approve(request, approver)
    statements = Statement.objects.filter(organisation=organisation)
    settled = Settlement.objects.filter(organisation=organisation, state=Settlement.State.SETTLED)
    return _("%(quarters)s quarters settled with %(count)s statements, one waits for approval") % {
        "count": f"{statements.count():,}",
        "quarters": settled.count(),
    }


def approve_open(organisation: Organisation, approver: User) -> None:
    """Approves the settlement that waits."""
    waiting = ApprovalRequest.objects.filter(
        organisation=organisation, kind=APPROVAL_KIND, state=ApprovalRequest.State.WAITING
    )
    _approve(waiting.get(), approver)


def _approve(request: ApprovalRequest, approver: User) -> None:
    decide(
        request=request,
        user=approver,
        decision=ApprovalDecision.Choice.APPROVE,
        seen_hash=request.seen_hash,
    )


def question_an_earning(organisation: Organisation, person: Person) -> str:
    """One open dispute of the partner, about the line that brought most in its newest earning, and its answer due."""
    if not Dispute.objects.filter(partner=person.partner).exists():
        earning = standing(earnings_of_person(person)).select_related("organisation", "run__snapshot").first()
        share = next(iter(line_shares(earning)), None) if earning else None
        if earning and share:
            asked = Asked(Reason.WRONG_AMOUNT, share.line, questioned_minor=max(0, share.share_minor))
            words = _("The invoice says another quantity. Please look at it.")
            open_dispute(
                person=person, programme=earning.programme, earning=earning, words=words, asked=[asked]
            )
    return _("%(count)s open") % {"count": Dispute.objects.filter(organisation=organisation).count()}


def _open_quarters(organisation: Organisation, today: date) -> list[Period]:
    """Past quarters that aren't closed, from the first with earnings to the last."""
    earned = Earning.objects.filter(organisation=organisation).aggregate(
        first=Min("period_from"), last=Max("period_to")
    )
    closed = closed_through(organisation)
    start = quarter_start(closed + timedelta(days=1) if closed else earned["first"])
    quarters = []
    while (following := quarter_start(start, 1)) <= min(quarter_start(earned["last"], 1), today):
        quarters.append(Period(start, following - timedelta(days=1)))
        start = following
    return quarters
