"""The brand's own account codes for the journal, and which part of the ledger each export took."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone

from headrace.base.models import Organisation, User
from headrace.ledger.models import Stage


class JournalAccount(models.Model):
    """The account in the brand's chart of accounts that stands for a stage, where it is not the default one."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    stage = models.CharField(max_length=40, choices=Stage.choices)
    code = models.CharField(max_length=40)
    name = models.CharField(max_length=100)

    class Meta:
        db_table = "books_journal_account"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["organisation", "stage"], name="one_journal_account_per_stage")
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class JournalExport(models.Model):
    """What was handed to the brand's bookkeeping: the days up to `through`, as known at a position of the ledger.

    It holds what occurred up to `through` and was posted up to `position`, less what the export before it held: so
    each posting is in exactly one export, and one that came late is in the next. The files are kept by their
    hashes, so the same export is the same bytes for ever.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    starts = models.DateField()
    through = models.DateField()
    position = models.BigIntegerField()
    transfers = models.PositiveIntegerField()
    csv_sha256 = models.CharField(max_length=64)
    beancount_sha256 = models.CharField(max_length=64)
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        db_table = "books_journal_export"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["organisation", "number"], name="journal_export_number_once"),
            models.UniqueConstraint(fields=["organisation", "through"], name="journal_export_through_once"),
            models.CheckConstraint(
                condition=models.Q(starts__lte=models.F("through")),
                name="journal_export_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.starts} – {self.through}"
