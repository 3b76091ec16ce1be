"""Who may see which earning. Another's earning is a 404."""

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from headrace.base.access import user_of
from headrace.earnings.models import Earning
from headrace.earnings.queries import earnings_of_person
from headrace.partners.models import Person

WITH_ALL = ("programme", "version", "partner", "person", "run__snapshot", "organisation")


def get_own_earning(person: Person, pk: int) -> Earning:
    """An earning that the person of a partner may see."""
    return get_object_or_404(earnings_of_person(person).select_related(*WITH_ALL), pk=pk)


def get_earning(request: HttpRequest, pk: int) -> Earning:
    """An earning of the organisation of the person who asks."""
    return get_object_or_404(
        Earning.objects.select_related(*WITH_ALL), pk=pk, organisation_id=user_of(request).organisation_id
    )
