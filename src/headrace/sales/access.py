"""Who may see which import: people at the brand who manage its channel. Another organisation's is a 404."""

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from headrace.base.access import for_roles, user_of
from headrace.base.models import Role
from headrace.sales.models import Draft, Import

for_channel_managers = for_roles(Role.CHANNEL_MANAGER)


def get_import(request: HttpRequest, pk: int) -> Import:
    """An import of the organisation of the person who asks."""
    imports = Import.objects.select_related("source", "mapping", "started_by", "file")
    return get_object_or_404(imports, organisation_id=user_of(request).organisation_id, pk=pk)


def get_draft(request: HttpRequest, pk: int) -> Draft:
    """A draft of the organisation of the person who asks, whatever became of it."""
    drafts = Draft.objects.select_related("file", "organisation", "run")
    return get_object_or_404(drafts, organisation_id=user_of(request).organisation_id, pk=pk)
