"""What the kinds of files and their fields are called on screens."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# By kind where a name means something else there.
LABELS: dict[str, Promise] = {
    "name": _("Name"),
    "email": _("E-mail"),
    "valid_from": _("Valid from"),
    "valid_to": _("Valid to"),
    "type": _("Type"),
    "country": _("Country"),
    "region": _("Region"),
    "tier": _("Tier"),
    "parent": _("Parent company"),
    "distributor": _("Distributor"),
    "partner": _("Partner"),
    "person": _("Salesperson"),
    "product": _("Product"),
    "customer": _("Customer"),
    "role": _("Role"),
    "joined_on": _("Joined on"),
    "left_on": _("Left on"),
    "category": _("Category"),
    "subcategory": _("Subcategory"),
    "brand": _("Brand"),
    "list_price": _("List price"),
    "unit_cost": _("Cost of one piece"),
    "measure": _("Measure"),
    "from": _("First day"),
    "to": _("Last day"),
    "value": _("Target value"),
    "id": _("Id"),
    "order_id": _("Order or invoice"),
    "on": _("Date of sale"),
    "currency": _("Currency"),
    "quantity": _("Quantity"),
    "net_amount": _("Net amount"),
    "list_amount": _("Amount at list price"),
    "flow": _("Flow (sell-in, sell-through, sell-out)"),
    "serial": _("Serial number"),
    "returns": _("Line that it takes back"),
    "supersedes": _("Line that it corrects"),
}

FORMAT_LABELS: dict[str, Promise] = {
    "type": _("Type of file"),
    "encoding": _("Encoding"),
    "delimiter": _("Delimiter"),
    "quote": _("Quotes"),
    "header": _("Row with the names of the columns"),
    "sheet": _("Sheet"),
    "date": _("Dates"),
    "decimal": _("Decimal sign"),
    "thousands": _("Sign of thousands"),
    "columns": _("Columns"),
}
