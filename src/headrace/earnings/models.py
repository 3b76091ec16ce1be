"""What was calculated from what, and what each recipient earned. Rows are added, never changed."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

from django.db import models
from django.utils import timezone

from headrace.base.models import Organisation, User
from headrace.partners.models import Partner, Person
from headrace.programmes.models import Programme, ProgrammeVersion


class Snapshot(models.Model):
    """The facts as they were known at a moment, as Parquet files kept by hash: any run can be repeated years later."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    taken_at = models.DateTimeField(default=timezone.now)
    as_of = models.DateTimeField()
    engine_version = models.CharField(max_length=40)
    # Name of the input (as in engine.tables.Inputs) -> {"sha256": ..., "rows": ...}
    manifest = models.JSONField()

    class Meta:
        db_table = "earnings_snapshot"

    def __str__(self) -> str:
        return f"{self.organisation} {self.as_of:%Y-%m-%d %H:%M}"


class Run(models.Model):
    """One calculation of one programme on one snapshot. Publishing it posts what differs from what stands.

    `scope` is None where everyone was calculated; else it says for whom alone, as {"partners": [keys], "people":
    [keys]}: what others earned stands as it is.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="runs")
    snapshot = models.ForeignKey(Snapshot, on_delete=models.PROTECT, related_name="runs")
    backend = models.CharField(max_length=40)
    calculated_at = models.DateTimeField(default=timezone.now)
    calculated_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    # Version number -> the hash that names the folder of its result
    results = models.JSONField()
    scope = models.JSONField(null=True)
    published_at = models.DateTimeField(null=True)
    published_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        db_table = "earnings_run"
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["programme", "calculated_at"])]

    def __str__(self) -> str:
        return f"{self.programme} {self.calculated_at:%Y-%m-%d %H:%M}"


class Earning(models.Model):
    """What a run said a recipient earned in a period by one rule, and how that differs from the row before it.

    The rows of one `key` form a chain: `amount_minor` is the new total, `delta_minor` the difference that was
    posted to the ledger. The newest row of a chain is what stands.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="earnings")
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="earnings")
    version = models.ForeignKey(ProgrammeVersion, on_delete=models.PROTECT, related_name="+")
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="earnings")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="earnings")
    key = models.CharField(max_length=300)
    rule = models.CharField(max_length=80)
    by = models.CharField(max_length=200, blank=True)
    period_from = models.DateField()
    period_to = models.DateField()
    unit = models.CharField(max_length=40)
    digits = models.PositiveSmallIntegerField()
    amount_minor = models.BigIntegerField()
    delta_minor = models.BigIntegerField()
    occurred_on = models.DateField()
    corrects = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="corrected_by")

    class Meta:
        db_table = "earnings_earning"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["run", "key"], name="earning_key_once_per_run"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["programme", "key"]),
            models.Index(fields=["partner", "period_from"]),
            models.Index(fields=["programme", "occurred_on"]),
        ]

    def __str__(self) -> str:
        return f"{self.key}: {self.amount} {self.unit}"

    @property
    def amount(self) -> Decimal:
        return Decimal(self.amount_minor).scaleb(-self.digits)

    @property
    def delta(self) -> Decimal:
        return Decimal(self.delta_minor).scaleb(-self.digits)

    @property
    def recipient(self) -> Partner | Person:
        return self.person or self.partner

    @property
    def transfer_key(self) -> str:
        """The key of the transfer in the ledger that posted what changed with this row."""
        return f"earning:{self.run_id}:{self.key}"

    @property
    def owner(self) -> str:
        """Whose account the earning is posted to: the person's where a person earned it."""
        return f"person:{self.person_id}" if self.person_id else f"partner:{self.partner_id}"


class PeriodClose(models.Model):
    """From when on nothing more is posted into the days up to `through`: what changes there is posted after it."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="period_closes")
    through = models.DateField()
    closed_at = models.DateTimeField(default=timezone.now)
    closed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        db_table = "earnings_period_close"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["organisation", "through"], name="close_through_once")
        ]

    def __str__(self) -> str:
        return f"{self.organisation} {self.through}"


class Progress(models.Model):
    """Where a recipient stood in the running period of a rule when its programme was last calculated.

    Derived from the snapshot of `run` and replaced by the next one. Exact figures are texts: decimals or n/d.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="+")
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="progress")
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="progress")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="progress")
    rule = models.CharField(max_length=80)
    by = models.CharField(max_length=200, blank=True)
    period_from = models.DateField()
    period_to = models.DateField()
    # Of `value` and `next_bound`: a share (1.05 is 105%), else in `unit_of_measure` (a currency; empty: counted).
    is_share = models.BooleanField()
    unit_of_measure = models.CharField(max_length=3, blank=True)
    value = models.CharField(max_length=80)
    next_bound = models.CharField(max_length=80)
    missing = models.CharField(max_length=80)
    unit = models.CharField(max_length=40)
    # What reaching the bound would bring beyond what is earned now; None where that can't be told.
    more_minor = models.BigIntegerField(null=True)

    class Meta:
        db_table = "earnings_progress"
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["partner", "period_to"])]

    def __str__(self) -> str:
        return f"{self.partner}: {self.rule} {self.value}"


class Forecast(models.Model):
    """What the open period of a programme was expected to come to, on a day. Derived; replaced when made again for it.

    The interval held in `hits` of `tests` past periods that were forecast from those before them, and should in
    `covers` of `of`. Without figures there was too little history. `history` is what it was made from.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="forecasts")
    snapshot = models.ForeignKey(Snapshot, on_delete=models.PROTECT, related_name="+")
    unit = models.CharField(max_length=40)
    on = models.DateField()
    period_from = models.DateField()
    period_to = models.DateField()
    reached_minor = models.BigIntegerField()
    low_minor = models.BigIntegerField(null=True)
    expected_minor = models.BigIntegerField(null=True)
    high_minor = models.BigIntegerField(null=True)
    method = models.CharField(max_length=20, blank=True)
    covers = models.PositiveSmallIntegerField()
    of = models.PositiveSmallIntegerField()
    tests = models.PositiveSmallIntegerField()
    hits = models.PositiveSmallIntegerField()
    history = models.JSONField()
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "earnings_forecast"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["programme", "unit", "on"], name="one_forecast_per_day")
        ]

    def __str__(self) -> str:
        return f"{self.programme} {self.on}: {self.expected_minor} {self.unit}"
