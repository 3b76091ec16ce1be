"""Disputes with what they question, their evidence and their history; and partners' own lines laid beside ours."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from headrace.base.models import Organisation, User
from headrace.base.proofs import KeptProof
from headrace.earnings.models import Earning
from headrace.partners.models import Partner, Person
from headrace.programmes.models import Programme
from headrace.sales.models import Product, SalesLine

REOPEN_DAYS = 30


class State(models.TextChoices):
    OPEN = "open", _("Open")
    ACCEPTED = "accepted", _("Accepted")
    PARTLY = "partly", _("Accepted in part")
    REFUSED = "refused", _("Not accepted")
    WITHDRAWN = "withdrawn", _("Withdrawn")


DECIDED = (State.ACCEPTED, State.PARTLY, State.REFUSED)


class Reason(models.TextChoices):
    """What a partner says is wrong."""

    MISSING_SALE = "missing_sale", _("A sale is missing")
    WRONG_AMOUNT = "wrong_amount", _("Quantity or amount is wrong")
    WRONG_PRODUCT = "wrong_product", _("The product is wrong")
    WRONG_RATE = "wrong_rate", _("The rate or the tier is wrong")
    WRONG_PERIOD = "wrong_period", _("It belongs to another period")
    NOT_MINE = "not_mine", _("It is not our sale")
    OTHER = "other", _("Something else")


# Days until the answer is due. What only a line shows is quicker to look up than what is nowhere yet.
DUE_DAYS = {
    Reason.MISSING_SALE: 14,
    Reason.WRONG_AMOUNT: 10,
    Reason.WRONG_PRODUCT: 10,
    Reason.WRONG_RATE: 14,
    Reason.WRONG_PERIOD: 10,
    Reason.NOT_MINE: 7,
    Reason.OTHER: 14,
}


class Answer(models.TextChoices):
    """Why a dispute ended as it did."""

    PUT_RIGHT = "put_right", _("You are right; it is put right.")
    RECORDS_RIGHT = "records_right", _("Our records agree with the invoices.")
    TERMS = "terms", _("The terms of the programme say otherwise.")
    NO_EVIDENCE = "no_evidence", _("The evidence does not show it.")
    COUNTED_ALREADY = "counted_already", _("It is counted already.")
    OTHER = "other", _("Another reason")


class Dispute(models.Model):
    """What a partner questions of one programme, and what came of it.

    `earning` is the row that stood when it was questioned; without one sales are missing. `round` is 1, or 2 once it
    was reopened.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="disputes")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="disputes")
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="+")
    earning = models.ForeignKey(Earning, on_delete=models.PROTECT, null=True, related_name="disputes")
    reason = models.CharField(max_length=20, choices=Reason.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    round = models.PositiveSmallIntegerField(default=1)
    opened_at = models.DateTimeField(default=timezone.now)
    due_on = models.DateField()
    escalated_at = models.DateTimeField(null=True)
    assigned_to = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=20, choices=Answer.choices, blank=True, default="")

    class Meta:
        db_table = "disputes_dispute"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["organisation", "state", "due_on"]),
            models.Index(fields=["partner", "-opened_at"]),
            models.Index(fields=["programme", "earning"]),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(state__in=["open", "withdrawn"], answer="")
                | models.Q(state__in=["accepted", "partly", "refused"]) & ~models.Q(answer=""),
                name="dispute_decided_with_an_answer",
            )
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.get_reason_display()}"

    @property
    def number(self) -> str:
        return f"D-{self.pk}"

    @property
    def subject(self) -> str:
        """As the audit trail, approvals and the ledger name it."""
        return f"dispute:{self.pk}"

    @property
    def owner(self) -> str:
        """Whose account in the ledger it is about."""
        if self.earning is not None:
            return self.earning.owner
        return f"partner:{self.partner_id}" if self.person.is_owner else f"person:{self.person_id}"

    @property
    def is_open(self) -> bool:
        return self.state == State.OPEN

    @property
    def is_overdue(self) -> bool:
        return self.is_open and self.due_on < timezone.localdate()

    @property
    def reopenable_until(self) -> date | None:
        """The last day on which the partner may reopen it; None where it can't be."""
        if self.state not in DECIDED or self.round > 1 or self.decided_at is None:
            return None
        last = timezone.localdate(self.decided_at) + timedelta(days=REOPEN_DAYS)
        return last if timezone.localdate() <= last else None


