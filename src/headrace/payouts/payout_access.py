"""Who may see which payout, bank account and answer. Another's is a 404."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from headrace.base.access import user_of
from headrace.partners.models import Person
from headrace.payouts.models import BankAccount, BankAnswer, BankAnswerEntry, Payout, PayoutBatch


def get_batch(request: HttpRequest, pk: int) -> PayoutBatch:
    """A batch of the organisation of the person who asks."""
    rows = PayoutBatch.objects.select_related(
        "organisation", "paying_account", "prepared_by", "handed_over_by"
    )
    return get_object_or_404(rows, organisation_id=user_of(request).organisation_id, pk=pk)


def get_batch_with_file(request: HttpRequest, pk: int) -> PayoutBatch:
    """One whose file was made."""
    rows = PayoutBatch.objects.exclude(file_sha256="")
    return get_object_or_404(rows, organisation_id=user_of(request).organisation_id, pk=pk)


def get_bank_account(request: HttpRequest, pk: int) -> BankAccount:
    """An account of a partner or a person of the organisation, whatever became of it."""
    rows = BankAccount.objects.select_related("organisation", "partner", "person", "entered_by", "decision")
    return get_object_or_404(rows, organisation_id=user_of(request).organisation_id, pk=pk)


def get_answer(request: HttpRequest, pk: int) -> BankAnswer:
    rows = BankAnswer.objects.select_related("received_by")
    return get_object_or_404(rows, organisation_id=user_of(request).organisation_id, pk=pk)


def get_unclear_entry(request: HttpRequest, pk: int) -> BankAnswerEntry:
    """One that waits for somebody to look at it."""
    rows = BankAnswerEntry.objects.select_related("organisation", "answer")
    return get_object_or_404(
        rows,
        organisation_id=user_of(request).organisation_id,
        outcome=BankAnswerEntry.Outcome.UNCLEAR,
        looked_at=None,
        pk=pk,
    )


def payouts_of_person(person: Person) -> QuerySet[Payout]:
    """What a person of a partner may see of what was handed over: an owner the partner's too, others their own."""
    own = Q(person=person)
    if person.is_owner:
        own |= Q(partner=person.partner, person=None)
    return Payout.objects.filter(own).exclude(state__in=[Payout.State.HELD, Payout.State.VOID])
