"""`headrace make_key NAME`: a key for a system that sends sales."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from headrace.base.api import keys
from headrace.base.api.keys import Scope
from headrace.base.commands import BAD_INPUT, add_organisation, organisation_of


class Command(BaseCommand):
    help = "Makes a key of the API for sending sales, and prints it: it is kept nowhere."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="who sends with it, as “Till of the shop in Turin”")
        add_organisation(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        organisation = organisation_of(options["organisation"])
        try:
            _key, token = keys.make_key(
                organisation=organisation, name=options["name"], scopes=[Scope.SEND_SALES]
            )
        except ValidationError as error:
            raise CommandError(" ".join(error.messages), returncode=BAD_INPUT) from error
        self.stdout.write(token)
