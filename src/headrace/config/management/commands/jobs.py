"""`headrace jobs`: what waits to be done, and what was set aside."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from headrace.base import jobs
from headrace.base.commands import BAD_INPUT
from headrace.base.models import Job


class Command(BaseCommand):
    help = "Lists the jobs that wait or were set aside, each with its problem."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--again", type=int, metavar="JOB", help="give a job that was set aside another try"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["again"] is not None:
            job = Job.objects.filter(pk=options["again"]).exclude(set_aside_at=None).first()
            if job is None:
                raise CommandError(
                    _("No job %(job)s was set aside; `headrace jobs` lists those that were.")
                    % {"job": options["again"]},
                    returncode=BAD_INPUT,
                )
            jobs.try_again(job)
        for job in Job.objects.filter(done_at=None).order_by("pk"):
            self.stdout.write(f"{job.pk}\t{job.kind}\t{_state(job)}\t{job.problem}")


def _state(job: Job) -> str:
    if job.set_aside_at is not None:
        return _("set aside after %(attempts)s attempts") % {"attempts": job.attempts}
    return _("being done") if job.worker else _("waiting")
