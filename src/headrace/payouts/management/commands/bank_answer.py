"""`headrace bank_answer FILE...`: reads what the bank answered."""

from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from headrace.base.commands import BAD_INPUT, add_organisation, organisation_of
from headrace.base.models import Organisation
from headrace.payouts.answers import receive_answer
from headrace.payouts.models import BankAnswerEntry


class Command(BaseCommand):
    help = "Reads answers of the bank (pain.002, camt.053, camt.054). A file that was read before changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        add_organisation(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        organisation = organisation_of(options["organisation"])
        for path in options["files"]:
            self.stdout.write(_read(organisation, path))


def _read(organisation: Organisation, path: Path) -> str:
    """Reads one file and tells what came of it."""
    try:
        answer, is_new = receive_answer(organisation=organisation, name=path.name, content=path.read_bytes())
    except OSError as error:
        raise CommandError(str(error), returncode=BAD_INPUT) from error
    except ValidationError as error:
        raise CommandError("\n".join(error.messages), returncode=BAD_INPUT) from error
    if not is_new:
        return _("%(name)s: read before, nothing changed.") % {"name": path.name}
    counts = {
        outcome: answer.entries.filter(outcome=outcome).count() for outcome in BankAnswerEntry.Outcome.values
    }
    return _(
        "%(name)s: %(posted)s posted, %(nothing_new)s nothing new, %(unclear)s for somebody to look at."
    ) % {"name": path.name, **counts}
