"""Who may see which export of the journal. Another organisation's is a 404."""

from __future__ import annotations

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from headrace.base.access import user_of
from headrace.base.models import Role
from headrace.books.models import JournalExport

BOOKKEEPERS = (Role.FINANCE, Role.CHANNEL_MANAGER)


def get_export(request: HttpRequest, number: int) -> JournalExport:
    return get_object_or_404(JournalExport, organisation_id=user_of(request).organisation_id, number=number)


def may_export(request: HttpRequest) -> bool:
    """Whether the journal is for the person who asks."""
    return user_of(request).has_role(*BOOKKEEPERS)
