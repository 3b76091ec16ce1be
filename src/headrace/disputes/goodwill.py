"""Goodwill: an amount given for a dispute though nothing was calculated wrongly; posted once others approved it."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from headrace.base import audit
from headrace.base.approvals.actions import ask_for_approval
from headrace.base.approvals.kinds import ApprovalKind
from headrace.base.models import ApprovalRequest, User
from headrace.disputes import letters
from headrace.disputes.access import WITH_ALL
from headrace.disputes.models import Dispute, DisputeEntry, Goodwill, State
from headrace.earnings.actions import closed_through, posting_day
from headrace.ledger.actions import post
from headrace.ledger.drafts import move
from headrace.ledger.models import AccountKey, Stage

ADJUSTMENT = "adjustment"
POSTED = "dispute_goodwill"


@transaction.atomic
def ask_for_goodwill(
    *, dispute: Dispute, user: User, amount_minor: int, unit: str, explanation: str
) -> Goodwill:
    """Asks others to approve an amount for the partner. Raises ValidationError for what can't be given."""
    dispute = Dispute.objects.select_for_update(of=("self",)).select_related(*WITH_ALL).get(pk=dispute.pk)
    if dispute.state == State.WITHDRAWN:
        raise ValidationError(_("The dispute is withdrawn. Open a new one."))
    if amount_minor <= 0 or not explanation.strip():
        raise ValidationError(_("Goodwill is an amount above nought, with an explanation."))
    if dispute.goodwills.filter(state=Goodwill.State.WAITING).exists():
        raise ValidationError(_("Goodwill for this dispute waits for approval already."))
    goodwill = Goodwill.objects.create(
        organisation=dispute.organisation,
        dispute=dispute,
        unit=unit,
        amount_minor=amount_minor,
        explanation=explanation.strip()[:500],
        asked_by=user,
    )
    _note(goodwill, DisputeEntry.Kind.GOODWILL_ASKED, user, is_internal=True)
    ask_for_approval(
        organisation=dispute.organisation,
        kind=ADJUSTMENT,
        subject=goodwill.subject,
        title=f"{dispute.number} · {dispute.partner.name}",
        amount_minor=amount_minor,
        unit=unit,
        seen=_seen(goodwill),
        requested_by=user,
    )
    return goodwill


def _seen(goodwill: Goodwill) -> dict[str, Any]:
    dispute = goodwill.dispute
    return {
        "figures": [
            {"label": "partner", "text": dispute.partner.name},
            {"label": "programme", "text": dispute.programme.key},
            {"label": "amount", "minor": goodwill.amount_minor, "unit": goodwill.unit},
            {"label": "explanation", "text": goodwill.explanation},
        ]
    }


def _goodwill_of(request: ApprovalRequest) -> Goodwill:
    found = Goodwill.objects.select_related(*(f"dispute__{name}" for name in WITH_ALL))
    return found.get(organisation=request.organisation_id, pk=int(request.subject.partition(":")[2]))


def _approved(request: ApprovalRequest) -> None:
    goodwill = _goodwill_of(request)
    decider = request.decisions.select_related("user").latest("pk").user
    _post(goodwill)
    entry = _end(goodwill, Goodwill.State.POSTED, DisputeEntry.Kind.GOODWILL_POSTED, decider)
    letters.tell_partner(entry)


def _post(goodwill: Goodwill) -> None:
    """From the programme's expense to what is accrued to whom the dispute is about."""
    dispute = goodwill.dispute
    programme = f"programme:{dispute.programme_id}"
    today = timezone.localdate()
    post(
        organisation=dispute.organisation,
        key=f"{dispute.subject}:goodwill:{goodwill.pk}",
        kind=POSTED,
        occurred_on=posting_day(today, today, closed_through(dispute.organisation)),
        entries=move(
            goodwill.amount_minor,
            debit=AccountKey("", goodwill.unit, Stage.EXPENSE, programme),
            credit=AccountKey(dispute.owner, goodwill.unit, Stage.ACCRUED, programme),
        ),
        details={"dispute": dispute.pk, "goodwill": goodwill.pk, "explanation": goodwill.explanation},
    )


def _refused(request: ApprovalRequest, reason: str) -> None:
    decider = request.decisions.select_related("user").latest("pk").user
    kind = DisputeEntry.Kind.GOODWILL_REFUSED
    _end(_goodwill_of(request), Goodwill.State.REFUSED, kind, decider, reason=reason, is_internal=True)


def _lapsed(request: ApprovalRequest) -> None:
    kind = DisputeEntry.Kind.GOODWILL_REFUSED
    _end(_goodwill_of(request), Goodwill.State.REFUSED, kind, None, is_internal=True)


def _end(
    goodwill: Goodwill,
    state: Goodwill.State,
    kind: DisputeEntry.Kind,
    user: User | None,
    *,
    reason: str = "",
    is_internal: bool = False,
) -> DisputeEntry:
    goodwill.state = state
    goodwill.save(update_fields=["state"])
    return _note(goodwill, kind, user, reason=reason, is_internal=is_internal)


def _note(
    goodwill: Goodwill,
    kind: DisputeEntry.Kind,
    user: User | None,
    *,
    reason: str = "",
    is_internal: bool = False,
) -> DisputeEntry:
    dispute = goodwill.dispute
    figures = {"goodwill": goodwill.pk, "minor": goodwill.amount_minor, "unit": goodwill.unit}
    audit.record(
        organisation=dispute.organisation,
        user=user,
        action=f"dispute.{kind}",
        subject=dispute.subject,
        **figures,
    )
    return DisputeEntry.objects.create(
        organisation=dispute.organisation,
        dispute=dispute,
        author=user,
        kind=kind,
        text=reason[:2000] or goodwill.explanation,
        is_internal=is_internal,
        details=figures,
    )


def _current(request: ApprovalRequest) -> dict[str, Any] | None:
    goodwill = _goodwill_of(request)
    if goodwill.state != Goodwill.State.WAITING or goodwill.dispute.state == State.WITHDRAWN:
        return None
    return _seen(goodwill)


def _address(request: ApprovalRequest) -> str:
    return reverse("console:dispute", args=[_goodwill_of(request).dispute_id])


KIND = ApprovalKind(
    code=ADJUSTMENT,
    label=gettext_lazy("Goodwill"),
    approved=_approved,
    refused=_refused,
    current=_current,
    lapsed=_lapsed,
    address=_address,
    labels={
        "partner": gettext_lazy("Partner"),
        "programme": gettext_lazy("Programme"),
        "amount": gettext_lazy("Amount"),
        "explanation": gettext_lazy("Explanation"),
    },
)
