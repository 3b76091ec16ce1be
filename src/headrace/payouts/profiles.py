"""Tax profiles: who someone is to the tax office. The newest row of each holds."""

from __future__ import annotations

from datetime import date
from typing import Any

import stdnum
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from headrace.base import audit
from headrace.base.models import Organisation, User
from headrace.partners.models import Partner, Person
from headrace.payouts.models import TaxProfile

# The number by which a country's tax office knows someone, where python-stdnum knows it too.
TAX_IDS = {"DE": "idnr", "IT": "codicefiscale", "US": "tin"}


def profiles_of(organisation: Organisation) -> dict[str, TaxProfile]:
    """By owner as the ledger names it; the brand's own under the empty name."""
    rows = TaxProfile.objects.filter(organisation=organisation).order_by("pk")
    return {_owner(row): row for row in rows}


def profile_of(
    organisation: Organisation, partner: Partner | None = None, person: Person | None = None
) -> TaxProfile | None:
    """What holds of the brand, of a partner, or of a person."""
    rows = TaxProfile.objects.filter(organisation=organisation, partner=partner, person=person)
    return rows.order_by("-pk").first()


def _owner(profile: TaxProfile) -> str:
    if profile.person_id:
        return f"person:{profile.person_id}"
    return f"partner:{profile.partner_id}" if profile.partner_id else ""


@transaction.atomic
def note_tax_profile(
    *,
    organisation: Organisation,
    partner: Partner | None = None,
    person: Person | None = None,
    user: User | None = None,
    **told: Any,
) -> TaxProfile:
    """Notes how the brand (neither given), a partner or a person is taxed from now on.

    `told` holds fields of `TaxProfile`. Raises ValidationError by field for a number that can't be right.
    """
    told["tax_id"] = checked_tax_id(told.get("country", ""), told.get("tax_id", ""))
    told["vat_id"] = checked_vat_id(told.get("country", ""), told.get("vat_id", ""))
    _check_dates(told.get("exemption_from"), told.get("exemption_to"))
    profile = TaxProfile(
        organisation=organisation,
        partner=None if person else partner,
        person=person,
        noted_by=user,
        **told,
    )
    profile.clean_fields(exclude={"organisation", "partner", "person", "noted_by"})
    profile.save()
    audit.record(
        organisation=organisation,
        user=user,
        action="tax_profile.note",
        subject=f"tax_profile:{profile.pk}",
        owner=_owner(profile),
    )
    return profile


def checked_tax_id(country: str, number: str) -> str:
    """The number in its compact form; as it is where nothing is known of how that country checks it."""
    number = number.strip()
    name = TAX_IDS.get(country)
    if not number or name is None:
        return number
    module = stdnum.get_cc_module(country, name)
    assert module is not None, "TAX_IDS names modules of python-stdnum"
    if not module.is_valid(number):
        raise ValidationError(
            {
                "tax_id": _(
                    "“%(number)s” is no tax number of %(country)s: its length or its check digit is wrong."
                )
                % {"number": number, "country": country}
            }
        )
    return str(module.compact(number))


def checked_vat_id(country: str, number: str) -> str:
    """The VAT id in its compact form with the country before it, as in DE136695976."""
    number = number.strip()
    module = stdnum.get_cc_module(country, "vat") if number else None
    if not number or module is None:
        return number
    if not module.is_valid(number):
        raise ValidationError(
            {
                "vat_id": _(
                    "“%(number)s” is no VAT id of %(country)s: its length or its check digit is wrong."
                )
                % {"number": number, "country": country}
            }
        )
    compact = str(module.compact(number))
    prefix = "EL" if country == "GR" else country
    return compact if compact.startswith(prefix) else f"{prefix}{compact}"


def _check_dates(begins: date | None, ends: date | None) -> None:
    if begins is not None and ends is not None and ends < begins:
        raise ValidationError(
            {"exemption_to": _("The certificate would end before it begins; choose a later day.")}
        )
