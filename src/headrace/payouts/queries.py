"""What the ledger says of an account over a period. Amounts are what is owed to the owner: its credits."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet, Sum

from headrace.base.models import Organisation
from headrace.earnings.models import Earning
from headrace.kernel.period import Period
from headrace.ledger.models import Entry, Stage
from headrace.partners.models import Partner, Person
from headrace.payouts.models import Statement


@dataclass(frozen=True)
class AccountOver:
    """An account over a period."""

    owner: str
    unit: str
    opening_minor: int
    moved_minor: int


@dataclass(frozen=True)
class Movement:
    """One line of a statement."""

    occurred_on: date
    amount_minor: int
    corrects_period: str
    earning: Earning | None


def accounts_over(organisation: Organisation, period: Period, position: int) -> list[AccountOver]:
    """The owners' accounts that opened the period with a balance or moved in it, by owner and unit."""
    inside = Q(transfer__occurred_on__range=(period.starts, period.ends))
    before = Q(transfer__occurred_on__lt=period.starts)
    rows = (
        Entry.objects.filter(
            organisation=organisation, account__stage=Stage.ACCRUED, transfer_id__lte=position
        )
        .exclude(account__owner="")
        .values("account__owner", "account__unit")
        .annotate(
            opening=Sum("amount_minor", filter=before, default=0),
            moved=Sum("amount_minor", filter=inside, default=0),
            movements=Count("pk", filter=inside),
        )
        .order_by("account__owner", "account__unit")
    )
    return [
        AccountOver(row["account__owner"], row["account__unit"], -row["opening"], -row["moved"])
        for row in rows
        if row["opening"] or row["movements"]
    ]


def movements(statement: Statement) -> list[Movement]:
    """The lines of a statement by day, each with the earning it came from."""
    entries = (
        Entry.objects.filter(
            organisation_id=statement.organisation_id,
            account__owner=statement.owner,
            account__unit=statement.unit,
            account__stage=Stage.ACCRUED,
            transfer_id__lte=statement.position,
            transfer__occurred_on__range=(statement.period_from, statement.period_to),
        )
        .select_related("transfer")
        .order_by("transfer__occurred_on", "transfer_id", "pk")
    )
    found = list(entries)
    earnings = Earning.objects.select_related("programme", "version").in_bulk(
        [entry.transfer.details["earning"] for entry in found if entry.transfer.kind == "earning"]
    )
    return [
        Movement(
            entry.transfer.occurred_on,
            -entry.amount_minor,
            entry.transfer.corrects_period,
            earnings.get(entry.transfer.details.get("earning", 0)),
        )
        for entry in found
    ]


def statements_of_partner(partner: Partner) -> QuerySet[Statement]:
    """All statements of a partner and its people, the newest first."""
    return (
        Statement.objects.filter(partner=partner)
        .select_related("partner", "person")
        .order_by("-period_to", "number")
    )


def statements_of_person(person: Person) -> QuerySet[Statement]:
    """What a person of a partner may see: an owner all of the partner, a salesperson its own."""
    if person.is_owner:
        return Statement.objects.filter(partner=person.partner).order_by("-period_to", "number")
    return Statement.objects.filter(person=person).order_by("-period_to", "number")
