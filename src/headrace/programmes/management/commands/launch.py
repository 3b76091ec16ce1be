"""`headrace launch PROGRAMME.yaml...`: puts programmes in force."""

from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils.translation import gettext as _

from headrace.base.commands import BAD_INPUT, add_organisation, organisation_of
from headrace.base.models import ApprovalRequest, Organisation, User
from headrace.programmes.actions import propose_programme
from headrace.programmes.models import ProgrammeVersion


class Command(BaseCommand):
    help = "Puts programmes in force; a later version of one under its next number. All of them or none."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("programmes", nargs="+", type=Path, metavar="PROGRAMME.yaml")
        parser.add_argument(
            "--by", metavar="EMAIL", help="who asks, where others have to approve by a rule of approvals"
        )
        add_organisation(parser)

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        organisation = organisation_of(options["organisation"])
        user = self._user(organisation, options["by"]) if options["by"] else None
        for path in options["programmes"]:
            self._launch(organisation, path, user)

    def _user(self, organisation: Organisation, email: str) -> User:
        user = User.objects.filter(organisation=organisation, email=email.strip().lower()).first()
        if user is None:
            raise CommandError(
                _("%(email)s may not sign in at %(name)s.") % {"email": email, "name": organisation.name},
                returncode=BAD_INPUT,
            )
        return user

    def _launch(self, organisation: Organisation, path: Path, user: User | None) -> None:
        try:
            document = path.read_text(encoding="utf-8")
            outcome = propose_programme(organisation=organisation, document=document, user=user)
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"{path}: {error}", returncode=BAD_INPUT) from error
        except ValidationError as error:
            lines = [f"{path}: {message}" for message in error.messages]
            raise CommandError("\n".join(lines), returncode=BAD_INPUT) from error
        self.stdout.write(_told(outcome))


def _told(outcome: ProgrammeVersion | ApprovalRequest) -> str:
    if isinstance(outcome, ApprovalRequest):
        return _("%(title)s waits until others have approved it.") % {"title": outcome.title}
    return _("%(key)s, version %(number)s, is in force.") % {
        "key": outcome.programme.key,
        "number": outcome.number,
    }
