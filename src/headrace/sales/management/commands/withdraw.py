"""`headrace withdraw IMPORT --reason WHY`: takes back all lines that a file brought."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from headrace.base.commands import BAD_INPUT, add_organisation, organisation_of
from headrace.sales.import_withdrawal import withdraw_import
from headrace.sales.models import Import


class Command(BaseCommand):
    help = "Withdraws an import: its lines stay, but count no more; its file may be imported again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("import", type=int, metavar="IMPORT", help="its number, as the console shows it")
        parser.add_argument("--reason", required=True, help="why; it stays beside the lines")
        add_organisation(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        organisation = organisation_of(options["organisation"])
        number = options["import"]
        run = Import.objects.filter(organisation=organisation, pk=number).first()
        if run is None:
            message = _("There is no import %(number)s. The console lists them under Sales.")
            raise CommandError(message % {"number": number}, returncode=BAD_INPUT)
        try:
            count = withdraw_import(run=run, reason=options["reason"])
        except ValidationError as error:
            raise CommandError("\n".join(error.messages), returncode=BAD_INPUT) from error
        told = ngettext(
            "%(file)s: %(count)s line withdrawn. What it earned is taken back by the next `headrace publish`.",
            "%(file)s: %(count)s lines withdrawn. What they earned is taken back by the next `headrace publish`.",
            count,
        )
        self.stdout.write(told % {"file": run.file_name, "count": count})
