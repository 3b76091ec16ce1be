"""Telling the rooms above that sales lines came in, without knowing them: a job, in the same transaction."""

from __future__ import annotations

from collections.abc import Collection

from headrace.base import jobs
from headrace.base.models import Organisation, User

LINES_ARRIVED = "sales.lines_arrived"


def tell_arrival(*, organisation: Organisation, partners: Collection[int], user: User | None = None) -> None:
    """Asks that what these partners (keys) earn is worked out anew; those already waiting for it aren't asked twice."""
    for partner in sorted(partners):
        jobs.ask_for(
            organisation=organisation,
            kind=LINES_ARRIVED,
            key=f"partner:{partner}",
            payload={"partners": [partner]},
            user=user,
        )
