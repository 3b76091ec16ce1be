"""Numbers of bank accounts: checked as they are entered, and told in words where one can't be right."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from schwifty import BIC, IBAN
from schwifty.exceptions import SchwiftyException
from stdnum.us import rtn

from headrace.payouts.models import AccountNumbers

Kind = AccountNumbers.Kind
NUMBER_LENGTH_MAX = 17


def checked(kind: str, holder: str, numbers: dict[str, str]) -> dict[str, Any]:
    """The fields of an account of this kind, in their compact form. Raises ValidationError by field."""
    holder = " ".join(holder.split())
    if not holder:
        raise ValidationError({"holder": _("Say whose account it is, as the bank knows the name.")})
    if kind == Kind.IBAN:
        found = _iban(numbers)
    elif kind == Kind.US:
        found = _american(numbers)
    else:
        found = {}
    return {"kind": kind, "holder": holder, **found}


def _iban(numbers: dict[str, str]) -> dict[str, str]:
    """With the BIC that belongs to it, where it is given or known."""
    try:
        iban = IBAN(numbers.get("iban", ""), validate_bban=True)
    except SchwiftyException as error:
        raise ValidationError(
            {"iban": _("This is no IBAN: a sign is wrong or missing. It stands on each bank statement.")}
        ) from error
    written = numbers.get("bic", "").strip()
    if not written:
        return {"iban": iban.compact, "bic": iban.bic.compact if iban.bic else ""}
    try:
        bic = BIC(written)
    except SchwiftyException as error:
        raise ValidationError(
            {"bic": _("This is no BIC: it has 8 or 11 signs, as in DEUTDEFF. It may be left empty.")}
        ) from error
    if bic.country_code != iban.country_code:
        raise ValidationError({"bic": _("The BIC is of another country than the IBAN.")})
    return {"iban": iban.compact, "bic": bic.compact}


def _american(numbers: dict[str, str]) -> dict[str, str]:
    routing = numbers.get("routing", "").strip()
    if not rtn.is_valid(routing):
        raise ValidationError(
            {"routing": _("This is no routing number: it has nine digits, and one of them is wrong.")}
        )
    number = "".join(numbers.get("number", "").split())
    if not (number.isascii() and number.isalnum() and 4 <= len(number) <= NUMBER_LENGTH_MAX):
        raise ValidationError(
            {"number": _("An account number has 4 to %(limit)s digits.") % {"limit": NUMBER_LENGTH_MAX}}
        )
    account_type = numbers.get("account_type") or AccountNumbers.Type.CHECKING
    return {"routing": str(rtn.compact(routing)), "number": number, "account_type": account_type}
