"""Reads shaped for the pages of budgets."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse

from headrace.base.models import Organisation
from headrace.programmes.budgets.spending import Spent, spent_of
from headrace.programmes.models import (
    Allocation,
    Budget,
    BudgetAlert,
    BudgetRefusal,
    BudgetVersion,
    Level,
)


@dataclass(frozen=True, slots=True)
class Summary:
    """A budget in force with what was spent of it."""

    budget: Budget
    limit_minor: int
    spent: Spent
    url: str


def budgets_of(organisation: Organisation, on: date | None) -> QuerySet[Budget]:
    """Those with a version in force or waiting, that run on a day (None: all), the newest first."""
    found = Budget.objects.filter(organisation=organisation)
    if on is not None:
        found = found.filter(starts__lte=on, ends__gte=on)
    return (
        found.select_related("programme")
        .prefetch_related("programme__versions")
        .order_by("-starts", "programme__key", "unit")
    )


def summaries(budgets: Iterable[Budget]) -> list[Summary]:
    """Those in force, in the order given."""
    listed = list(budgets)
    limits = dict(
        Allocation.objects.filter(
            version__budget__in=listed,
            version__in_force_at__isnull=False,
            version__ended_at=None,
            level=Level.ORGANISATION,
        ).values_list("version__budget", "limit_minor")
    )
    in_force = [one for one in listed if one.pk in limits]
    spent = spent_of(in_force)
    return [
        Summary(
            one,
            limits[one.pk],
            sum(spent[one.pk].values(), Spent()),
            reverse("console:budget", args=[one.pk]),
        )
        for one in in_force
    ]


def waiting_of(budget: Budget) -> BudgetVersion | None:
    """The newest change that is neither in force nor refused, unless another came in force after it was proposed."""
    newer = BudgetVersion.objects.filter(budget=budget, in_force_at__gt=OuterRef("proposed_at"))
    found = budget.versions.filter(in_force_at=None, refused_at=None).exclude(Exists(newer))
    return found.select_related("proposed_by", "organisation").order_by("-number").first()


def alerts_of(budget: Budget) -> QuerySet[BudgetAlert]:
    return budget.alerts.select_related("allocation__partner").order_by("-at", "-pk")


def open_refusals(organisation: Organisation) -> QuerySet[BudgetRefusal]:
    """Limits that hold a calculation back now."""
    found = BudgetRefusal.objects.filter(organisation=organisation, ended_at=None)
    return (
        found.select_related("budget__programme", "allocation__partner")
        .prefetch_related("budget__programme__versions")
        .order_by("pk")
    )
