"""Telling the rooms above that what partners earn may have changed: a job, in the same transaction."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import QuerySet

from headrace.base import jobs
from headrace.base.models import Organisation, User
from headrace.partners.upsert import chunks
from headrace.sales.models import SalesLine

LINES_ARRIVED = "sales.lines_arrived"
# Of more partners, or more lines, everything is worked out once.
PARTNERS_MAX = 50
LINES_MAX = 5_000


def tell_lines(*, organisation: Organisation, lines: QuerySet[SalesLine], user: User | None = None) -> None:
    """Asks that what these lines earn is worked out anew: also for who sold what they take back or correct."""
    said = lines.order_by().values_list("partner", "returns", "supersedes")[: LINES_MAX + 1]
    found = list(said)
    if len(found) > LINES_MAX:
        tell_everyone(organisation=organisation, user=user)
        return
    partners = {partner for partner, *_ in found}
    for chunk in chunks({name for _, *named in found for name in named if name}):
        others = SalesLine.objects.filter(organisation=organisation, external_id__in=chunk)
        partners.update(others.values_list("partner", flat=True))
    tell_arrival(organisation=organisation, partners=partners, user=user)


def tell_arrival(*, organisation: Organisation, partners: Collection[int], user: User | None = None) -> None:
    """Asks that what these partners (keys) earn is worked out anew; those already waiting for it aren't asked twice."""
    if len(partners) > PARTNERS_MAX:
        tell_everyone(organisation=organisation, user=user)
        return
    for partner in sorted(partners):
        jobs.ask_for(
            organisation=organisation,
            kind=LINES_ARRIVED,
            key=f"partner:{partner}",
            payload={"partners": [partner]},
            user=user,
        )


def tell_everyone(*, organisation: Organisation, user: User | None = None) -> None:
    """Asks that everything is worked out anew, once."""
    jobs.ask_for(
        organisation=organisation,
        kind=LINES_ARRIVED,
        key="everyone",
        payload={"partners": None},
        user=user,
    )
