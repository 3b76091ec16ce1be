"""When a source is to report, of which days it did, and which periods nothing is expected of."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from headrace.base.models import Organisation, User
from headrace.partners.models import Partner
from headrace.sales.models.imports import Import, Source

GRACE_DAYS_MAX = 90
REMIND_EVERY_DAYS_MAX = 60
REMINDERS_MAX = 10


class ReportedDay(models.Model):
    """How many rows of an import tell of sales on a day, duplicates left out."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", db_index=False)
    import_run = models.ForeignKey(Import, on_delete=models.PROTECT, related_name="reported_days")
    on = models.DateField()
    rows = models.PositiveIntegerField()

    class Meta:
        db_table = "sales_reported_day"
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["organisation", "on"])]

    def __str__(self) -> str:
        return f"{self.import_run_id}: {self.on}"


class ReportingCalendar(models.Model):
    """How often a source is to report, until when, and who is reminded where it does not."""

    class Every(models.TextChoices):
        WEEK = "week", _("Every week")
        MONTH = "month", _("Every month")
        QUARTER = "quarter", _("Every quarter")
        NONE = "none", _("Not regularly")

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    source = models.OneToOneField(Source, on_delete=models.PROTECT, related_name="calendar")
    every = models.CharField(max_length=10, choices=Every.choices, default=Every.MONTH)
    # The first period that is expected is the one with this day in it.
    starts_on = models.DateField()
    grace_days = models.PositiveSmallIntegerField(default=5, validators=[MaxValueValidator(GRACE_DAYS_MAX)])
    # Whose report it is, where that is a partner.
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    contact_name = models.CharField(max_length=200, blank=True, default="")
    # Without one nobody is reminded; it goes straight to the channel managers.
    contact_email = models.EmailField(blank=True, default="")
    language = models.CharField(max_length=5, choices=settings.LANGUAGES, default="en")
    remind_every_days = models.PositiveSmallIntegerField(
        default=3, validators=[MinValueValidator(1), MaxValueValidator(REMIND_EVERY_DAYS_MAX)]
    )
    reminders_max = models.PositiveSmallIntegerField(default=3, validators=[MaxValueValidator(REMINDERS_MAX)])

    class Meta:
        db_table = "sales_reporting_calendar"

    def __str__(self) -> str:
        return f"{self.source}: {self.get_every_display()}"


class ReportWaiver(models.Model):
    """No report is expected of a period: the source had no sales, or was excused. Withdrawn, never deleted."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="waivers")
    period_starts = models.DateField()
    reason = models.CharField(max_length=500)
    waived_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    waived_at = models.DateTimeField(default=timezone.now)
    withdrawn_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "sales_report_waiver"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["source", "period_starts"],
                condition=models.Q(withdrawn_at=None),
                name="one_waiver_per_period",
            )
        ]

    def __str__(self) -> str:
        return f"{self.source_id}: {self.period_starts}"
