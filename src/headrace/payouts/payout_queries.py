"""Reads of payouts, shaped for screens."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, QuerySet, Sum

from headrace.base.approvals.queries import requests_of
from headrace.base.models import ApprovalRequest, Organisation
from headrace.payouts.methods import PaymentMethod
from headrace.payouts.models import BankAnswerEntry, Payout, PayoutBatch
from headrace.payouts.payable import Payable


@dataclass(frozen=True, slots=True)
class Ready:
    """What can be prepared together: one unit by one method."""

    unit: str
    method: PaymentMethod
    count: int
    total_minor: int


def ready_together(rows: Iterable[Payable]) -> list[Ready]:
    """By unit and method, what nothing stands in the way of."""
    found: dict[tuple[str, str], list[Payable]] = {}
    for row in rows:
        if row.method is not None and not row.blocked:
            found.setdefault((row.unit, row.method.code), []).append(row)
    return [
        Ready(unit, some[0].method, len(some), sum(row.amount_minor for row in some))
        for (unit, _code), some in sorted(found.items())
        if some[0].method is not None
    ]


def batches_of(organisation: Organisation) -> QuerySet[PayoutBatch]:
    return PayoutBatch.objects.filter(organisation=organisation).order_by("-pk")


def states_of(batch: PayoutBatch) -> list[tuple[str, str, int, int]]:
    """State, its label, how many payouts and how much, in the order of their way."""
    rows = batch.payouts.values("state").annotate(count=Count("pk"), total=Sum("amount_minor"))
    found = {row["state"]: (row["count"], row["total"]) for row in rows}
    return [(state.value, str(state.label), *found[state]) for state in Payout.State if state in found]


def request_for(organisation: Organisation, subject: str) -> ApprovalRequest | None:
    """The newest request for the approval of a batch or an account."""
    return requests_of(organisation.pk).filter(subject=subject).order_by("-pk").first()


def entries_to_look_at(organisation: Organisation) -> QuerySet[BankAnswerEntry]:
    rows = BankAnswerEntry.objects.filter(
        organisation=organisation, outcome=BankAnswerEntry.Outcome.UNCLEAR, looked_at=None
    )
    return rows.select_related("answer", "payout__partner", "payout__person").order_by("-pk")
