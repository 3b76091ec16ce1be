"""What is done to each ledger once a day."""

from headrace.base.models import Job
from headrace.ledger.blocks import seal_blocks
from headrace.ledger.lots import expire_lots

EXPIRE_AND_SEAL = "ledger.expire_and_seal"


def expire_and_seal(job: Job) -> None:
    """Takes back what expired, then seals all that stands.

    Each step commits by itself, and doing it again changes nothing.
    """
    expire_lots(organisation=job.organisation, on=job.organisation.today)
    seal_blocks(job.organisation)
