"""What speaks for a doubt, in words."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

REASONS: dict[str, Promise] = {
    "same_serial": _("same serial number"),
    "same_invoice": _("same invoice, product and quantity"),
    "alike": _("same partner, customer, product and quantity"),
    "same_partner": _("same partner"),
    "other_partner": _("another partner"),
    "related_partner": _("one partner belongs to the other"),
    "same_day": _("same day"),
    "days_apart": _("a few days apart"),
    "same_amount": _("same amount"),
    "close_amount": _("nearly the same amount"),
    "same_order": _("same order number"),
    "other_order": _("another order number"),
    "same_file": _("both in one file"),
    "other_file": _("from two files"),
    "flow_not_told": _("one doesn't say whether it is sell-in or sell-out"),
    "sold_before": _("the partner sold this product before, and enough of it is left to return"),
    "same_customer": _("same customer"),
    "same_price": _("same price for a piece"),
    "same_quantity": _("all of it"),
    "within_month": _("sold within the month before"),
    "within_quarter": _("sold within the three months before"),
    "more_returned": _("the returns of this sale come to more than was sold"),
}
