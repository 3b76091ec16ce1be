"""`headrace publish`: calculates every programme on all that is known, and posts what differs."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import ngettext

from headrace.base.commands import BAD_INPUT, add_organisation, organisation_of
from headrace.earnings.actions import refresh_programme, take_snapshot
from headrace.engine.run import BACKENDS


class Command(BaseCommand):
    help = "Calculates every programme on all that is known and publishes what differs from what stands."

    def add_arguments(self, parser: CommandParser) -> None:
        add_organisation(parser)
        parser.add_argument(
            "--backend",
            choices=BACKENDS,
            help="what to calculate on (default: HEADRACE_BACKEND, else duckdb)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        organisation = organisation_of(options["organisation"])
        snapshot = take_snapshot(organisation=organisation)
        for programme in organisation.programmes.order_by("key"):
            try:
                rows = refresh_programme(programme=programme, snapshot=snapshot, backend=options["backend"])
            except ValidationError as error:
                raise CommandError("\n".join(error.messages), returncode=BAD_INPUT) from error
            told = ngettext(
                "%(key)s: %(changed)s earning changed.",
                "%(key)s: %(changed)s earnings changed.",
                len(rows),
            )
            self.stdout.write(told % {"key": programme.key, "changed": len(rows)})
