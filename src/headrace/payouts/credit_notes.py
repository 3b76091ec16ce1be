"""Writing the self-billed credit notes of a settlement: numbered without gaps, in the transaction that settles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from headrace.base import formats, mail
from headrace.kernel.period import Period
from headrace.partners.models import Person, PersonRole
from headrace.payouts.invoices import Invoice, Party, document_of
from headrace.payouts.models import (
    CreditNote,
    CreditNoteCounter,
    Settlement,
    SettlementPayee,
    TaxProfile,
)
from headrace.payouts.profiles import profiles_of
from headrace.payouts.queries import programme_titles
from headrace.payouts.tax.vat import EXEMPT


def write_credit_notes(settlement: Settlement, issued_on: date) -> list[CreditNote]:
    """One for each payee whose VAT could be told: those of whom too little is known get none."""
    found = settlement.payees.filter(outcome=SettlementPayee.Outcome.PAYABLE).exclude(vat={})
    payees = list(found.select_related("partner", "person").prefetch_related("lines").order_by("pk"))
    if not payees:
        return []
    profiles = profiles_of(settlement.organisation)
    languages = _languages(settlement)
    numbers = _numbers(settlement, issued_on, len(payees))
    titles: dict[str, dict[str, str]] = {}
    notes = []
    for payee, number in zip(payees, numbers, strict=True):
        language = languages.get(payee.owner, "en")
        with mail.written_in(language):
            if language not in titles:
                titles[language] = programme_titles(settlement.organisation)
            invoice = _invoice(settlement, payee, number, issued_on, profiles, titles[language])
        notes.append(
            CreditNote(
                organisation=settlement.organisation,
                number=number,
                payee=payee,
                issued_on=issued_on,
                unit=payee.unit,
                net_minor=payee.gross_minor,
                vat_minor=payee.vat_minor,
                document=document_of(invoice),
            )
        )
    return CreditNote.objects.bulk_create(notes, batch_size=500)


def _numbers(settlement: Settlement, issued_on: date, count: int) -> Sequence[str]:
    """The next numbers of the year; another settlement waits for its own until this one is committed."""
    year = issued_on.year
    counter, _is_new = CreditNoteCounter.objects.select_for_update().get_or_create(
        organisation=settlement.organisation, year=year
    )
    first = counter.last + 1
    counter.last += count
    counter.save(update_fields=["last"])
    return [f"CN-{year}-{number:06}" for number in range(first, first + count)]


def _languages(settlement: Settlement) -> dict[str, str]:
    """By owner the language of whoever signs in for it."""
    people = Person.objects.filter(organisation=settlement.organisation, user__isnull=False, left_on=None)
    found = {}
    for pk, partner, role, language in people.order_by("-pk").values_list(
        "pk", "partner_id", "role", "user__language"
    ):
        found[f"person:{pk}"] = language
        if role == PersonRole.OWNER:
            found[f"partner:{partner}"] = language
    return found


def _invoice(
    settlement: Settlement,
    payee: SettlementPayee,
    number: str,
    issued_on: date,
    profiles: Mapping[str, TaxProfile],
    titles: Mapping[str, str],
) -> Invoice:
    recipient: Any = payee.recipient
    return Invoice(
        number=number,
        issued_on=issued_on,
        period=Period(settlement.period_from, settlement.period_to),
        seller=Party(profiles[payee.owner], recipient.code),
        buyer=Party(profiles[""], ""),
        unit=payee.unit,
        lines=[
            (titles.get(line.programme, line.programme), line.gross_minor)
            for line in payee.lines.all()
            if line.gross_minor
        ],
        vat_category=payee.vat["category"],
        vat_rate=payee.vat["rate"],
        vat_minor=payee.vat_minor,
        reason=_("Small business, exempt from VAT")
        if payee.vat["category"] == EXEMPT
        else _("Reverse charge: the recipient of the service owes the VAT"),
        terms=_terms(payee),
    )


def _terms(payee: SettlementPayee) -> str:
    if not payee.withheld_minor:
        return _("Paid with the next payout.")
    return _("Paid with the next payout, less %(amount)s of tax withheld.") % {
        "amount": formats.money(payee.withheld_minor, payee.unit)
    }
