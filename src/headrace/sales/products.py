"""Products as people name them: by code or by name."""

from __future__ import annotations

from headrace.sales.models import Product

# A list to choose from; beyond it the name is written in full.
LISTED_MAX = 2_000


def products_named(organisation_id: int, text: str) -> list[Product]:
    """The products whose code or name is the text, whatever the size of its letters: two at the most."""
    found = Product.objects.filter(organisation_id=organisation_id)
    return list(found.filter(code__iexact=text)[:2]) or list(found.filter(name__iexact=text)[:2])


def product_named(organisation_id: int, text: str) -> Product | None:
    """The product, where the text names one only."""
    named = products_named(organisation_id, text)
    return named[0] if len(named) == 1 else None


def product_names(organisation_id: int) -> list[str]:
    """The products to choose from, by name."""
    found = Product.objects.filter(organisation=organisation_id).order_by("name")
    return list(found.values_list("name", flat=True).distinct()[:LISTED_MAX])
