"""Where payouts go, and from which account of the brand. Rows are added, never changed: the newest one holds."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from headrace.base.models import Organisation, User
from headrace.partners.models import Partner, Person

SHOWN_DIGITS = 4


def masked(number: str) -> str:
    """A number of an account as it may stand anywhere: its last four signs, of an IBAN its country too."""
    if len(number) <= SHOWN_DIGITS:
        return "•" * len(number)
    country = number[:2] if number[:2].isalpha() else ""
    return f"{country}•••• {number[-SHOWN_DIGITS:]}"


class PayoutTerms(models.Model):
    """What an organisation pays out by."""

    WAITING_DAYS = 3

    organisation = models.OneToOneField(Organisation, on_delete=models.PROTECT, related_name="+")
    # So many days after a new bank account was approved nothing is paid to its owner.
    waiting_days = models.PositiveSmallIntegerField(default=WAITING_DAYS)

    class Meta:
        db_table = "payouts_terms"

    def __str__(self) -> str:
        return f"{self.organisation}: {self.waiting_days}"


class AccountNumbers(models.Model):
    """The numbers of a bank account: those of its kind are filled in, checked when they were entered."""

    class Kind(models.TextChoices):
        IBAN = "iban", _("Account with an IBAN")
        US = "us", _("Account in the United States")
        CREDIT_NOTE = "credit_note", _("No bank: credited to the customer account")

    class Type(models.TextChoices):
        CHECKING = "checking", _("Checking account")
        SAVINGS = "savings", _("Savings account")

    kind = models.CharField(max_length=20, choices=Kind.choices, default=Kind.IBAN)
    holder = models.CharField(max_length=70)
    iban = models.CharField(max_length=34, blank=True, default="")
    bic = models.CharField(max_length=11, blank=True, default="")
    routing = models.CharField(max_length=9, blank=True, default="")
    number = models.CharField(max_length=17, blank=True, default="")
    account_type = models.CharField(max_length=10, choices=Type.choices, default=Type.CHECKING)

    class Meta:
        abstract = True

    @property
    def masked(self) -> str:
        return masked(self.iban or self.number)


class PayingAccount(AccountNumbers):
    """The brand's own account that payouts in a unit leave. Of a unit and kind the newest one holds."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    unit = models.CharField(max_length=3)
    # What the bank in the United States knows the brand by (ten signs), and the name of that bank.
    company_id = models.CharField(max_length=10, blank=True, default="")
    bank_name = models.CharField(max_length=23, blank=True, default="")
    noted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    noted_at = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "payouts_paying_account"
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["organisation", "unit", "kind"])]

    def __str__(self) -> str:
        return f"{self.holder} {self.masked}"


class BankAccount(AccountNumbers):
    """Where the payouts of a partner or a person go, once somebody else has agreed and the waiting time is over."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, null=True, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    entered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    entered_at = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "payouts_bank_account"
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["organisation", "partner", "person"])]

    def __str__(self) -> str:
        return f"{self.holder} {self.masked}"

    @property
    def owner(self) -> str:
        """As the ledger names it."""
        return f"person:{self.person_id}" if self.person_id else f"partner:{self.partner_id}"

    @property
    def recipient(self) -> Partner | Person | None:
        return self.person or self.partner

    @property
    def subject(self) -> str:
        """As approvals and the audit trail name it."""
        return f"bank_account:{self.pk}"


class BankAccountDecision(models.Model):
    """What became of a bank account that was entered: one row, and then there is an end."""

    class Outcome(models.TextChoices):
        ACCEPTED = "accepted", _("Accepted")
        REFUSED = "refused", _("Refused")
        REPLACED = "replaced", _("Replaced by another before it was approved")

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    account = models.OneToOneField(BankAccount, on_delete=models.PROTECT, related_name="decision")
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    usable_from = models.DateTimeField(null=True)
    reason = models.CharField(max_length=1000, blank=True, default="")
    decided_at = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "payouts_bank_account_decision"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(outcome="accepted", usable_from__isnull=False)
                | (~models.Q(outcome="accepted") & models.Q(usable_from=None)),
                name="usable_from_only_of_accepted",
            )
        ]

    def __str__(self) -> str:
        return f"{self.account}: {self.get_outcome_display()}"
