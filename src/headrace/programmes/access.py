"""Who may see which programme."""

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from headrace.base.access import user_of
from headrace.programmes.models import Budget, Programme


def get_programme(request: HttpRequest, key: str) -> Programme:
    """A programme of the organisation of the person who asks: every partner may read its terms."""
    return get_object_or_404(Programme, organisation_id=user_of(request).organisation_id, key=key)


def get_budget(request: HttpRequest, pk: int) -> Budget:
    """A budget of the organisation of the person who asks."""
    found = Budget.objects.select_related("programme", "organisation").prefetch_related("programme__versions")
    return get_object_or_404(found, organisation_id=user_of(request).organisation_id, pk=pk)
