"""`headrace invite PERSON EMAIL`: lets a person of a partner sign in."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from headrace.base.commands import BAD_INPUT, add_organisation, ask_password, organisation_of
from headrace.partners.actions import invite_person
from headrace.partners.models import Person


class Command(BaseCommand):
    help = "Lets a person of a partner, known from an import, sign in to the portal."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("person", help="the person's id in the imported file")
        parser.add_argument("email")
        add_organisation(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        organisation = organisation_of(options["organisation"])
        person = Person.objects.filter(organisation=organisation, code=options["person"]).first()
        if person is None:
            message = _("There is no person “%(code)s”; import the people first.")
            raise CommandError(message % {"code": options["person"]}, returncode=BAD_INPUT)
        try:
            invite_person(person=person, email=options["email"], password=ask_password(options["email"]))
        except ValidationError as error:
            raise CommandError("\n".join(error.messages), returncode=BAD_INPUT) from error
        self.stdout.write(
            _("%(name)s may sign in as %(email)s.") % {"name": person.name, "email": options["email"]}
        )
