"""The menu of the portal."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from headrace.base.menu import MenuItem

MENU = (
    MenuItem(_("Home"), "portal:home", "house"),
    MenuItem(_("Earnings"), "portal:earnings", "wallet"),
    MenuItem(_("Claims"), "portal:claims", "file-check"),
    MenuItem(_("Statements"), "portal:statements", "file-text"),
    MenuItem(_("Payouts"), "portal:payouts", "banknote"),
    MenuItem(_("Disputes"), "portal:disputes", "message-circle-question-mark"),
    MenuItem(_("Programmes"), "portal:programmes", "target"),
)


def menu(request: HttpRequest) -> dict[str, Any]:
    return {"portal_menu": MENU}
