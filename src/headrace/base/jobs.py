"""Work that is done later: asked for in the transaction of a change, claimed by a worker, done once.

A job can't run before the change that asks for it is committed, nor be lost after. A worker claims it by
compare-and-set for the time of a lease; a job that fails is tried again after a while, and set aside after too
many attempts, so that it never stops the others. What a job changes and that it is done are one transaction.
"""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Event
from typing import Any
from zoneinfo import ZoneInfo

from django.db import IntegrityError, OperationalError, connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from headrace.base.models import Job, Organisation, User

ATTEMPTS_MAX = 5
LEASE = timedelta(minutes=5)
BACK_OFF = timedelta(seconds=5)  # doubled with each attempt
POLL_SECONDS = 0.2
DAY_LOOKED_AT = timedelta(minutes=5)  # how often a worker looks whether another day has begun somewhere

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Handler:
    """What does the jobs of one kind.

    Where it is `whole` it runs in one transaction with the note that the job is done. A long one is not: it
    commits its own steps, may be interrupted after each, and when it runs again finds what it did before.
    """

    run: Callable[[Job], None]
    whole: bool = True


Handlers = Mapping[str, Handler]


class LeaseLostError(Exception):
    """Another worker has the job now: what this one did is not kept."""


def ask_for(
    *,
    organisation: Organisation,
    kind: str,
    payload: Mapping[str, Any] | None = None,
    key: str = "",
    user: User | None = None,
    wanted_at: datetime | None = None,
) -> Job:
    """Asks for a job. Where one of the same kind and `key` waits already, that one does: it is not begun yet.

    Gives the job; only one without a key is sure to be the one that is done.
    """
    job = Job(
        organisation=organisation,
        kind=kind,
        key=key,
        payload=dict(payload or {}),
        asked_by=user,
        wanted_at=wanted_at or timezone.now(),
    )
    Job.objects.bulk_create([job], ignore_conflicts=bool(key))
    return job


def ask_daily(kinds: Collection[str], now: datetime) -> int:
    """Asks for one job of each kind for each organisation and day of its own time zone. Gives how many are new.

    Two workers that ask at the same moment may ask for one twice: what it does, it must do once by its own keys.
    """
    if not kinds:
        return 0
    days = {
        organisation: f"day:{now.astimezone(ZoneInfo(organisation.time_zone)).date()}"
        for organisation in Organisation.objects.order_by("pk")
    }
    asked = set(
        Job.objects.filter(kind__in=kinds, key__in=set(days.values())).values_list(
            "organisation", "kind", "key"
        )
    )
    wanted = [
        (organisation, kind, key)
        for organisation, key in days.items()
        for kind in kinds
        if (organisation.pk, kind, key) not in asked
    ]
    for organisation, kind, key in wanted:
        ask_for(organisation=organisation, kind=kind, key=key)
    return len(wanted)


def to_do(now: datetime) -> QuerySet[Job]:
    """The jobs that may be claimed, the longest waiting first."""
    is_free = Q(worker="") | Q(lease_until__lt=now)
    return Job.objects.filter(is_free, done_at=None, set_aside_at=None, wanted_at__lte=now).order_by(
        "wanted_at", "pk"
    )


def claim(worker: str, now: datetime) -> Job | None:
    """The next job, held for the time of a lease; None where nothing is to be done."""
    # A look first: on SQLite a transaction takes the only write lock.
    if not to_do(now).exists():
        return None
    with transaction.atomic():
        job = to_do(now).select_for_update(skip_locked=True).first()
        if job is None:
            return None
        if job.attempts >= ATTEMPTS_MAX:
            # Each worker that had it died: it may be what kills them.
            _set_aside(job, now, "Each worker that had it stopped before it was done.")
            return None
        _hold(job, worker, now)
    return job


def hold(job: Job) -> None:
    """Claims a job that is asked for in this very transaction, so that no worker does: it is performed right after."""
    _hold(job, worker_name(), timezone.now())


