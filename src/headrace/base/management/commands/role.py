"""`headrace role EMAIL ROLE`: lets somebody at the brand in, gives them a role or takes it away."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils.translation import gettext as _

from headrace.base.actions import admit_user, grant_role, revoke_role
from headrace.base.commands import BAD_INPUT, add_organisation, ask_password, organisation_of
from headrace.base.models import Organisation, Role, User


class Command(BaseCommand):
    help = "Gives somebody at the brand a role, and lets them in where they may not sign in yet."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("role", choices=[role.value for role in Role])
        parser.add_argument("--name", default="", help="of somebody new (default: the part before the @)")
        parser.add_argument(
            "--by", metavar="EMAIL", help="who gives it: see the explanation of four eyes for what that means"
        )
        parser.add_argument("--revoke", action="store_true", help="takes the role away instead")
        add_organisation(parser)

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        organisation = organisation_of(options["organisation"])
        role, by = Role(options["role"]), options["by"]
        giver = None if by is None else self._known(organisation, by)
        if options["revoke"]:
            revoke_role(user=self._known(organisation, options["email"]), role=role, by=giver)
            return
        try:
            user = self._found(organisation, options["email"]) or self._admitted(
                organisation, options["email"], options["name"], giver
            )
            grant_role(user=user, role=role, by=giver)
        except ValidationError as error:
            raise CommandError("\n".join(error.messages), returncode=BAD_INPUT) from error

    def _found(self, organisation: Organisation, email: str) -> User | None:
        return User.objects.filter(organisation=organisation, email=email.strip().lower()).first()

    def _known(self, organisation: Organisation, email: str) -> User:
        user = self._found(organisation, email)
        if user is None:
            raise CommandError(
                _("%(email)s may not sign in at %(name)s.") % {"email": email, "name": organisation.name},
                returncode=BAD_INPUT,
            )
        return user

    def _admitted(self, organisation: Organisation, email: str, name: str, by: User | None) -> User:
        return admit_user(
            organisation=organisation,
            email=email,
            name=name or email.partition("@")[0],
            password=ask_password(email),
            by=by,
        )
