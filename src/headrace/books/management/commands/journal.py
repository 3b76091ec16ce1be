"""`headrace journal --from DAY --to DAY --format csv`: the journal for bookkeeping, on standard output."""

import argparse
import sys
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from headrace.base import files
from headrace.base.commands import BAD_INPUT, add_organisation, organisation_of
from headrace.books.actions import export_journal


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text}: a day as 2026-03-31 would be right") from error


class Command(BaseCommand):
    help = "Writes the journal of the days that were not exported yet, or a range exported before once more."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--from", dest="starts", type=_day, metavar="DAY", help="default: after the last export"
        )
        parser.add_argument("--to", dest="through", type=_day, metavar="DAY", required=True)
        parser.add_argument("--format", choices=("csv", "beancount"), default="csv")
        add_organisation(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        organisation = organisation_of(options["organisation"])
        try:
            export = export_journal(
                organisation=organisation, starts=options["starts"], through=options["through"]
            )
        except ValidationError as error:
            raise CommandError("\n".join(error.messages), returncode=BAD_INPUT) from error
        is_csv = options["format"] == "csv"
        path = files.path_of(export.csv_sha256 if is_csv else export.beancount_sha256)
        # As bytes: a stream of text would change the ends of lines on some machines.
        for chunk in files.chunks_of(path):
            sys.stdout.buffer.write(chunk)
        sys.stdout.buffer.flush()
