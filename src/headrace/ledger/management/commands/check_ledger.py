"""`headrace check_ledger`: reads the whole ledger and tells what doesn't hold."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from headrace.base.models import Organisation
from headrace.ledger.invariants import violations


class Command(BaseCommand):
    help = "Reads the whole ledger again and tells what doesn't hold; exit code 1 where something doesn't."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--organisation", metavar="CODE", help="only this one")

    def handle(self, *args: Any, **options: Any) -> None:
        organisations = Organisation.objects.order_by("code")
        if code := options["organisation"]:
            organisations = organisations.filter(code=code)
            if not organisations:
                raise CommandError(_("There is no organisation %(code)s.") % {"code": code})
        count = 0
        for organisation in organisations:
            found = violations(organisation)
            count += len(found)
            for violation in found:
                self.stderr.write(f"{organisation.code}: {violation}")
            if not found:
                self.stdout.write(_("%(code)s: the ledger holds.") % {"code": organisation.code})
        if count:
            raise CommandError(_("%(count)s violations in the ledger.") % {"count": count})
