"""What both doors show of a claim."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils.http import content_disposition_header

from headrace.base import files, formats
from headrace.claims import checks
from headrace.claims.models import ClaimProof, SaleClaim
from headrace.programmes.models import Programme
from headrace.sales.models import Product

# A list to choose from; beyond it the name is written in full.
PRODUCTS_LISTED = 2_000


def claim_context(claim: SaleClaim) -> dict[str, Any]:
    """A claim with its proofs, what was checked of it and what it would bring.

    Of one that waits, against what is known now; of one that was decided, as it was seen then.
    """
    seen = [one.as_json() for one in checks.check(claim)] if claim.is_waiting else claim.checks
    told = [(check["holds"], checks.tell(check)) for check in seen]
    return {
        "claim": claim,
        "proofs": list(claim.proofs.order_by("pk")),
        "checks": sorted(told, key=lambda one: (one[0] is not False, one[0] is None)),
        "expected": _expected(claim),
    }


def _expected(claim: SaleClaim) -> list[tuple[str, str]] | None:
    """What each programme would pay, or None where that was not worked out yet."""
    if claim.expected is None:
        return None
    programmes = Programme.objects.prefetch_related("versions").in_bulk(
        [one["programme"] for one in claim.expected]
    )
    return [
        (programmes[one["programme"]].title, formats.money(one["minor"], one["unit"]))
        for one in claim.expected
    ]


def product_names(organisation_id: int) -> list[str]:
    """The products to choose from, by name."""
    found = Product.objects.filter(organisation=organisation_id).order_by("name")
    return list(found.values_list("name", flat=True).distinct()[:PRODUCTS_LISTED])


def proof_response(proof: ClaimProof) -> HttpResponse:
    """The bytes of a proof, as the kind that their content is: nothing in them runs."""
    response = HttpResponse(files.path_of(proof.sha256).read_bytes(), content_type=proof.media_type)
    response["Content-Disposition"] = content_disposition_header(False, proof.name or "proof") or "inline"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, max-age=3600"
    return response
