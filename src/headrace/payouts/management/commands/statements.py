"""`headrace statements FROM TO`: cuts the statements of a period and closes it."""

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import ngettext

from headrace.base.commands import BAD_INPUT, add_organisation, organisation_of
from headrace.kernel.period import Period
from headrace.payouts.actions import cut_statements


class Command(BaseCommand):
    help = "Cuts a statement for everyone whose account stood or moved in a period, and closes the period."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "first", type=date.fromisoformat, metavar="FROM", help="its first day, as 2026-01-01"
        )
        parser.add_argument("last", type=date.fromisoformat, metavar="TO", help="its last day, as 2026-03-31")
        add_organisation(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        organisation = organisation_of(options["organisation"])
        try:
            period = Period(options["first"], options["last"])
            count = len(cut_statements(organisation=organisation, period=period))
        except ValidationError as error:
            raise CommandError("\n".join(error.messages), returncode=BAD_INPUT) from error
        except ValueError as error:
            raise CommandError(str(error), returncode=BAD_INPUT) from error
        told = ngettext("%(count)s statement cut.", "%(count)s statements cut.", count)
        self.stdout.write(told % {"count": count})
