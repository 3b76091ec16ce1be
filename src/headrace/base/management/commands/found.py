"""`headrace found CODE NAME --currency EUR --manager EMAIL`: a new brand with its first channel manager."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils.translation import gettext as _

from headrace.base.actions import admit_user, found_organisation, grant_role
from headrace.base.commands import BAD_INPUT, ask_password
from headrace.base.models import Role


class Command(BaseCommand):
    help = "Founds an organisation and lets its first channel manager in; makes the database where there is none."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("code", help="a short name, as acme")
        parser.add_argument("name")
        parser.add_argument("--currency", required=True, help="as EUR")
        parser.add_argument("--manager", required=True, metavar="EMAIL")
        parser.add_argument("--manager-name", default="", metavar="NAME")

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("migrate", verbosity=0, interactive=False)
        email = options["manager"]
        password = ask_password(email)
        try:
            with transaction.atomic():
                organisation = found_organisation(
                    code=options["code"], name=options["name"], currency=options["currency"]
                )
                name = options["manager_name"] or email.partition("@")[0]
                user = admit_user(organisation=organisation, email=email, name=name, password=password)
                grant_role(user=user, role=Role.CHANNEL_MANAGER)
        except ValidationError as error:
            raise CommandError("\n".join(error.messages), returncode=BAD_INPUT) from error
        self.stdout.write(
            _("%(name)s is founded; %(email)s may sign in.") % {"name": organisation.name, "email": email}
        )
