"""Who may see which account. Another organisation's is a 404."""

from __future__ import annotations

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from headrace.base.access import user_of
from headrace.ledger.models import Account


def get_account(request: HttpRequest, pk: int) -> Account:
    """An account of the organisation of the person who asks."""
    return get_object_or_404(Account, pk=pk, organisation_id=user_of(request).organisation_id)
