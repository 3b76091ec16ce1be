"""Settlements: what of the earnings is approved, what of it is paid out, and what waits for the next one."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from headrace.base.models import Organisation, User
from headrace.partners.models import Partner, Person


class SettlementTerms(models.Model):
    """What an organisation settles by. `minimums` holds the least payout of each currency, in minor units."""

    organisation = models.OneToOneField(Organisation, on_delete=models.PROTECT, related_name="+")
    # So many days after its end late facts still count into a period; only then can it be closed.
    grace_days = models.PositiveSmallIntegerField(default=0)
    minimums = models.JSONField(default=dict)

    class Meta:
        db_table = "payouts_settlement_terms"

    def __str__(self) -> str:
        return f"{self.organisation}: {self.grace_days}"


class Settlement(models.Model):
    """What is settled of a period: once approved by another person, posted to the ledger, once.

    An interim settlement takes a share of what a running period earned so far; the final one takes all that is
    left of it and closes the period. Until it is settled its payees and lines are a draft as of `position`.
    """

    class Kind(models.TextChoices):
        INTERIM = "interim", _("Interim settlement")
        FINAL = "final", _("Final settlement")

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        WAITING = "waiting", _("Waits for approval")
        SETTLED = "settled", _("Settled")
        DROPPED = "dropped", _("Dropped")

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="settlements")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    period_from = models.DateField()
    period_to = models.DateField()
    # Of what was earned so far, at 1e-4 (5000 is half); a final settlement takes all.
    share_e4 = models.PositiveIntegerField(default=10_000)
    # The last day whose earnings count, which is also the day the settlement is posted on.
    counted_to = models.DateField()
    position = models.BigIntegerField()
    minimums = models.JSONField(default=dict)
    # SHA-256 of what would be settled: tells whether a rerun changed it.
    fingerprint = models.CharField(max_length=64)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    prepared_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    prepared_at = models.DateTimeField(default=timezone.now)
    # Why it went back to its draft: what who refused it wrote.
    refusal = models.CharField(max_length=1000, blank=True, default="")
    settled_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "payouts_settlement"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["organisation"],
                condition=models.Q(state__in=["draft", "waiting"]),
                name="one_open_settlement",
            ),
            models.CheckConstraint(
                condition=models.Q(share_e4__gt=0, share_e4__lte=10_000), name="settlement_share_in_bounds"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["organisation", "-period_to"])]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.period_from} – {self.period_to}"

    @property
    def is_open(self) -> bool:
        return self.state in (self.State.DRAFT, self.State.WAITING)

    @property
    def is_final(self) -> bool:
        return self.kind == self.Kind.FINAL

    @property
    def subject(self) -> str:
        """As approvals and the audit trail name it."""
        return f"settlement:{self.pk}"

    @property
    def key_prefix(self) -> str:
        """How the keys of its transfers in the ledger begin."""
        return f"settlement:{self.pk}:"


class SettlementPayee(models.Model):
    """What a settlement brings one owner in one unit, and why. Amounts in minor units.

    accrued + carried in = gross + carried out, and gross + VAT - withheld = payable.
    """

    class Outcome(models.TextChoices):
        PAYABLE = "payable", _("Paid out")
        BELOW_MINIMUM = "below_minimum", _("Carried: below the minimum payout")
        DEBT = "debt", _("Carried: more was taken back than earned")
        EVEN = "even", _("Nothing left to pay")
        NOT_MONEY = "not_money", _("Approved: no money, not paid by bank")

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    settlement = models.ForeignKey(Settlement, on_delete=models.PROTECT, related_name="payees")
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    unit = models.CharField(max_length=40)
    outcome = models.CharField(max_length=20, choices=Outcome.choices)
    accrued_minor = models.BigIntegerField()
    # Of the accrued, what was taken back of earnings; never above nought.
    clawed_back_minor = models.BigIntegerField()
    carried_in_minor = models.BigIntegerField()
    gross_minor = models.BigIntegerField()
    vat_minor = models.BigIntegerField(default=0)
    withheld_minor = models.BigIntegerField(default=0)
    payable_minor = models.BigIntegerField()
    carried_minor = models.BigIntegerField()
    # Which rule of which country withheld, or why none did; and how VAT was found: codes and parameters.
    tax = models.JSONField(default=dict)
    vat = models.JSONField(default=dict)

    class Meta:
        db_table = "payouts_settlement_payee"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["settlement", "partner", "unit"],
                condition=models.Q(person=None),
                name="one_payee_per_partner_and_unit",
            ),
            models.UniqueConstraint(
                fields=["settlement", "person", "unit"], name="one_payee_per_person_and_unit"
            ),
            models.CheckConstraint(
                condition=models.Q(
                    gross_minor=models.F("accrued_minor")
                    + models.F("carried_in_minor")
                    - models.F("carried_minor")
                ),
                name="payee_gross_adds_up",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    payable_minor=models.F("gross_minor") + models.F("vat_minor") - models.F("withheld_minor")
                ),
                name="payee_payable_adds_up",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["partner", "person", "unit"])]

    def __str__(self) -> str:
        return f"{self.settlement} {self.owner} {self.unit}"

    @property
    def owner(self) -> str:
        return f"person:{self.person_id}" if self.person_id else f"partner:{self.partner_id}"

    @property
    def recipient(self) -> Partner | Person:
        return self.person or self.partner


class SettlementLine(models.Model):
    """The part of one programme in what a payee gets: `accrued` and `carried in` become `gross` or stay approved."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    payee = models.ForeignKey(SettlementPayee, on_delete=models.PROTECT, related_name="lines")
    # As the ledger names it: "programme:4".
    programme = models.CharField(max_length=100)
    accrued_minor = models.BigIntegerField()
    carried_in_minor = models.BigIntegerField()
    gross_minor = models.BigIntegerField()
    withheld_minor = models.BigIntegerField(default=0)

    class Meta:
        db_table = "payouts_settlement_line"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["payee", "programme"], name="one_settlement_line_per_programme")
        ]

    def __str__(self) -> str:
        return f"{self.payee} {self.programme}"
