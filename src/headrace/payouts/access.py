"""Who may see which settlement, statement and credit note. Another's is a 404."""

from django.db.models import Q
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from headrace.base.access import for_roles, user_of
from headrace.base.models import Role
from headrace.partners.models import Person
from headrace.payouts.models import CreditNote, Settlement, SettlementPayee, Statement
from headrace.payouts.queries import statements_of_person

WITH_ALL = ("organisation", "partner", "person")

PREPARERS = (Role.CHANNEL_MANAGER, Role.FINANCE)
for_preparers = for_roles(*PREPARERS)


def may_prepare(request: HttpRequest) -> bool:
    """Whether whoever asks prepares settlements and notes how someone is taxed."""
    return user_of(request).has_role(*PREPARERS)


def get_own_statement(person: Person, pk: int) -> Statement:
    """A statement that the person of a partner may see."""
    return get_object_or_404(statements_of_person(person).select_related(*WITH_ALL), pk=pk)


def get_statement(request: HttpRequest, pk: int) -> Statement:
    """A statement of the organisation of the person who asks."""
    return get_object_or_404(
        Statement.objects.select_related(*WITH_ALL), pk=pk, organisation_id=user_of(request).organisation_id
    )


def get_settlement(request: HttpRequest, pk: int) -> Settlement:
    """A settlement of the organisation of the person who asks."""
    found = Settlement.objects.select_related("organisation", "prepared_by")
    return get_object_or_404(found, pk=pk, organisation_id=user_of(request).organisation_id)


def get_payee(request: HttpRequest, pk: int) -> SettlementPayee:
    """Who gets something by a settlement of the organisation of the person who asks."""
    found = SettlementPayee.objects.select_related("settlement", "credit_note", *WITH_ALL)
    return get_object_or_404(found, pk=pk, organisation_id=user_of(request).organisation_id)


def get_credit_note(request: HttpRequest, pk: int) -> CreditNote:
    """A credit note of the organisation of the person who asks."""
    return get_object_or_404(CreditNote, pk=pk, organisation_id=user_of(request).organisation_id)


def get_own_credit_note(person: Person, pk: int) -> CreditNote:
    """A credit note that the person of a partner may see: an owner all of the partner, anyone else their own."""
    own = Q(payee__person=person)
    if person.is_owner:
        own = Q(payee__partner=person.partner)
    return get_object_or_404(CreditNote.objects.filter(own), pk=pk)
