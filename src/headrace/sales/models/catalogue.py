"""Products and customers, targets, and the further columns that imports brought."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from headrace.base.models import Organisation
from headrace.partners.models import Partner, Person


class Product(models.Model):
    """Something the brand sells."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=100)
    name = models.CharField(max_length=200)
    category = models.CharField(max_length=100, blank=True, default="")
    subcategory = models.CharField(max_length=100, blank=True, default="")
    brand = models.CharField(max_length=100, blank=True, default="")
    list_price_e4 = models.BigIntegerField(null=True)
    unit_cost_e4 = models.BigIntegerField(null=True)
    further = models.JSONField(default=dict)

    class Meta:
        db_table = "sales_product"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["organisation", "code"], name="one_product_per_code")
        ]

    def __str__(self) -> str:
        return self.name


class Customer(models.Model):
    """Who bought from a partner."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=100)
    name = models.CharField(max_length=200)
    further = models.JSONField(default=dict)

    class Meta:
        db_table = "sales_customer"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["organisation", "code"], name="one_customer_per_code")
        ]

    def __str__(self) -> str:
        return self.name


class Target(models.Model):
    """What a partner, or a person, is to reach from `starts` to `ends`, both included.

    `measure` is the rule, measure or column that it is for; empty, it is for any.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, null=True, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    measure = models.CharField(max_length=100, blank=True, default="")
    starts = models.DateField()
    ends = models.DateField()
    value_e4 = models.BigIntegerField()

    class Meta:
        db_table = "sales_target"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                "organisation", Coalesce("partner", 0), Coalesce("person", 0), "measure", "starts", "ends",
                name="one_target_per_period",
            ),
            models.CheckConstraint(
                condition=models.Q(partner__isnull=False) | models.Q(person__isnull=False),
                name="target_is_someones",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.person or self.partner} {self.measure} {self.starts} – {self.ends}"


class Attribute(models.Model):
    """A further column that an import brought, and of which type it is from then on."""

    class Of(models.TextChoices):
        SALE = "sale", _("Sale")
        PARTNER = "partner", _("Partner")
        PERSON = "person", _("Person")
        PRODUCT = "product", _("Product")
        CUSTOMER = "customer", _("Customer")

    class Type(models.TextChoices):
        TEXT = "text", _("Text")
        NUMBER = "number", _("Number")
        BOOLEAN = "boolean", _("Yes or no")

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    of = models.CharField(max_length=10, choices=Of.choices)
    name = models.CharField(max_length=60)
    type = models.CharField(max_length=10, choices=Type.choices)

    class Meta:
        db_table = "sales_attribute"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["organisation", "of", "name"], name="one_type_per_attribute")
        ]

    def __str__(self) -> str:
        return f"{self.of}.{self.name}"
