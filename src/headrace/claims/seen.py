"""A claim as those see it who have to approve it beside the one that decides in the inbox of claims."""

from __future__ import annotations

from typing import Any

from headrace.base import formats
from headrace.claims.models import SaleClaim

CLAIM = "claim"
E4_DIGITS = 4


def subject_of(claim: SaleClaim) -> str:
    return f"claim:{claim.pk}"


def as_asked(claim: SaleClaim) -> dict[str, Any]:
    """What rules go by: the net amount in minor units, a fraction of one counted as a whole."""
    shift = E4_DIGITS - formats.unit_digits(claim.currency)
    return {"amount_minor": -(-claim.net_amount_e4 // 10**shift), "unit": claim.currency}


def seen_of(claim: SaleClaim) -> dict[str, Any]:
    """The facts of the claim and what of it is in doubt; the hashes of the proofs are compared too."""
    figures: list[dict[str, Any]] = [
        {"label": "product", "text": claim.product.name if claim.product else claim.product_text},
        {"label": "partner", "text": claim.partner.name},
        {"label": "person", "text": claim.person.name},
        {"label": "sold_on", "on": claim.sold_on.isoformat()},
        {"label": "quantity", "text": str(claim.quantity.normalize())},
        {"label": "net_amount", "e4": claim.net_amount_e4, "unit": claim.currency},
        {"label": "invoice_number", "text": claim.invoice_number},
        {"label": "doubts", "number": claim.doubts},
    ]
    return {
        "figures": figures,
        "product": claim.product_id,
        "checks": [[check["check"], check["holds"]] for check in claim.checks],
        "proofs": sorted(claim.proofs.values_list("sha256", flat=True)),
    }
