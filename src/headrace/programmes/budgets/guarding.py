"""The guard on commitment: what goes beyond a hard limit is not published, and why is told.

The `budget` of a programme's document is another thing: it is part of the terms, known to partners, and caps what is
calculated. A budget here is the brand's own: it doesn't change what is earned by the terms, so it refuses to publish
the run until people have raised the limit or the programme was changed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from headrace.base import formats
from headrace.programmes.budgets import spending
from headrace.programmes.budgets.spending import Places, Spent
from headrace.programmes.models import Allocation, Budget, Level, Programme


class OverBudgetError(ValidationError):
    """What was about to be published goes beyond a hard limit; `excesses` says which."""

    def __init__(self, excesses: list[Excess]) -> None:
        super().__init__([told(one) for one in excesses])
        self.excesses = excesses


@dataclass(frozen=True, slots=True)
class Commitment:
    """Minor units that are about to be posted for an owner ("partner:17") on a day; below nought: taken back."""

    owner: str
    unit: str
    occurred_on: date
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Excess:
    """A hard limit that would be exceeded."""

    allocation: Allocation
    would_be_minor: int
    unit: str


def budgets_in_force(programme: Programme) -> list[tuple[Budget, list[Allocation]]]:
    """The budgets of a programme with the allocations of their versions in force."""
    found = Allocation.objects.filter(
        version__budget__programme=programme, version__in_force_at__isnull=False, version__ended_at=None
    ).select_related("version__budget__programme", "version__budget__organisation", "partner")
    by_budget: dict[Budget, list[Allocation]] = {}
    for allocation in found.order_by("version__budget__starts", "pk"):
        by_budget.setdefault(allocation.version.budget, []).append(allocation)
    return list(by_budget.items())


def excesses(programme: Programme, commitments: Iterable[Commitment]) -> list[Excess]:
    """The hard limits that these would exceed. What lowers a charge always fits, also where more is spent already."""
    coming = list(commitments)
    found = []
    for budget, allocations in budgets_in_force(programme):
        added = _added(budget, coming)
        hard = [one for one in allocations if one.is_hard]
        if hard and added:
            found += _excesses_of(budget, hard, added)
    return found


def _added(budget: Budget, commitments: list[Commitment]) -> dict[str, Spent]:
    sums: Counter[str] = Counter()
    for one in commitments:
        if one.unit == budget.unit and budget.starts <= one.occurred_on <= budget.ends:
            sums[one.owner] += one.amount_minor
    return {owner: Spent(amount_minor) for owner, amount_minor in sums.items()}


def _excesses_of(budget: Budget, hard: list[Allocation], added: dict[str, Spent]) -> list[Excess]:
    day = min(budget.ends, max(budget.starts, timezone.localdate()))
    places = Places(budget.organisation, day, hard)
    is_whole = all(one.level == Level.ORGANISATION for one in hard)
    spent = {"": Spent(spending.charged(budget))} if is_whole else spending.spent_by_owner(budget)
    found = []
    for allocation in hard:
        more = places.sum(allocation, added).charged_minor
        would_be = places.sum(allocation, spent).charged_minor + more
        if more > 0 and would_be > allocation.limit_minor:
            found.append(Excess(allocation, would_be, budget.unit))
    return found


def check_commitments(programme: Programme, commitments: Iterable[Commitment]) -> None:
    """Raises `OverBudgetError` that says which hard limits would be exceeded, and what to do.

    To be called in the transaction that posts them, with the programme locked.
    """
    found = excesses(programme, commitments)
    if found:
        raise OverBudgetError(found)


def told(excess: Excess) -> str:
    """Which limit, by how much, and what to do."""
    allocation = excess.allocation
    return _(
        "“%(programme)s” was not published: with it the budget of “%(place)s” would be charged with %(would_be)s, and "
        "its hard limit is %(limit)s. Raise the limit (the change needs an approval) and calculate again, or change "
        "the programme."
    ) % {
        "programme": allocation.version.budget.programme.title,
        "place": place_name(allocation),
        "would_be": formats.money(excess.would_be_minor, excess.unit),
        "limit": formats.money(allocation.limit_minor, excess.unit),
    }


def place_name(allocation: Allocation) -> str:
    """What an allocation is for, as a person reads it."""
    if allocation.partner is not None:
        return allocation.partner.name
    if allocation.field == "country":
        return formats.country(allocation.value)
    return allocation.value or _("the whole programme")
