"""What both doors show of a claim."""

from __future__ import annotations

from typing import Any

from headrace.base import formats
from headrace.claims import checks
from headrace.claims.models import SaleClaim
from headrace.programmes.models import Programme


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
