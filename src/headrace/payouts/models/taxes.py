"""What is known of how someone is taxed. Rows are added, never changed: the newest one holds."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from headrace.base.models import Organisation, User
from headrace.partners.models import Partner, Person


class TaxProfile(models.Model):
    """Who a partner, a person or (with neither) the brand itself is to the tax office and on a credit note."""

    class Being(models.TextChoices):
        COMPANY = "company", _("Company")
        PERSON = "person", _("Natural person")

    class Activity(models.TextChoices):
        RESELLER = "reseller", _("Buys and resells: what it gets lowers its price")
        AGENT = "agent", _("Brokers sales: what it gets is a commission")

    class VatStatus(models.TextChoices):
        STANDARD = "standard", _("Registered for VAT")
        SMALL_BUSINESS = "small_business", _("Small business exempt from VAT")
        NONE = "none", _("No business: no credit note is written")

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, null=True, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    legal_name = models.CharField(max_length=200)
    being = models.CharField(max_length=10, choices=Being.choices, default=Being.COMPANY)
    activity = models.CharField(max_length=10, choices=Activity.choices, default=Activity.RESELLER)
    # ISO 3166, two letters.
    country = models.CharField(max_length=2)
    street = models.CharField(max_length=200, blank=True, default="")
    postcode = models.CharField(max_length=20, blank=True, default="")
    city = models.CharField(max_length=100, blank=True, default="")
    tax_id = models.CharField(max_length=40, blank=True, default="")
    vat_id = models.CharField(max_length=20, blank=True, default="")
    vat_status = models.CharField(max_length=20, choices=VatStatus.choices, default=VatStatus.NONE)
    # A certificate by which nothing is withheld, as long as it holds.
    exemption = models.CharField(max_length=80, blank=True, default="")
    exemption_from = models.DateField(null=True, blank=True)
    exemption_to = models.DateField(null=True, blank=True)
    noted_at = models.DateTimeField(default=timezone.now)
    noted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        db_table = "payouts_tax_profile"
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["organisation", "partner", "person"])]

    def __str__(self) -> str:
        return self.legal_name

    def is_exempt(self, day: date) -> bool:
        """Whether a certificate of exemption holds on the day."""
        begun = self.exemption_from is None or self.exemption_from <= day
        return bool(self.exemption) and begun and (self.exemption_to is None or day <= self.exemption_to)
