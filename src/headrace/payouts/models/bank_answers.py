"""What banks answered: files kept by their hash, and each entry with what came of it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from headrace.base.models import Organisation, User
from headrace.payouts.models.batches import Payout


class BankAnswer(models.Model):
    """A file of the bank: pain.002, camt.053 or camt.054. The same bytes are read once."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=64)
    file_name = models.CharField(max_length=255)
    # As "pain.002", and the id the bank gave it.
    message = models.CharField(max_length=20)
    message_id = models.CharField(max_length=35, blank=True, default="")
    received_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    received_at = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "payouts_bank_answer"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["organisation", "sha256"], name="bank_answer_read_once")
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["organisation", "-received_at"])]

    def __str__(self) -> str:
        return f"{self.message} {self.file_name}"


class BankAnswerEntry(models.Model):
    """One entry of an answer and what came of it. What is unclear waits until somebody has looked at it."""

    class Kind(models.TextChoices):
        ACCEPTED = "accepted", _("Accepted by the bank")
        REFUSED = "refused", _("Refused by the bank")
        PAID = "paid", _("Booked")
        RETURNED = "returned", _("Came back")

    class Outcome(models.TextChoices):
        POSTED = "posted", _("Posted")
        NOTHING_NEW = "nothing_new", _("Nothing new")
        UNCLEAR = "unclear", _("Somebody has to look")

    class Problem(models.TextChoices):
        UNKNOWN = "unknown", _("No payout is known by this reference.")
        AMOUNT = "amount", _("The amount differs from that of the payout.")
        NOT_SENT = "not_sent", _("The payout was not handed to the bank.")
        AFTER_REFUSAL = "after_refusal", _("The bank had refused this payout before.")
        AFTER_PAYMENT = "after_payment", _("The bank had booked this payout before.")
        SECOND_BOOKING = "second_booking", _("Booked before under another reference of the bank.")

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    answer = models.ForeignKey(BankAnswer, on_delete=models.PROTECT, related_name="entries")
    position = models.PositiveIntegerField()
    kind = models.CharField(max_length=10, choices=Kind.choices)
    # As the bank wrote them: of the payout, of the batch, and its own.
    reference = models.CharField(max_length=35, blank=True, default="")
    batch_reference = models.CharField(max_length=35, blank=True, default="")
    bank_reference = models.CharField(max_length=35, blank=True, default="")
    amount_minor = models.BigIntegerField(null=True)
    unit = models.CharField(max_length=3, blank=True, default="")
    booked_on = models.DateField(null=True)
    reason_code = models.CharField(max_length=35, blank=True, default="")
    reason_text = models.CharField(max_length=500, blank=True, default="")
    outcome = models.CharField(max_length=20, choices=Outcome.choices)
    problem = models.CharField(max_length=20, choices=Problem.choices, blank=True, default="")
    payout = models.ForeignKey(Payout, on_delete=models.PROTECT, null=True, related_name="answers")
    looked_at_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    looked_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        db_table = "payouts_bank_answer_entry"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["answer", "position"]),
            models.Index(
                fields=["organisation"],
                condition=models.Q(outcome="unclear", looked_at=None),
                name="entries_to_look_at",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.answer} {self.position}"
