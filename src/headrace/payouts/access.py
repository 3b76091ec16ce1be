"""Who may see which statement. Another's statement is a 404."""

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from headrace.base.access import user_of
from headrace.partners.models import Person
from headrace.payouts.models import Statement
from headrace.payouts.queries import statements_of_person

WITH_ALL = ("organisation", "partner", "person")


def get_own_statement(person: Person, pk: int) -> Statement:
    """A statement that the person of a partner may see."""
    return get_object_or_404(statements_of_person(person).select_related(*WITH_ALL), pk=pk)


def get_statement(request: HttpRequest, pk: int) -> Statement:
    """A statement of the organisation of the person who asks."""
    return get_object_or_404(
        Statement.objects.select_related(*WITH_ALL), pk=pk, organisation_id=user_of(request).organisation_id
    )