def _hold(job: Job, worker: str, now: datetime) -> None:
    job.worker, job.lease_until, job.attempts = worker, now + LEASE, job.attempts + 1
    job.save(update_fields=["worker", "lease_until", "attempts"])


def note_progress(job: Job, done: int, of: int) -> None:
    """Tells how far a long job is, and keeps it for the time of another lease. Raises LeaseLostError."""
    job.progress, job.lease_until = {"done": done, "of": of}, timezone.now() + LEASE
    if not _mine(job).update(progress=job.progress, lease_until=job.lease_until):
        raise LeaseLostError(str(job))


def perform(job: Job, handlers: Handlers) -> bool:
    """Does a claimed job. Gives False where it failed: it waits for another attempt, or is set aside."""
    try:
        handler = handlers[job.kind]
        if handler.whole:
            with transaction.atomic():
                handler.run(job)
                _finish(job)
        else:
            handler.run(job)
            _finish(job)
    except LeaseLostError:
        logger.warning("Job %s took longer than its lease; another worker has it.", job)
        return False
    except Exception as error:
        logger.exception("Job %s failed, attempt %s.", job, job.attempts)
        _release(job, timezone.now(), f"{type(error).__name__}: {error}")
        return False
    return True


def _mine(job: Job) -> QuerySet[Job]:
    return Job.objects.filter(pk=job.pk, worker=job.worker, attempts=job.attempts, done_at=None)


def _finish(job: Job) -> None:
    if not _mine(job).update(done_at=timezone.now(), lease_until=None, problem=""):
        raise LeaseLostError(str(job))


def _release(job: Job, now: datetime, problem: str) -> None:
    if job.attempts >= ATTEMPTS_MAX:
        _set_aside(job, now, problem)
        return
    again_at = now + BACK_OFF * 2 ** (job.attempts - 1)
    try:
        with transaction.atomic():
            _mine(job).update(worker="", lease_until=None, wanted_at=again_at, problem=problem)
    except IntegrityError:
        # Another one with its key has been asked for meanwhile, and will do the same.
        _mine(job).update(done_at=now, lease_until=None, problem=problem)


def _set_aside(job: Job, now: datetime, problem: str) -> None:
    Job.objects.filter(pk=job.pk, done_at=None).update(set_aside_at=now, lease_until=None, problem=problem)
    logger.error("Job %s is set aside after %s attempts: %s", job, job.attempts, problem)


def try_again(job: Job) -> None:
    """Gives a job that was set aside, or whose worker is thought dead, all its attempts anew.

    A worker that lives in spite of it loses its lease.
    """
    Job.objects.filter(pk=job.pk, done_at=None).update(
        set_aside_at=None, worker="", lease_until=None, attempts=0, wanted_at=timezone.now()
    )


def forget_set_aside(*, organisation: Organisation, kind: str) -> None:
    """Closes the jobs of a kind that were set aside: what they were for is done otherwise."""
    stopped = Job.objects.filter(organisation=organisation, kind=kind, done_at=None)
    stopped.exclude(set_aside_at=None).update(done_at=timezone.now())


def worker_name() -> str:
    return f"{socket.gethostname()[:60]}:{os.getpid()}"


def work(handlers: Handlers, *, stop: Event, until_empty: bool = False, daily: Collection[str] = ()) -> int:
    """Does jobs until it is told to stop, or until none is left. Gives how many it tried.

    Jobs of the kinds in `daily` it asks for itself, once for each organisation and day.
    """
    worker, tried = worker_name(), 0
    look_at = timezone.now()
    while not stop.is_set():
        try:
            if (now := timezone.now()) >= look_at:
                ask_daily(daily, now)
                look_at = now + DAY_LOOKED_AT
            job = claim(worker, timezone.now())
        except OperationalError:
            logger.exception("The database can't be reached; it is asked again soon.")
            connection.close()
            stop.wait(BACK_OFF.total_seconds())
            continue
        if job is not None:
            perform(job, handlers)
            tried += 1
        elif until_empty:
            break
        else:
            stop.wait(POLL_SECONDS)
    return tried
