"""The menu of the console."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from headrace.base.approvals.queries import waiting_for
from headrace.base.menu import MenuItem
from headrace.base.models import User

APPROVALS = "console:approvals"
MENU = (
    MenuItem(_("Overview"), "console:home", "house"),
    MenuItem(_("Programmes"), "console:programmes", "target"),
    MenuItem(_("Partners"), "console:partners", "users"),
    MenuItem(_("Sales"), "console:imports", "receipt"),
    MenuItem(_("Claims"), "console:claims", "file-check"),
    MenuItem(_("Settlements"), "console:settlements", "hand-coins"),
    MenuItem(_("Payouts"), "console:payouts", "banknote"),
    MenuItem(_("Disputes"), "console:disputes", "message-circle-question-mark"),
    MenuItem(_("Budgets"), "console:budgets", "wallet"),
    MenuItem(_("Books"), "console:books", "book-open"),
    MenuItem(_("Approvals"), APPROVALS, "stamp"),
    MenuItem(_("Ledger"), "console:trial_balance", "scale"),
    MenuItem(_("Approval rules"), "console:approval_rules", "list-checks"),
    MenuItem(_("API keys"), "console:api_keys", "key"),
)


def menu(request: HttpRequest) -> dict[str, Any]:
    """The menu as a function: what waits is counted only where the menu is shown."""
    return {"console_menu": lambda: _menu_of(request.user)}


def _menu_of(user: Any) -> tuple[MenuItem, ...]:
    """With the number of approvals that wait for the person."""
    waiting = len(waiting_for(user)) if isinstance(user, User) else 0
    return tuple(item._replace(waiting=waiting) if item.url_name == APPROVALS else item for item in MENU)
