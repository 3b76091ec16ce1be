"""What a budget was charged with, read from the ledger: what was earned in its days, and how much of it is paid.

What counts is when value was posted to the programme's expense, so what is corrected later is charged to the days it
is posted in. Payments settle what was earned first: so of each owner's account, what was paid in all pays the days
before the budget's, then the budget's.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from django.db.models import Exists, OuterRef, Q, QuerySet, Sum

from headrace.base.models import Organisation
from headrace.ledger.models import Entry, Stage
from headrace.partners.models import PartnerAttributes, Person
from headrace.programmes.models import Allocation, Budget, Level

COMMITTED_STAGES = (Stage.ACCRUED, Stage.APPROVED, Stage.PAYABLE, Stage.HELD, Stage.AVAILABLE)
KEY = ("account__programme", "account__unit", "account__owner")
SEGMENT_FIELDS = ("region", "country", "type", "tier")


@dataclass(frozen=True, slots=True)
class Spent:
    """Minor units that a budget, or a part of it, was charged with: not paid yet (committed), and paid or withheld."""

    committed_minor: int = 0
    paid_minor: int = 0

    @property
    def charged_minor(self) -> int:
        return self.committed_minor + self.paid_minor

    def __add__(self, other: Spent) -> Spent:
        return Spent(self.committed_minor + other.committed_minor, self.paid_minor + other.paid_minor)


def charged(budget: Budget) -> int:
    """What was posted to the programme's expense in the days of the budget."""
    found = Entry.objects.filter(
        organisation=budget.organisation_id,
        account__organisation=budget.organisation_id,
        account__programme=_programme(budget),
        account__unit=budget.unit,
        account__owner="",
        account__stage=Stage.EXPENSE,
        transfer__occurred_on__range=(budget.starts, budget.ends),
    )
    return int(found.aggregate(total=Sum("amount_minor", default=0))["total"])


def spent_by_owner(budget: Budget) -> dict[str, Spent]:
    """Owner ("partner:17") -> what the budget was charged with for it."""
    return spent_of([budget])[budget.pk]


def spent_of(budgets: Sequence[Budget]) -> dict[int, dict[str, Spent]]:
    """Key of a budget -> owner -> what it was charged with for that owner; all read by two queries."""
    found: dict[int, dict[str, Spent]] = {budget.pk: {} for budget in budgets}
    owed = {_key(row): -int(row["total"]) for row in _of_owners(budgets).annotate(total=Sum("amount_minor"))}
    for row in _earned(budgets):
        for budget in budgets:
            inside, before = -int(row[f"inside_{budget.pk}"]), -int(row[f"before_{budget.pk}"])
            if _key(row)[:2] == (_programme(budget), budget.unit) and inside:
                paid = -int(row["total"]) - owed.get(_key(row), 0)
                paid_inside = max(0, min(paid - before, inside))
                found[budget.pk][row["account__owner"]] = Spent(inside - paid_inside, paid_inside)
    return found


def _earned(budgets: Sequence[Budget]) -> QuerySet[Entry, dict[str, Any]]:
    """What came from the programmes' expense to each owner's accounts, not what moved between them.

    In all, and for each budget before and inside its days.
    """
    from_expense = Entry.objects.filter(transfer=OuterRef("transfer"), account__stage=Stage.EXPENSE)
    sums: dict[str, Sum] = {"total": Sum("amount_minor")}
    for budget in budgets:
        inside = Q(transfer__occurred_on__range=(budget.starts, budget.ends))
        sums[f"inside_{budget.pk}"] = Sum("amount_minor", filter=inside, default=0)
        before = Q(transfer__occurred_on__lt=budget.starts)
        sums[f"before_{budget.pk}"] = Sum("amount_minor", filter=before, default=0)
    return _of_owners(budgets).filter(Exists(from_expense)).annotate(**sums)


def _of_owners(budgets: Sequence[Budget]) -> QuerySet[Entry, dict[str, Any]]:
    """Entries of the programmes' owners at the stages before payment, by programme, unit and owner."""
    found = Entry.objects.filter(
        organisation__in={budget.organisation_id for budget in budgets},
        account__programme__in={_programme(budget) for budget in budgets},
        account__unit__in={budget.unit for budget in budgets},
        account__stage__in=COMMITTED_STAGES,
    )
    rows = found.exclude(account__owner="").order_by().values(*KEY)
    return cast("QuerySet[Entry, dict[str, Any]]", rows)


def _key(row: dict[str, Any]) -> tuple[str, ...]:
    return tuple(row[name] for name in KEY)


def _programme(budget: Budget) -> str:
    return f"programme:{budget.programme_id}"


@dataclass(frozen=True, slots=True)
class Line:
    """An allocation with what was spent of it."""

    allocation: Allocation
    depth: int
    spent: Spent

    @property
    def left_minor(self) -> int:
        """Below nought where more was spent than allocated."""
        return self.allocation.limit_minor - self.spent.charged_minor


def lines(budget: Budget, allocations: Sequence[Allocation], today: date) -> list[Line]:
    """The allocations in the order of the hierarchy, each with what was spent by those it is for."""
    spent = spent_by_owner(budget)
    places = Places(budget.organisation, min(budget.ends, max(today, budget.starts)), allocations)
    return [Line(one, depth, places.sum(one, spent)) for one, depth in in_order(allocations)]


def in_order(allocations: Iterable[Allocation]) -> list[tuple[Allocation, int]]:
    """Each allocation after the one above it, with its depth."""
    listed = sorted(allocations, key=lambda one: one.pk)
    below: dict[int | None, list[Allocation]] = {}
    for one in listed:
        below.setdefault(one.above_id, []).append(one)

    def walk(above: int | None, depth: int) -> list[tuple[Allocation, int]]:
        return [each for one in below.get(above, []) for each in ((one, depth), *walk(one.pk, depth + 1))]

    return walk(None, 0)


class Places:
    """Which owners each allocation is for on a day."""

    def __init__(self, organisation: Organisation, day: date, allocations: Sequence[Allocation]) -> None:
        # Where the whole programme alone has a limit, nobody needs to be told apart.
        is_split = any(one.level != Level.ORGANISATION for one in allocations)
        self.partner_of_person = (
            dict(Person.objects.filter(organisation=organisation).values_list("pk", "partner_id"))
            if is_split
            else {}
        )
        self.attributes = _attributes(organisation, day) if is_split else {}

    def sum(self, allocation: Allocation, spent: dict[str, Spent]) -> Spent:
        mine = (amount for owner, amount in spent.items() if self.holds(allocation, owner))
        return sum(mine, Spent())

    def holds(self, allocation: Allocation, owner: str) -> bool:
        """Whether an owner's earnings are charged to an allocation."""
        if allocation.level == Level.ORGANISATION:
            return True
        kind, _, key = owner.partition(":")
        partner = self.partner_of_person.get(int(key)) if kind == "person" else int(key)
        if allocation.level == Level.PARTNER:
            return partner == allocation.partner_id
        return self.attributes.get(partner or 0, {}).get(allocation.field) == allocation.value


def _attributes(organisation: Organisation, day: date) -> dict[int, dict[str, str]]:
    rows = PartnerAttributes.objects.filter(
        Q(valid_from=None) | Q(valid_from__lte=day),
        Q(valid_to=None) | Q(valid_to__gte=day),
        organisation=organisation,
    )
    return {row["partner_id"]: row for row in rows.values("partner_id", *SEGMENT_FIELDS)}
