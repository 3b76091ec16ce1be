"""The menu of the console."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from headrace.base.menu import MenuItem

MENU = (
    MenuItem(_("Overview"), "console:home", "house"),
    MenuItem(_("Programmes"), "console:programmes", "target"),
    MenuItem(_("Partners"), "console:partners", "users"),
    MenuItem(_("Sales"), "console:imports", "receipt"),
    MenuItem(_("Claims"), "console:claims", "file-check"),
    MenuItem(_("Ledger"), "console:trial_balance", "scale"),
    MenuItem(_("API keys"), "console:api_keys", "key"),
)


def menu(request: HttpRequest) -> dict[str, Any]:
    return {"console_menu": MENU}
