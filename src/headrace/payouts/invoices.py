"""The document of a self-billed credit note: UN/CEFACT Cross Industry Invoice, profile EN 16931.

The partner is the seller, the brand the buyer who writes the invoice for it (UNTDID 1001: 389). Debts are netted
before, so a document never asks for money back. Numbers of terms (BT, BG) and rules (BR) are those of EN 16931-1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from xml.etree import ElementTree

from headrace.base import formats
from headrace.kernel.period import Period
from headrace.payouts.models import TaxProfile
from headrace.payouts.tax.vat import EXEMPT, REVERSE_CHARGE

SELF_BILLED = "389"
PROFILE = "urn:cen.eu:en16931:2017"
ONE_PIECE = "C62"
REASON_CODES = {REVERSE_CHARGE: "VATEX-EU-AE"}
NAMESPACES = {
    "rsm": "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100",
    "ram": "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100",
    "udt": "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100",
}
for _prefix, _address in NAMESPACES.items():
    ElementTree.register_namespace(_prefix, _address)


@dataclass(frozen=True, slots=True)
class Party:
    """A side of the invoice; `number` is what the other one calls it by (BT-29, BT-46)."""

    profile: TaxProfile
    number: str


@dataclass(frozen=True, slots=True)
class Invoice:
    """What the document says. Lines are a name and an amount in minor units; `reason` says why no VAT is due."""

    number: str
    issued_on: date
    period: Period
    seller: Party
    buyer: Party
    unit: str
    lines: Sequence[tuple[str, int]]
    vat_category: str
    vat_rate: str
    vat_minor: int
    reason: str
    terms: str

    @property
    def net_minor(self) -> int:
        return sum(amount_minor for _name, amount_minor in self.lines)

    def amount(self, amount_minor: int) -> str:
        return str(formats.from_minor(amount_minor, self.unit))

    @property
    def vat_percent(self) -> str:
        return f"{(Decimal(self.vat_rate) * 100).normalize():f}"


class _Node:
    """An element under construction: elements are added in the order in which the schema wants them."""

    def __init__(self, element: ElementTree.Element) -> None:
        self.element = element

    def under(self, name: str) -> _Node:
        return _Node(ElementTree.SubElement(self.element, _qualified(name)))

    def add(self, name: str, text: str, **attributes: str) -> None:
        """Leaves out what is empty."""
        if text:
            ElementTree.SubElement(self.element, _qualified(name), attributes).text = text

    def add_day(self, name: str, day: date) -> None:
        text = f"{day:%Y%m%d}"
        ElementTree.SubElement(
            self.under(name).element, _qualified("udt:DateTimeString"), {"format": "102"}
        ).text = text


def _qualified(name: str) -> str:
    prefix, _, local = name.rpartition(":")
    return f"{{{NAMESPACES[prefix or 'ram']}}}{local}"


def document_of(invoice: Invoice) -> str:
    """The XML as text."""
    root = _Node(ElementTree.Element(_qualified("rsm:CrossIndustryInvoice")))
    context = root.under("rsm:ExchangedDocumentContext")
    context.under("GuidelineSpecifiedDocumentContextParameter").add("ID", PROFILE)
    head = root.under("rsm:ExchangedDocument")
    head.add("ID", invoice.number)
    head.add("TypeCode", SELF_BILLED)
    head.add_day("IssueDateTime", invoice.issued_on)
    trade = root.under("rsm:SupplyChainTradeTransaction")
    for place, (name, amount_minor) in enumerate(invoice.lines, start=1):
        _add_line(trade.under("IncludedSupplyChainTradeLineItem"), invoice, place, name, amount_minor)
    agreement = trade.under("ApplicableHeaderTradeAgreement")
    _add_party(agreement.under("SellerTradeParty"), invoice.seller)
    _add_party(agreement.under("BuyerTradeParty"), invoice.buyer)
    delivery = trade.under("ApplicableHeaderTradeDelivery")
    delivery.under("ActualDeliverySupplyChainEvent").add_day("OccurrenceDateTime", invoice.period.ends)
    _add_settlement(trade.under("ApplicableHeaderTradeSettlement"), invoice)
    ElementTree.indent(root.element)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root.element, encoding="unicode")


def _add_line(node: _Node, invoice: Invoice, place: int, name: str, amount_minor: int) -> None:
    """A price is never negative (BR-27): what is taken back is sold minus one time."""
    node.under("AssociatedDocumentLineDocument").add("LineID", str(place))
    node.under("SpecifiedTradeProduct").add("Name", name)
    price = node.under("SpecifiedLineTradeAgreement").under("NetPriceProductTradePrice")
    price.add("ChargeAmount", invoice.amount(abs(amount_minor)))
    quantity = "1" if amount_minor > 0 else "-1"
    node.under("SpecifiedLineTradeDelivery").add("BilledQuantity", quantity, unitCode=ONE_PIECE)
    settlement = node.under("SpecifiedLineTradeSettlement")
    tax = settlement.under("ApplicableTradeTax")
    tax.add("TypeCode", "VAT")
    tax.add("CategoryCode", invoice.vat_category)
    tax.add("RateApplicablePercent", invoice.vat_percent)
    total = settlement.under("SpecifiedTradeSettlementLineMonetarySummation")
    total.add("LineTotalAmount", invoice.amount(amount_minor))


def _add_party(node: _Node, party: Party) -> None:
    profile = party.profile
    node.add("ID", party.number)
    node.add("Name", profile.legal_name)
    address = node.under("PostalTradeAddress")
    address.add("PostcodeCode", profile.postcode)
    address.add("LineOne", profile.street)
    address.add("CityName", profile.city)
    address.add("CountryID", profile.country)
    if profile.vat_id:
        node.under("SpecifiedTaxRegistration").add("ID", profile.vat_id, schemeID="VA")
    elif profile.tax_id:
        node.under("SpecifiedTaxRegistration").add("ID", profile.tax_id, schemeID="FC")


def _add_settlement(node: _Node, invoice: Invoice) -> None:
    net, vat = invoice.amount(invoice.net_minor), invoice.amount(invoice.vat_minor)
    gross = invoice.amount(invoice.net_minor + invoice.vat_minor)
    node.add("InvoiceCurrencyCode", invoice.unit)
    tax = node.under("ApplicableTradeTax")
    tax.add("CalculatedAmount", vat)
    tax.add("TypeCode", "VAT")
    if invoice.vat_category in (REVERSE_CHARGE, EXEMPT):
        tax.add("ExemptionReason", invoice.reason)
    tax.add("BasisAmount", net)
    tax.add("CategoryCode", invoice.vat_category)
    tax.add("ExemptionReasonCode", REASON_CODES.get(invoice.vat_category, ""))
    tax.add("RateApplicablePercent", invoice.vat_percent)
    period = node.under("BillingSpecifiedPeriod")
    period.add_day("StartDateTime", invoice.period.starts)
    period.add_day("EndDateTime", invoice.period.ends)
    node.under("SpecifiedTradePaymentTerms").add("Description", invoice.terms)
    sums = node.under("SpecifiedTradeSettlementHeaderMonetarySummation")
    sums.add("LineTotalAmount", net)
    sums.add("TaxBasisTotalAmount", net)
    sums.add("TaxTotalAmount", vat, currencyID=invoice.unit)
    sums.add("GrandTotalAmount", gross)
    sums.add("DuePayableAmount", gross)
