"""Rules of who must agree to what, requests for an approval, decisions, and who stands in for whom."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from headrace.base.models.core import Organisation, Role, RoleGrant, User


class Risk(models.TextChoices):
    """How risky the room that asks takes its subject to be."""

    LOW = "low", _("Low")
    MEDIUM = "medium", _("Medium")
    HIGH = "high", _("High")


class ApprovalRule(models.Model):
    """One version of a rule: which subjects it is for. Its steps say who must agree, in order.

    A version never changes: a change is a new version with the same `key`, in force once it was approved itself.
    Amounts are minor units of `unit`, each bound included; an empty risk or segment means any.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    # The number of its first version: what its versions have in common.
    key = models.PositiveBigIntegerField(null=True)
    kind = models.CharField(max_length=40)
    unit = models.CharField(max_length=40, blank=True, default="")
    amount_from_minor = models.BigIntegerField(null=True)
    amount_to_minor = models.BigIntegerField(null=True)
    risk = models.CharField(max_length=10, choices=Risk.choices, blank=True, default="")
    segment = models.CharField(max_length=80, blank=True, default="")
    lapses_after_days = models.PositiveSmallIntegerField(default=60)
    # A version that ends the rule: once approved, nothing is in force under its key.
    is_end = models.BooleanField(default=False)
    replaces = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="replaced_by")
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    proposed_at = models.DateTimeField(default=timezone.now)
    in_force_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    refused_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "base_approval_rule"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["organisation", "key"],
                condition=models.Q(in_force_at__isnull=False, ended_at=None),
                name="one_version_of_a_rule_in_force",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class StepBase(models.Model):
    """Who must agree at one step: people with a role, or one person; of them so many as `needed`."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()
    role = models.CharField(max_length=40, choices=Role.choices, blank=True, default="")
    person = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    needed = models.PositiveSmallIntegerField(default=1)
    # After so many days people with the role `escalates_to` may decide too; None: there is no deadline.
    deadline_days = models.PositiveSmallIntegerField(null=True)
    escalates_to = models.CharField(max_length=40, choices=Role.choices, blank=True, default="")

    class Meta:
        abstract = True


class ApprovalRuleStep(StepBase):
    """A step as a rule has it; never changed."""

    rule = models.ForeignKey(ApprovalRule, on_delete=models.PROTECT, related_name="steps")

    class Meta:
        db_table = "base_approval_rule_step"
        ordering: ClassVar[list[str]] = ["position"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["rule", "position"], name="rule_step_once"),
            models.CheckConstraint(
                condition=models.Q(role="") ^ models.Q(person=None), name="rule_step_of_a_role_or_a_person"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule}: {self.position}"


class ApprovalRequest(models.Model):
    """Something that waits for the agreement of people who did not ask for it, and what became of it.

    `subject` names it for the room it belongs to ("settlement:4"); `seen` is what is shown to who decides, and
    `seen_hash` the SHA-256 of its canonical JSON, with amount, unit and title.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        APPROVED = "approved", _("Approved")
        REFUSED = "refused", _("Refused")
        # The content changed meanwhile: another request may have taken its place.
        STALE = "stale", _("Changed meanwhile")
        LAPSED = "lapsed", _("Lapsed")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=40)
    subject = models.CharField(max_length=120)
    title = models.CharField(max_length=300)
    amount_minor = models.BigIntegerField(null=True)
    unit = models.CharField(max_length=40, blank=True, default="")
    risk = models.CharField(max_length=10, choices=Risk.choices, blank=True, default="")
    segments = models.JSONField(default=list)
    seen = models.JSONField()
    seen_hash = models.CharField(max_length=64)
    requested_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    requested_at = models.DateTimeField(default=timezone.now)
    # Keys of all who had a hand in asking: who asked for what this one took the place of, and who asked again.
    askers = models.JSONField(default=list)
    # The version it began with; none where the kind's own step serves.
    rule = models.ForeignKey(ApprovalRule, on_delete=models.PROTECT, null=True, related_name="requests")
    lapses_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "base_approval_request"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["organisation", "kind", "subject"],
                condition=models.Q(state="waiting"),
                name="one_waiting_request_per_subject",
            )
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["organisation", "kind", "subject"]),
            models.Index(fields=["organisation", "state", "requested_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"

    @property
    def is_waiting(self) -> bool:
        return self.state == self.State.WAITING


class ApprovalStep(StepBase):
    """A step of one request, as its rule had it when it began; one after the other is opened."""

    request = models.ForeignKey(ApprovalRequest, on_delete=models.PROTECT, related_name="steps")
    opened_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    escalated_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "base_approval_step"
        ordering: ClassVar[list[str]] = ["position"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["request", "position"], name="request_step_once"),
            models.CheckConstraint(
                condition=models.Q(role="") ^ models.Q(person=None), name="step_of_a_role_or_a_person"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.request}: {self.position}"


class Delegation(models.Model):
    """From one day to another (both included) one person may decide for another who is away."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    delegator = models.ForeignKey(User, on_delete=models.PROTECT, related_name="delegations_given")
    delegate = models.ForeignKey(User, on_delete=models.PROTECT, related_name="delegations_held")
    starts_on = models.DateField()
    ends_on = models.DateField()
    given_at = models.DateTimeField(default=timezone.now)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "base_delegation"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=~models.Q(delegator=models.F("delegate")), name="delegated_to_another"
            ),
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")), name="delegation_ends_after_it_starts"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.delegator} → {self.delegate}"


class ApprovalDecision(models.Model):
    """What one person said to one step of a request, in which role or for whom, and what they saw. Append-only."""

    class Choice(models.TextChoices):
        APPROVE = "approve", _("Approved")
        REFUSE = "refuse", _("Refused")

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    request = models.ForeignKey(ApprovalRequest, on_delete=models.PROTECT, related_name="decisions")
    step = models.ForeignKey(ApprovalStep, on_delete=models.PROTECT, related_name="decisions")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    # The role by which they might decide, and the row that gave it; none where the step names the person.
    role = models.CharField(max_length=40, choices=Role.choices, blank=True, default="")
    grant = models.ForeignKey(RoleGrant, on_delete=models.PROTECT, null=True, related_name="+")
    # The one who is away and for whom they decided.
    delegation = models.ForeignKey(Delegation, on_delete=models.PROTECT, null=True, related_name="+")
    on_behalf_of = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    choice = models.CharField(max_length=10, choices=Choice.choices)
    comment = models.CharField(max_length=1000, blank=True, default="")
    decided_at = models.DateTimeField(default=timezone.now)
    is_by_link = models.BooleanField(default=False)
    seen = models.JSONField()
    seen_hash = models.CharField(max_length=64)

    class Meta:
        db_table = "base_approval_decision"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["request", "user"], name="one_decision_per_person"),
            models.UniqueConstraint(fields=["request", "on_behalf_of"], name="one_decision_for_a_person"),
            models.CheckConstraint(
                condition=~models.Q(choice="refuse", comment=""), name="refusal_with_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.choice} {self.request}"


class ApprovalLink(models.Model):
    """A link that was sent by e-mail: one person decides one step on one content by it, once."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    request = models.ForeignKey(ApprovalRequest, on_delete=models.PROTECT, related_name="links")
    step = models.ForeignKey(ApprovalStep, on_delete=models.PROTECT, related_name="links")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    seen_hash = models.CharField(max_length=64)
    made_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "base_approval_link"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["step", "user"], name="one_link_per_step_and_person")
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.request}"
