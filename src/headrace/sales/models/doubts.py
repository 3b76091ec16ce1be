"""What looks as if it were wrong though each line is right by itself; a person settles it, once."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from headrace.base.models import Organisation, User
from headrace.sales.models.imports import Import
from headrace.sales.models.lines import SalesLine


class DoubtSet(models.QuerySet["Doubt"]):
    """Doubts, and which of them wait for a person."""

    def waiting(self) -> DoubtSet:
        """Those that nobody settled and whose lines both stand."""
        return self.filter(state="open", earlier__withdrawal=None, later__withdrawal=None)


class Doubt(models.Model):
    """Two lines that may tell the same sale, or a return and a sale.

    `earlier` was reported first, or is the sale; `later` is the line that a confirmed doubt withdraws, or joins to
    its sale. A dismissed doubt is remembered: the pair raises no other.
    """

    class Kind(models.TextChoices):
        SERIAL = "serial", _("Same serial number")
        INVOICE = "invoice", _("Same invoice")
        ALIKE = "alike", _("Much alike")
        RETURN = "return", _("Return without its sale")
        EXCESS = "excess", _("More returned than sold")

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        CONFIRMED = "confirmed", _("Confirmed")
        DISMISSED = "dismissed", _("Dismissed")

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    earlier = models.ForeignKey(SalesLine, on_delete=models.PROTECT, related_name="+")
    later = models.ForeignKey(SalesLine, on_delete=models.PROTECT, related_name="+")
    # How much speaks for it, 0 to 100, and what: a list of codes of doubt_reasons.
    score = models.PositiveSmallIntegerField()
    reasons = models.JSONField()
    # The import whose lines raised it.
    import_run = models.ForeignKey(Import, on_delete=models.PROTECT, related_name="doubts")
    found_at = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    objects = DoubtSet.as_manager()

    class Meta:
        db_table = "sales_doubt"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["organisation", "state", "kind", "-score"], name="doubts_by_score")
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["earlier", "later"], name="one_doubt_per_pair"),
            models.CheckConstraint(
                condition=models.Q(state="open", decided_at=None)
                | (~models.Q(state="open") & models.Q(decided_at__isnull=False)),
                name="decided_doubts_have_a_moment",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.later} / {self.earlier}"
