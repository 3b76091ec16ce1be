"""Payouts, in batches: held, approved, handed to the bank, and what the bank answered."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from headrace.base.models import Organisation, User
from headrace.ledger.models import Hold
from headrace.partners.models import Partner, Person
from headrace.payouts.models.bank_accounts import BankAccount, PayingAccount


class PayoutBatch(models.Model):
    """Payouts of one unit by one method, which go out together, once."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waits for approval")
        APPROVED = "approved", _("Approved")
        HANDED_OVER = "handed_over", _("Handed over")
        REFUSED = "refused", _("Refused")
        DROPPED = "dropped", _("Dropped")

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    method = models.CharField(max_length=20)
    unit = models.CharField(max_length=40)
    paying_account = models.ForeignKey(PayingAccount, on_delete=models.PROTECT, null=True, related_name="+")
    execution_on = models.DateField()
    state = models.CharField(max_length=20, choices=State.choices, default=State.WAITING)
    count = models.PositiveIntegerField()
    total_minor = models.BigIntegerField()
    prepared_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    prepared_at = models.DateTimeField(default=timezone.now)
    handed_over_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    handed_over_at = models.DateTimeField(null=True)
    # Of the bank file, which is kept by it; empty where the method needs none, or before it is handed over.
    file_sha256 = models.CharField(max_length=64, blank=True, default="")
    # Why it was refused or dropped.
    reason = models.CharField(max_length=1000, blank=True, default="")

    class Meta:
        db_table = "payouts_batch"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(count__gt=0, total_minor__gt=0), name="batch_pays_something"
            )
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["organisation", "-prepared_at"])]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        """What the bank knows it by (MsgId and PmtInfId): the same however often its file is made."""
        return f"HR-B{self.pk:07}"

    @property
    def subject(self) -> str:
        """As approvals and the audit trail name it."""
        return f"payout_batch:{self.pk}"


class Payout(models.Model):
    """What one owner gets with a batch, to one account."""

    class State(models.TextChoices):
        HELD = "held", _("Being prepared")
        SENT = "sent", _("On its way")
        PAID = "paid", _("Paid")
        REFUSED = "refused", _("Refused by the bank")
        RETURNED = "returned", _("Came back")
        VOID = "void", _("Not paid")

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    batch = models.ForeignKey(PayoutBatch, on_delete=models.PROTECT, related_name="payouts")
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, null=True, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    account = models.ForeignKey(BankAccount, on_delete=models.PROTECT, related_name="payouts")
    unit = models.CharField(max_length=40)
    amount_minor = models.BigIntegerField()
    # Set in the transaction that makes the row.
    hold = models.OneToOneField(Hold, on_delete=models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.HELD)
    sent_on = models.DateField(null=True)
    paid_on = models.DateField(null=True)
    # Of being refused or coming back: the day, and why as the bank tells it.
    failed_on = models.DateField(null=True)
    reason_code = models.CharField(max_length=35, blank=True, default="")
    reason_text = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        db_table = "payouts_payout"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["batch", "partner"],
                condition=models.Q(person=None),
                name="one_payout_per_batch_and_partner",
            ),
            models.UniqueConstraint(fields=["batch", "person"], name="one_payout_per_batch_and_person"),
            models.CheckConstraint(condition=models.Q(amount_minor__gt=0), name="payout_above_nought"),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["organisation", "partner", "person"])]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        """What the bank knows it by (EndToEndId), and its recipient finds on the statement of the account."""
        return f"HR-P{self.pk:07}"

    @property
    def owner(self) -> str:
        return f"person:{self.person_id}" if self.person_id else f"partner:{self.partner_id}"

    @property
    def recipient(self) -> Partner | Person | None:
        return self.person or self.partner

    @property
    def key(self) -> str:
        """How the keys of its transfers in the ledger begin."""
        return f"payout:{self.pk}"
