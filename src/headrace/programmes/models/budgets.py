"""What a programme may cost in a period, allocated down to segments and partners. A change is a new version."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from headrace.base.models import Organisation, User
from headrace.partners.models import Partner
from headrace.programmes.models.programmes import Programme


class Level(models.TextChoices):
    """How far down an allocation is: everybody, a segment of partners, one partner."""

    ORGANISATION = "organisation", _("Everybody")
    SEGMENT = "segment", _("Segment")
    PARTNER = "partner", _("Partner")


class Budget(models.Model):
    """That of one programme in one unit for the days from `starts` to `ends`, both included; none overlaps another."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="budgets")
    unit = models.CharField(max_length=40)
    starts = models.DateField()
    ends = models.DateField()
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "programmes_budget"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["programme", "unit", "starts"], name="one_budget_per_start"),
            models.CheckConstraint(
                condition=models.Q(starts__lte=models.F("ends")), name="budget_ends_after_it_starts"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.programme} {self.unit} {self.starts} – {self.ends}"


class BudgetVersion(models.Model):
    """All allocations of a budget as one person proposed them; in force once others have approved.

    A version is whole and never edited, so what it allocates is checked in one piece; at most one is in force.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    budget = models.ForeignKey(Budget, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    replaces = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=300, blank=True)
    # Percentages of an allocation at which people are told, as [80, 100].
    alert_at = models.JSONField(default=list)
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    proposed_at = models.DateTimeField(default=timezone.now)
    in_force_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    refused_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "programmes_budget_version"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["budget", "number"], name="budget_version_number_once"),
            models.UniqueConstraint(
                fields=["budget"],
                condition=models.Q(in_force_at__isnull=False, ended_at=None),
                name="one_budget_version_in_force",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.budget} {self.number}"


class Allocation(models.Model):
    """What one level may cost, in minor units of the budget's unit. The sum of those below never exceeds it.

    A segment is the partners whose `field` (of their dated attributes) is `value` on the last day of the budget, or
    today while it runs. A hard limit holds back what goes beyond it; a soft one only tells.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(BudgetVersion, on_delete=models.PROTECT, related_name="allocations")
    above = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="below")
    level = models.CharField(max_length=20, choices=Level.choices)
    field = models.CharField(max_length=40, blank=True)
    value = models.CharField(max_length=100, blank=True)
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, null=True, related_name="+")
    limit_minor = models.BigIntegerField()
    is_hard = models.BooleanField(default=False)

    class Meta:
        db_table = "programmes_allocation"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(limit_minor__gte=0), name="allocation_not_below_nought"
            ),
            models.UniqueConstraint(
                fields=["version", "partner"],
                condition=models.Q(partner__isnull=False),
                name="one_allocation_per_partner",
            ),
            models.UniqueConstraint(
                fields=["version", "field", "value"],
                condition=models.Q(partner=None),
                name="one_allocation_per_segment",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.place}: {self.limit_minor}"

    @property
    def place(self) -> str:
        """What it is for, the same in every version of the budget."""
        if self.level == Level.PARTNER:
            return f"partner:{self.partner_id}"
        return f"{self.field}:{self.value}" if self.level == Level.SEGMENT else "all"


class BudgetAlert(models.Model):
    """That a threshold of an allocation was reached, told once for each limit in force."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    budget = models.ForeignKey(Budget, on_delete=models.PROTECT, related_name="alerts")
    allocation = models.ForeignKey(Allocation, on_delete=models.PROTECT, related_name="+")
    place = models.CharField(max_length=160)
    percent = models.PositiveSmallIntegerField()
    limit_minor = models.BigIntegerField()
    charged_minor = models.BigIntegerField()
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "programmes_budget_alert"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["budget", "place", "percent", "limit_minor"], name="one_budget_alert_per_threshold"
            )
        ]

    def __str__(self) -> str:
        return f"{self.budget} {self.place}: {self.percent} %"

    @property
    def share(self) -> Decimal:
        """The threshold as a ratio."""
        return Decimal(self.percent).scaleb(-2)


class BudgetRefusal(models.Model):
    """That a hard limit held back a calculation, from the first time until one was published."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    budget = models.ForeignKey(Budget, on_delete=models.PROTECT, related_name="refusals")
    allocation = models.ForeignKey(Allocation, on_delete=models.PROTECT, related_name="+")
    would_be_minor = models.BigIntegerField()
    at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "programmes_budget_refusal"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["allocation"], condition=models.Q(ended_at=None), name="one_open_refusal_per_limit"
            )
        ]

    def __str__(self) -> str:
        return f"{self.allocation}: {self.would_be_minor}"
