"""Which VAT a self-billed credit note bears. Amounts of programmes are net of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from headrace.engine.reference.amounts import to_minor
from headrace.kernel import currency
from headrace.payouts.models import TaxProfile
from headrace.payouts.tax.tables import vat_tables

STANDARD, REVERSE_CHARGE, EXEMPT = "S", "AE", "E"  # UNTDID 5305


@dataclass(frozen=True, slots=True)
class Vat:
    """A category of UNTDID 5305 with its rate ("0.19"; "0" for the others) and the VAT in minor units."""

    category: str
    rate: str
    amount_minor: int


def vat_of(
    amount_minor: int, unit: str, day: date, payer: TaxProfile | None, payee: TaxProfile | None
) -> Vat | None:
    """The VAT on a payment; None where no credit note is written.

    That is where either side is not described, the brand has no VAT id, or is in no country of the European Union;
    and where the payee is no business, or lacks the VAT id or tax id that its case asks for.
    """
    tables = vat_tables()
    if payer is None or payee is None or not payer.vat_id or payee.vat_status == TaxProfile.VatStatus.NONE:
        return None
    if payer.country not in tables or not tables[payer.country].is_eu:
        return None
    if not payee.vat_id and not payee.tax_id:
        return None
    if payee.vat_status == TaxProfile.VatStatus.SMALL_BUSINESS:
        return Vat(EXEMPT, "0", 0)
    if payee.country != payer.country:
        return Vat(REVERSE_CHARGE, "0", 0)
    rate = tables[payee.country].rate_on(day)
    if rate is None or not payee.vat_id:
        return None
    digits = currency.digits(unit)
    return Vat(
        STANDARD,
        rate,
        to_minor(Fraction(amount_minor, 10**digits) * Fraction(rate), digits, "half_up"),
    )
