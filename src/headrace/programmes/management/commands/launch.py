"""`headrace launch PROGRAMME.yaml...`: puts programmes in force."""

from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils.translation import gettext as _

from headrace.base.commands import BAD_INPUT, add_organisation, organisation_of
from headrace.base.models import Organisation
from headrace.programmes.actions import launch_programme


class Command(BaseCommand):
    help = "Puts programmes in force; a later version of one under its next number. All of them or none."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("programmes", nargs="+", type=Path, metavar="PROGRAMME.yaml")
        add_organisation(parser)

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        organisation = organisation_of(options["organisation"])
        for path in options["programmes"]:
            self._launch(organisation, path)

    def _launch(self, organisation: Organisation, path: Path) -> None:
        try:
            document = path.read_text(encoding="utf-8")
            version = launch_programme(organisation=organisation, document=document)
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"{path}: {error}", returncode=BAD_INPUT) from error
        except ValidationError as error:
            lines = [f"{path}: {message}" for message in error.messages]
            raise CommandError("\n".join(lines), returncode=BAD_INPUT) from error
        self.stdout.write(
            _("%(key)s, version %(number)s, is in force.")
            % {"key": version.programme.key, "number": version.number}
        )
