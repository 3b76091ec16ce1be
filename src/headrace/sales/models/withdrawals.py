"""Lines that were taken back."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from headrace.base.models import Organisation, User
from headrace.sales.models.lines import SalesLine


class LineWithdrawal(models.Model):
    """A line that holds no more from `recorded_at` on; before, it did. Never changed and never deleted.

    `same_as` names the line that tells the same sale in its stead: as long as that one stands, whoever sends the
    withdrawn line's id again sends what is known. Without it the id is free, and may come again.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    line = models.OneToOneField(SalesLine, on_delete=models.PROTECT, related_name="withdrawal")
    same_as = models.ForeignKey(SalesLine, on_delete=models.PROTECT, null=True, related_name="stands_for")
    recorded_at = models.DateTimeField()
    reason = models.CharField(max_length=500)
    # What it was withdrawn with: `import:12`, `suspicion:7`.
    subject = models.CharField(max_length=100)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        db_table = "sales_line_withdrawal"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["organisation", "recorded_at"], name="withdrawals_by_moment")
        ]

    def __str__(self) -> str:
        return f"{self.line_id}: {self.reason}"
