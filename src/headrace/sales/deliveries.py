"""Verbs of deliveries: hand files over, take them in as a job. Large ones run beside the web server."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from headrace.base import files, jobs
from headrace.base.jobs import Handler
from headrace.base.models import Job, Organisation, User
from headrace.sales import actions, mapping
from headrace.sales.actions import Outcome
from headrace.sales.entries import find_entry
from headrace.sales.models import DeliveredFile, Delivery, Draft, MappingDocument, Result, SalesFile
from headrace.sales.reasons import FileRefused, tell_refusal
from headrace.sales.tables import estimated_rows

FILES_DELIVERED = "sales.files_delivered"
# Some thousand rows: they are in before a page that says "please wait" would be read.
AT_ONCE_BYTES_MAX = 256 << 10
NOTED_EVERY_SECONDS = 0.5
# From then on a person is told that nobody seems to do it.
SILENCE = timedelta(minutes=1)


def deliver(
    *,
    organisation: Organisation,
    received: Sequence[SalesFile],
    document: MappingDocument,
    draft: Draft | None = None,
    user: User | None = None,
) -> Delivery:
    """Asks that files are imported; small ones are, before this returns. The same file twice is taken once."""
    with transaction.atomic():
        job = jobs.ask_for(organisation=organisation, kind=FILES_DELIVERED, user=user)
        delivery = Delivery.objects.create(
            organisation=organisation, mapping=document, draft=draft, job=job, asked_by=user
        )
        DeliveredFile.objects.bulk_create(
            DeliveredFile(organisation=organisation, delivery=delivery, file=file, file_name=file.name)
            for file in actions.in_order(dict.fromkeys(received), document)
        )
        at_once = sum(file.size_bytes for file in received) <= AT_ONCE_BYTES_MAX
        if at_once:
            jobs.hold(job)
    if at_once:
        jobs.perform(job, {FILES_DELIVERED: HANDLER})
        delivery.refresh_from_db()
    return delivery


def take_delivery(job: Job) -> None:
    """Imports the files of a delivery that were not yet: each in a transaction with the note that it was."""
    delivery = Delivery.objects.select_related("organisation", "mapping", "draft", "asked_by").get(job=job)
    delivered = list(delivery.files.select_related("file").order_by("pk"))
    progress = _Progress(job, delivery, delivered)
    for one in delivered:
        if not one.result:
            # It may have been sent by another name since.
            one.file.name = one.file_name
            _import(delivery, one, progress)
        progress.before += progress.rows[one.pk]
    Delivery.objects.filter(pk=delivery.pk).update(finished_at=timezone.now())


HANDLER = Handler(take_delivery, whole=False)


def _import(delivery: Delivery, one: DeliveredFile, progress: _Progress) -> None:
    def settle(outcome: Outcome) -> None:
        # Raises where another worker has the job by now: what this one wrote is not kept.
        progress.note(progress.rows[one.pk])
        one.result, one.run = outcome.result, outcome.run
        one.skipped = outcome.message if outcome.result == Result.SKIPPED else ""
        one.save(update_fields=["result", "run", "skipped"])
        if delivery.draft and outcome.result in (Result.IMPORTED, Result.ALREADY_IMPORTED):
            delivery.draft.close(Draft.State.IMPORTED, outcome.run)

    actions.import_file(
        organisation=delivery.organisation,
        file=one.file,
        document=delivery.mapping,
        user=delivery.asked_by,
        note=progress.note_sometimes,
        settle=settle,
    )


class _Progress:
    """How many rows of all files were read, of about how many; told to the job now and then."""

    def __init__(self, job: Job, delivery: Delivery, delivered: list[DeliveredFile]) -> None:
        self.job = job
        self.rows = {one.pk: _estimated(delivery, one) for one in delivered}
        self.of = sum(self.rows.values())
        self.before = 0
        self.noted_at = 0.0

    def note_sometimes(self, read: int) -> None:
        if time.monotonic() - self.noted_at >= NOTED_EVERY_SECONDS:
            self.note(read)

    def note(self, read: int) -> None:
        jobs.note_progress(self.job, min(self.before + read, self.of), self.of)
        self.noted_at = time.monotonic()


def _estimated(delivery: Delivery, one: DeliveredFile) -> int:
    try:
        entry = find_entry(mapping.load(delivery.mapping.text), one.file)
        return estimated_rows(files.path_of(one.file.sha256), entry.format)
    except FileRefused:
        return 0


def outcomes(delivery: Delivery) -> Iterator[Outcome]:
    """What became of the files of a delivery, in words of whoever looks at it."""
    for one in delivery.files.exclude(result="").select_related("run").order_by("pk"):
        message = one.skipped
        if one.run and one.run.problem:
            message = tell_refusal(one.run.problem)
        elif one.result == Result.ALREADY_IMPORTED and one.run:
            message = actions.told_before(one.run)
        yield Outcome(one.file_name, Result(one.result), one.run, message)


def is_silent(delivery: Delivery) -> bool:
    """Whether nobody has taken the job up for a while, or whoever did tells nothing any more."""
    job = delivery.job
    if job.worker and job.lease_until:
        return bool(job.lease_until - jobs.LEASE < timezone.now() - SILENCE)
    return bool(job.wanted_at < timezone.now() - SILENCE)


def try_again(delivery: Delivery) -> None:
    """Gives the job to whoever comes, after it was set aside or its worker fell silent; nothing is taken in twice."""
    if delivery.job.set_aside_at or is_silent(delivery):
        jobs.try_again(delivery.job)
