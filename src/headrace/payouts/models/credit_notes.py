"""Self-billed credit notes: the invoices that the brand writes for its partners."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone

from headrace.base.models import Organisation
from headrace.payouts.models.settlements import SettlementPayee


class CreditNoteCounter(models.Model):
    """The last number that was given in a year: drawn under lock with the credit note, so that none is left out."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        db_table = "payouts_credit_note_counter"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["organisation", "year"], name="one_counter_per_year")
        ]

    def __str__(self) -> str:
        return f"{self.year}: {self.last}"


class CreditNote(models.Model):
    """One credit note as it was written; the document itself is kept, so it reads the same for ever."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    number = models.CharField(max_length=40)
    payee = models.OneToOneField(SettlementPayee, on_delete=models.PROTECT, related_name="credit_note")
    issued_on = models.DateField()
    unit = models.CharField(max_length=3)
    net_minor = models.BigIntegerField()
    vat_minor = models.BigIntegerField()
    # UN/CEFACT Cross Industry Invoice, profile EN 16931.
    document = models.TextField()
    written_at = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "payouts_credit_note"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["organisation", "number"], name="credit_note_number_once")
        ]

    def __str__(self) -> str:
        return self.number
