"""Statements: what the ledger owed to a partner or a person at the end of a period."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone

from headrace.base.models import Organisation
from headrace.partners.models import Partner, Person
from headrace.payouts.models.settlements import Settlement

# Lines of these kinds come from earnings.
EARNED_KINDS = frozenset({"earned", "corrected", "taken_back"})


class Statement(models.Model):
    """What was owed to one owner in one unit over a period, over all stages short of paid.

    Opening balance + movements = closing balance. Frozen at `position` of the ledger (and what `settlement` posted
    after it); `content` keeps the movements and the names as they were then (see `payouts.cutting`).
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    number = models.CharField(max_length=40)
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="statements")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="statements")
    unit = models.CharField(max_length=40)
    period_from = models.DateField()
    period_to = models.DateField()
    position = models.BigIntegerField()
    # None where the period was closed without settling it.
    settlement = models.ForeignKey(Settlement, on_delete=models.PROTECT, null=True, related_name="statements")
    opening_minor = models.BigIntegerField()
    closing_minor = models.BigIntegerField()
    content = models.JSONField()
    cut_at = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "payouts_statement"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["organisation", "number"], name="statement_number_once")
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["partner", "period_to"])]

    def __str__(self) -> str:
        return self.number

    @property
    def owner(self) -> str:
        """Whose account in the ledger it tells of."""
        return f"person:{self.person_id}" if self.person_id else f"partner:{self.partner_id}"

    @property
    def recipient(self) -> Partner | Person:
        return self.person or self.partner

    @property
    def earned_minor(self) -> int:
        """What was earned in the period, corrections and what was taken back included."""
        return sum(line["minor"] for line in self.content["lines"] if line["kind"] in EARNED_KINDS)
