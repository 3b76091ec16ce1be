"""Products and customers, where sales come from, what was imported, and the lines themselves.

Amounts, prices and quantities are integers at 1e-4 of the currency unit or piece (`_e4`).
"""

from headrace.sales.models.aliases import Alias, AliasUse, Meant, UnknownRow, UnknownText
from headrace.sales.models.catalogue import Attribute, Customer, Product, Target
from headrace.sales.models.deliveries import DeliveredFile, Delivery, Result
from headrace.sales.models.doubts import Doubt
from headrace.sales.models.drafts import Draft
from headrace.sales.models.imports import Import, MappingDocument, Reject, Repair, SalesFile, Source
from headrace.sales.models.lines import SalesLine
from headrace.sales.models.reporting import ReportedDay, ReportingCalendar, ReportWaiver
from headrace.sales.models.withdrawals import LineWithdrawal

__all__ = [
    "Alias",
    "AliasUse",
    "Attribute",
    "Customer",
    "DeliveredFile",
    "Delivery",
    "Doubt",
    "Draft",
    "Import",
    "LineWithdrawal",
    "MappingDocument",
    "Meant",
    "Product",
    "Reject",
    "Repair",
    "ReportWaiver",
    "ReportedDay",
    "ReportingCalendar",
    "Result",
    "SalesFile",
    "SalesLine",
    "Source",
    "Target",
    "UnknownRow",
    "UnknownText",
]
