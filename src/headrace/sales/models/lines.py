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
    the line it takes back, both by `external_id`.
    """

    class Flow(models.TextChoices):
        SELL_IN = "sell_in", _("Sell-in")
        SELL_THROUGH = "sell_through", _("Sell-through")
        SELL_OUT = "sell_out", _("Sell-out")

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", db_index=False)
    import_run = models.ForeignKey(Import, on_delete=models.PROTECT, related_name="lines")
    row_number = models.PositiveIntegerField()
    external_id = models.CharField(max_length=200)
    order_id = models.CharField(max_length=100, blank=True, default="")
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
    recorded_at = models.DateTimeField()
    supersedes = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        db_table = "sales_line"
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["partner", "on"])]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["organisation", "external_id"], name="one_line_per_id")
        ]

    def __str__(self) -> str:
        return self.external_id