class DisputeItem(models.Model):
    """One thing that is questioned, and what would be right as far as the partner said.

    `line` is the sales line that is questioned; without one a sale is missing, or a step of the calculation is
    meant. Of what is paid for it `questioned_minor` (minor units of the earning) is held until the decision.
    """

    class Outcome(models.TextChoices):
        ACCEPTED = "accepted", _("Accepted")
        REFUSED = "refused", _("Not accepted")

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    dispute = models.ForeignKey(Dispute, on_delete=models.PROTECT, related_name="items")
    reason = models.CharField(max_length=20, choices=Reason.choices)
    line = models.ForeignKey(SalesLine, on_delete=models.PROTECT, null=True, related_name="+")
    # The step of the calculation as it was read.
    step = models.CharField(max_length=500, blank=True, default="")
    questioned_minor = models.BigIntegerField(default=0)
    # What would be right: of a missing sale all of it, of a line what differs.
    product_text = models.CharField(max_length=200, blank=True, default="")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, null=True, related_name="+")
    sold_on = models.DateField(null=True)
    quantity_e4 = models.BigIntegerField(null=True)
    net_amount_e4 = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3, blank=True, default="")
    order_id = models.CharField(max_length=100, blank=True, default="")
    serial = models.CharField(max_length=100, blank=True, default="")
    outcome = models.CharField(max_length=10, choices=Outcome.choices, blank=True, default="")

    class Meta:
        db_table = "disputes_item"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(questioned_minor__gte=0), name="questioned_not_below_nought"
            )
        ]

    def __str__(self) -> str:
        return f"{self.dispute_id}: {self.get_reason_display()}"

    @property
    def external_id(self) -> str:
        """The id of the sales line that it becomes."""
        return f"dispute-{self.pk}"

    @property
    def says_what_is_right(self) -> bool:
        known = (self.product_id, self.sold_on, self.quantity_e4, self.net_amount_e4)
        return bool(self.product_text) or any(value is not None for value in known)


class DisputeProof(KeptProof):
    """A photo or a PDF that a partner gave as evidence."""

    dispute = models.ForeignKey(Dispute, on_delete=models.PROTECT, related_name="proofs")

    class Meta:
        db_table = "disputes_proof"


class DisputeEntry(models.Model):
    """What happened to a dispute, or was said about it. Rows are added, never changed: the database sees to it.

    `author` is None for what the system did. What `is_internal` only the brand reads.
    """

    class Kind(models.TextChoices):
        OPENED = "opened", _("Opened")
        MESSAGE = "message", _("Message")
        NOTE = "note", _("Internal note")
        ASSIGNED = "assigned", _("Assigned")
        ESCALATED = "escalated", _("Overdue: escalated")
        DECIDED = "decided", _("Answered")
        REOPENED = "reopened", _("Reopened")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        GOODWILL_ASKED = "goodwill_asked", _("Goodwill asked for")
        GOODWILL_REFUSED = "goodwill_refused", _("Goodwill not approved")
        GOODWILL_POSTED = "goodwill_posted", _("Goodwill posted")

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    dispute = models.ForeignKey(Dispute, on_delete=models.PROTECT, related_name="entries")
    at = models.DateTimeField(default=timezone.now)
    author = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    text = models.CharField(max_length=2000, blank=True, default="")
    is_internal = models.BooleanField(default=False)
    # Parameters of what happened: the answer, who it was assigned to, an amount.
    details = models.JSONField(default=dict)

    class Meta:
        db_table = "disputes_entry"
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["dispute", "at"])]

    def __str__(self) -> str:
        return f"{self.dispute_id}: {self.kind}"


class Goodwill(models.Model):
    """An amount that the brand gives without being bound to: posted once others have approved it."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waits for approval")
        POSTED = "posted", _("Posted")
        REFUSED = "refused", _("Not approved")

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    dispute = models.ForeignKey(Dispute, on_delete=models.PROTECT, related_name="goodwills")
    unit = models.CharField(max_length=40)
    amount_minor = models.BigIntegerField()
    explanation = models.CharField(max_length=500)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "disputes_goodwill"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=models.Q(amount_minor__gt=0), name="goodwill_above_nought"),
            models.UniqueConstraint(
                fields=["dispute"], condition=models.Q(state="waiting"), name="one_waiting_goodwill"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.dispute_id}: {self.amount_minor} {self.unit}"

    @property
    def subject(self) -> str:
        return f"goodwill:{self.pk}"


class Comparison(models.Model):
    """A partner's own lines laid beside those that are known; nothing of them is taken in.

    `result` is what `comparing.compare` found, as JSON; `columns` which column was read as which field.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="+")
    period_from = models.DateField()
    period_to = models.DateField()
    sha256 = models.CharField(max_length=64)
    name = models.CharField(max_length=255)
    made_at = models.DateTimeField(default=timezone.now)
    columns = models.JSONField(default=dict)
    result = models.JSONField(null=True)

    class Meta:
        db_table = "disputes_comparison"
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["partner", "-made_at"])]

    def __str__(self) -> str:
        return self.name


def e4(value: Decimal) -> int:
    """A quantity or an amount as a sales line keeps it, an integer at 1e-4."""
    return int(value.scaleb(4))
