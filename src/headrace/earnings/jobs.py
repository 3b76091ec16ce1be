"""Jobs of earnings: what is worked out anew when something came in."""

from contextlib import suppress
from datetime import timedelta

from django.utils import timezone

from headrace.base import jobs
from headrace.base.models import Job
from headrace.earnings import actions
from headrace.earnings.scopes import may_be_narrowed
from headrace.programmes.budgets.guarding import OverBudgetError
from headrace.programmes.models import Programme

PROGRAMME_IS_LATE = "earnings.programme_is_late"
# What depends on everyone's sales is calculated whole; lines that follow one another share one calculation.
WHOLE_AFTER = timedelta(seconds=10)


def refresh_partners(job: Job) -> None:
    """Works out what some partners earn by their own sales at once; asks for the programmes that need everyone's.

    Where no partners are named, that is all of them.
    """
    partners = job.payload["partners"]
    narrow: list[Programme] = []
    whole: list[Programme] = []
    for programme in job.organisation.programmes.prefetch_related("versions").order_by("key"):
        versions = [version.parsed for version in programme.versions.all()]
        is_narrow = partners is not None and all(map(may_be_narrowed, versions))
        (narrow if is_narrow else whole).append(programme)
    if narrow:
        actions.refresh_for_partners(
            organisation=job.organisation,
            programmes=narrow,
            partners=partners,
            user=job.asked_by,
        )
    for programme in whole:
        jobs.ask_for(
            organisation=job.organisation,
            kind=PROGRAMME_IS_LATE,
            key=f"programme:{programme.pk}",
            payload={"programme": programme.pk},
            user=job.asked_by,
            wanted_at=timezone.now() + WHOLE_AFTER,
        )


def refresh_programme(job: Job) -> None:
    """Brings one programme up to now, for everyone."""
    snapshot = actions.take_snapshot(organisation=job.organisation)
    programme = job.organisation.programmes.get(pk=job.payload["programme"])
    # Trying again would not help: people were told, and publish when they have raised the limit.
    with suppress(OverBudgetError):
        actions.refresh_programme(programme=programme, snapshot=snapshot, user=job.asked_by)
