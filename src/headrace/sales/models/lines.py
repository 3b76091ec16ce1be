"""The lines of sales themselves."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from headrace.base.models import Organisation
from headrace.partners.models import Partner, Person
from headrace.sales.models.catalogue import Customer, Product
from headrace.sales.models.imports import Import


class SalesLine(models.Model):
    """One line of a sale, as it was reported. Never changed and never deleted: triggers see to it.

    A correction is a new line that names in `supersedes` the line it corrects; a return names in `returns`
    the line it takes back, both by `external_id`. What is taken back is withdrawn (LineWithdrawal); then its id
    may come again as the next `revision`. Of one id at most one revision is not withdrawn.
    """

    class Flow(models.TextChoices):
        SELL_IN = "sell_in", _("Sell-in")
        SELL_THROUGH = "sell_through", _("Sell-through")
        SELL_OUT = "sell_out", _("Sell-out")

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", db_index=False)
    import_run = models.ForeignKey(Import, on_delete=models.PROTECT, related_name="lines")
    row_number = models.PositiveIntegerField()
    external_id = models.CharField(max_length=200)
    revision = models.PositiveIntegerField(default=0, db_default=0)
    order_id = models.CharField(max_length=100, blank=True, default="")
    # What of the order's number is compared with others (order_numbers.order_key).
    order_key = models.CharField(max_length=100, null=True)
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+", db_index=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    product = models.ForeignKey(
        Product, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    on = models.DateField()
    currency = models.CharField(max_length=3)
    quantity_e4 = models.BigIntegerField()
    net_amount_e4 = models.BigIntegerField()
    list_amount_e4 = models.BigIntegerField(null=True)
    unit_cost_e4 = models.BigIntegerField(null=True)
    flow = models.CharField(max_length=20, choices=Flow.choices, blank=True, default="")
    serial = models.CharField(max_length=100, blank=True, default="")
    returns = models.CharField(max_length=200, blank=True, default="")
    # Further columns as text; sales.Attribute says which are numbers.
    attributes = models.JSONField(default=dict)
    # Which of its links were found by an alias: {partner: key of the Alias}. Null: all by their codes.
    matched = models.JSONField(null=True)
    recorded_at = models.DateTimeField()
    supersedes = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        db_table = "sales_line"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["partner", "product", "on"], name="lines_of_a_product"),
            models.Index(
                fields=["order_key", "partner"],
                name="lines_of_an_order",
                condition=models.Q(order_key__isnull=False),
            ),
            models.Index(
                fields=["customer", "partner", "on"],
                name="lines_of_a_customer",
                condition=models.Q(customer__isnull=False),
            ),
            models.Index(
                fields=["partner", "product", "on"],
                name="returns_without_sale",
                condition=models.Q(quantity_e4__lt=0, returns=""),
            ),
            # Few lines have these; a query says `NOT (column = '')` to be served by them.
            *(
                models.Index(
                    fields=["organisation", column],
                    name=f"lines_by_{column}",
                    condition=~models.Q((column, "")),
                )
                for column in ("returns", "serial", "supersedes")
            ),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["organisation", "external_id", "revision"], name="one_line_per_id_and_revision"
            )
        ]

    def __str__(self) -> str:
        return self.external_id
