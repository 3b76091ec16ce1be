"""Claims, and the invoices that prove them."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from headrace.base.models import Organisation, User
from headrace.base.proofs import KeptProof
from headrace.partners.models import Partner, Person
from headrace.sales.models import Import, Product


class State(models.TextChoices):
    SUBMITTED = "submitted", _("Waiting")
    APPROVED = "approved", _("Approved")
    REFUSED = "refused", _("Refused")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Refusal(models.TextChoices):
    """Why a claim is refused."""

    UNREADABLE = "unreadable", _("The proof can’t be read.")
    OTHER_SALE = "other_sale", _("The proof shows another sale.")
    CLAIMED_ALREADY = "claimed_already", _("The sale was claimed or reported already.")
    NOT_ON_PROMOTION = "not_on_promotion", _("No programme pays for this product on that day.")
    WRONG_FIGURES = "wrong_figures", _("Date, quantity or amount differ from the proof.")
    UNKNOWN_SERIAL = "unknown_serial", _("The serial number is not one of ours.")
    OTHER = "other", _("Another reason")


class SaleClaim(models.Model):
    """A sale as a salesperson claims it. Quantity and amount are integers at 1e-4, as those of a sales line."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="claims")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="claims")
    submitted_at = models.DateTimeField(default=timezone.now)
    # As it was written; `product` is the one it stands for, once that is known.
    product_text = models.CharField(max_length=200)
    product = models.ForeignKey(Product, on_delete=models.PROTECT, null=True, related_name="+")
    serial = models.CharField(max_length=100, blank=True, default="")
    invoice_number = models.CharField(max_length=100)
    # What of the invoice number is compared with others (sales.order_numbers.order_key).
    invoice_key = models.CharField(max_length=100)
    customer = models.CharField(max_length=200, blank=True, default="")
    sold_on = models.DateField()
    quantity_e4 = models.BigIntegerField()
    net_amount_e4 = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    state = models.CharField(max_length=10, choices=State.choices, default=State.SUBMITTED)
    # What was checked: a list of {"check": code, "holds": true, false or null, "params": {...}}.
    checks = models.JSONField(default=list)
    # What it would bring as far as known: a list of {"programme", "unit", "minor"}; null until that was worked out.
    expected = models.JSONField(null=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    refusal = models.CharField(max_length=20, choices=Refusal.choices, blank=True, default="")
    comment = models.CharField(max_length=500, blank=True, default="")
    # The import that took the approved line in.
    import_run = models.ForeignKey(Import, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        db_table = "claims_sale_claim"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["organisation", "state", "submitted_at"]),
            models.Index(fields=["partner", "-submitted_at"]),
            models.Index(fields=["organisation", "invoice_key"]),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(state="refused") ^ models.Q(refusal=""), name="refused_with_a_reason"
            )
        ]

    def __str__(self) -> str:
        return f"{self.invoice_number}: {self.product_text}"

    @property
    def is_waiting(self) -> bool:
        return self.state == State.SUBMITTED

    @property
    def line_id(self) -> str:
        """The id of the sales line that it becomes."""
        return f"claim-{self.pk}"

    @property
    def quantity(self) -> Decimal:
        return Decimal(self.quantity_e4).scaleb(-4)

    @property
    def net_amount(self) -> Decimal:
        return Decimal(self.net_amount_e4).scaleb(-4)

    @property
    def doubts(self) -> int:
        """How many checks did not hold."""
        return sum(check["holds"] is False for check in self.checks)


class ClaimProof(KeptProof):
    """A photo or a PDF of the invoice."""

    claim = models.ForeignKey(SaleClaim, on_delete=models.PROTECT, related_name="proofs")

    class Meta:
        db_table = "claims_proof"
