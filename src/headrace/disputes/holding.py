"""What is in question, held apart in the ledger: it is not settled with the rest until there is a decision.

The ledger alone says what is held: a settlement that reads what is accrued or approved needs to know of no dispute.
"""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet, Sum

from headrace.disputes.models import Dispute
from headrace.earnings.actions import closed_through, posting_day
from headrace.earnings.models import Earning
from headrace.ledger import holds
from headrace.ledger.models import Account, AccountKey, Entry, Hold, Stage
from headrace.programmes.models import Programme

HELD, RELEASED = "dispute_held", "dispute_released"
# What is payable already is on its way; a difference is settled with what follows.
STAGES = (Stage.ACCRUED, Stage.APPROVED)


def hold_questioned(dispute: Dispute) -> int:
    """Holds what is in question, as far as it is not payable yet; gives how much. Within the caller's transaction."""
    earning = dispute.earning
    wanted = int(dispute.items.aggregate(total=Sum("questioned_minor", default=0))["total"])
    if earning is None or wanted == 0:
        return 0
    _lock(earning)
    left = wanted
    for stage in STAGES:
        part = min(left, _available(earning, stage))
        if part > 0:
            account = AccountKey(earning.owner, earning.unit, stage, f"programme:{earning.programme_id}")
            holds.hold(
                organisation=dispute.organisation,
                key=f"{_prefix(dispute)}{dispute.round}:{stage}",
                kind=HELD,
                occurred_on=_open_day(dispute),
                parts={account: part},
                details={"dispute": dispute.pk, "earning": earning.pk},
            )
            left -= part
    return wanted - left


def release(dispute: Dispute) -> None:
    """Gives back what is held; once it was, nothing happens."""
    if standing := list(_standing(dispute).select_related("organisation", "transfer")):
        holds.void_holds(
            standing, kind=RELEASED, occurred_on=_open_day(dispute), details={"dispute": dispute.pk}
        )


def held_minor(dispute: Dispute) -> int:
    """What is held for it now, in minor units of its earning."""
    return int(_standing(dispute).aggregate(total=Sum("amount_minor", default=0))["total"])


def _standing(dispute: Dispute) -> QuerySet[Hold]:
    return Hold.objects.filter(
        organisation=dispute.organisation_id, transfer__key__startswith=_prefix(dispute), end=None
    )


def _prefix(dispute: Dispute) -> str:
    return f"{dispute.subject}:"


def _open_day(dispute: Dispute) -> date:
    """The day the earning was posted on, so that the settlement of that day counts the hold; never a closed one."""
    assert dispute.earning is not None
    day = dispute.earning.occurred_on
    return posting_day(day, day, closed_through(dispute.organisation))


def _lock(earning: Earning) -> None:
    """First the programme, as whoever settles or publishes does: none of them moves what is looked at here.

    Then the accounts, as `ledger.holds` does and in its order: nobody else holds it.
    """
    list(Programme.objects.select_for_update().filter(pk=earning.programme_id))
    rows = Account.objects.filter(
        organisation=earning.organisation_id, owner=earning.owner, unit=earning.unit
    )
    list(rows.filter(stage__in=STAGES).select_for_update(no_key=True).order_by("id").values("id"))


def _available(earning: Earning, stage: Stage) -> int:
    """What stands there of the programme, unless debts in others take part of it."""
    entries = Entry.objects.filter(
        organisation=earning.organisation_id,
        account__owner=earning.owner,
        account__unit=earning.unit,
        account__stage=stage,
    )
    of_all = entries.aggregate(total=Sum("amount_minor", default=0))["total"]
    of_programme = entries.filter(account__programme=f"programme:{earning.programme_id}").aggregate(
        total=Sum("amount_minor", default=0)
    )["total"]
    return max(0, min(-int(of_all), -int(of_programme)))
