"""Who may see which import: people at the brand who manage its channel. Another organisation's is a 404."""

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from headrace.base.access import for_roles, user_of
from headrace.base.models import Role
from headrace.partners.models import Partner
from headrace.sales.models import (
    Alias,
    Delivery,
    Doubt,
    Draft,
    Import,
    Product,
    Reject,
    Source,
    UnknownText,
)

for_channel_managers = for_roles(Role.CHANNEL_MANAGER)


def get_import(request: HttpRequest, pk: int) -> Import:
    """An import of the organisation of the person who asks."""
    imports = Import.objects.select_related(
        "source", "mapping", "started_by", "withdrawn_by", "file", "organisation"
    )
    return get_object_or_404(imports, organisation_id=user_of(request).organisation_id, pk=pk)


def get_delivery(request: HttpRequest, pk: int) -> Delivery:
    """Files that were handed over, whatever became of them."""
    delivered = Delivery.objects.select_related("organisation", "draft", "job")
    return get_object_or_404(delivered, organisation_id=user_of(request).organisation_id, pk=pk)


def get_unknown_text(request: HttpRequest, pk: int) -> UnknownText:
    """A text that nobody knew, whether it still waits or not."""
    texts = UnknownText.objects.select_related("organisation", "source")
    return get_object_or_404(texts, organisation_id=user_of(request).organisation_id, pk=pk)


def get_alias(request: HttpRequest, pk: int) -> Alias:
    """A decision, with whom and what it is about."""
    aliases = Alias.objects.select_related(
        "organisation", "source", "partner", "product", "customer", "person", "decided_by", "withdrawn_by"
    )
    return get_object_or_404(aliases, organisation_id=user_of(request).organisation_id, pk=pk)


def get_doubt(request: HttpRequest, pk: int) -> Doubt:
    """A doubt, whether it waits or was settled."""
    doubts = Doubt.objects.select_related("organisation", "earlier", "later")
    return get_object_or_404(doubts, organisation_id=user_of(request).organisation_id, pk=pk)


def get_reject(request: HttpRequest, pk: int, row: int) -> Reject:
    """The rejected row of an import, by its number in the file."""
    rejects = Reject.objects.wrong().select_related(
        "import_run__organisation", "import_run__mapping", "repair"
    )
    organisation = user_of(request).organisation_id
    return get_object_or_404(rejects, organisation_id=organisation, import_run_id=pk, row_number=row)


def get_draft(request: HttpRequest, pk: int) -> Draft:
    """A draft of the organisation of the person who asks, whatever became of it."""
    drafts = Draft.objects.select_related("file", "organisation", "run")
    return get_object_or_404(drafts, organisation_id=user_of(request).organisation_id, pk=pk)


def get_source(request: HttpRequest, pk: int) -> Source:
    """A source of the organisation of the person who asks."""
    sources = Source.objects.select_related("organisation")
    return get_object_or_404(sources, organisation_id=user_of(request).organisation_id, pk=pk)


def get_partner_and_product(request: HttpRequest, partner: int, product: int) -> tuple[Partner, Product]:
    """Both of the organisation of the person who asks."""
    organisation = user_of(request).organisation_id
    partners = Partner.objects.select_related("organisation")
    return (
        get_object_or_404(partners, organisation_id=organisation, pk=partner),
        get_object_or_404(Product, organisation_id=organisation, pk=product),
    )
