"""Jobs of claims."""

from headrace.base.models import Job
from headrace.claims import actions
from headrace.claims.models import SaleClaim


def expect_earnings(job: Job) -> None:
    """Works out what a new claim would bring."""
    claims = SaleClaim.objects.select_related("organisation", "partner", "person", "product")
    actions.expect_earnings(claim=claims.get(pk=job.payload["claim"]))
