"""What the commands of several rooms share."""

import sys
from getpass import getpass

from django.core.management.base import CommandError, CommandParser
from django.utils.translation import gettext as _

from headrace.base.models import Organisation

BAD_INPUT = 2


def add_organisation(parser: CommandParser) -> None:
    """The option that says which organisation is meant."""
    parser.add_argument("--organisation", metavar="CODE", help="needed where there are several")


def organisation_of(code: str | None) -> Organisation:
    """The organisation with the code; without one, the only organisation. Raises CommandError."""
    known = list(Organisation.objects.order_by("code"))
    if code is None and len(known) == 1:
        return known[0]
    for organisation in known:
        if organisation.code == code:
            return organisation
    if not known:
        raise CommandError(
            _("There is no organisation yet: `headrace found` makes one, `headrace demo` one with data."),
            returncode=BAD_INPUT,
        )
    codes = ", ".join(organisation.code for organisation in known)
    if code is None:
        message = _("There are several organisations: say which with --organisation. They are: %(codes)s.")
    else:
        message = _("There is no organisation “%(code)s”. There are: %(codes)s.")
    raise CommandError(message % {"code": code, "codes": codes}, returncode=BAD_INPUT)


def ask_password(who: str) -> str:
    """A password typed unseen on a terminal, or the first line of standard input where there is none."""
    if sys.stdin.isatty():
        return getpass(_("Password for %(who)s: ") % {"who": who})
    return sys.stdin.readline().rstrip("\n")
