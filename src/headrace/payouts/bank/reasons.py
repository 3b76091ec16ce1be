"""Why banks refuse and return payments: codes of ISO 20022 (external code set "status reason") and of Nacha."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

WRONG_ACCOUNT = _("The account number is wrong.")
CLOSED = _("The account is closed.")
BLOCKED = _("The account is blocked.")
NOT_ALLOWED = _("The account can't take this kind of payment.")
OTHER_HOLDER = _("The name doesn't belong to the account.")
WRONG_BANK = _("The bank's number is wrong.")
REGULATION = _("The bank refuses it for legal reasons.")

# What is wrong with the account itself: paying there again would come back again.
OF_ACCOUNT: dict[str, Promise] = {
    "AC01": WRONG_ACCOUNT,
    "AC02": WRONG_ACCOUNT,
    "AC03": WRONG_ACCOUNT,
    "AC04": CLOSED,
    "AC06": BLOCKED,
    "AC13": NOT_ALLOWED,
    "AC14": NOT_ALLOWED,
    "AG01": NOT_ALLOWED,
    "BE01": OTHER_HOLDER,
    "BE04": OTHER_HOLDER,
    "RC01": WRONG_BANK,
    "RC04": WRONG_BANK,
    "R02": CLOSED,
    "R03": WRONG_ACCOUNT,
    "R04": WRONG_ACCOUNT,
    "R13": WRONG_BANK,
    "R16": BLOCKED,
    "R20": NOT_ALLOWED,
}
OTHERS: dict[str, Promise] = {
    "AM04": _("The paying account held too little."),
    "AM05": _("The bank takes it for a duplicate."),
    "CUST": _("It was called back by the payer."),
    "DUPL": _("The bank takes it for a duplicate."),
    "FF01": _("The bank could not read the file."),
    "FOCR": _("It was returned because the payer asked for it."),
    "MD07": _("The account's holder has died."),
    "MS02": _("The recipient refused it."),
    "MS03": _("The bank doesn't say why."),
    "RR01": REGULATION,
    "RR02": REGULATION,
    "RR03": REGULATION,
    "RR04": REGULATION,
}


def reason(code: str, text: str = "") -> str:
    """In words of the active language; else what the bank wrote, or its code."""
    known = OF_ACCOUNT.get(code) or OTHERS.get(code)
    return str(known) if known else text or code
