"""Programmes with the versions of their documents, and their budgets."""

from headrace.programmes.models.budgets import (
    Allocation,
    Budget,
    BudgetAlert,
    BudgetRefusal,
    BudgetVersion,
    Level,
)
from headrace.programmes.models.programmes import Programme, ProgrammeVersion

__all__ = [
    "Allocation",
    "Budget",
    "BudgetAlert",
    "BudgetRefusal",
    "BudgetVersion",
    "Level",
    "Programme",
    "ProgrammeVersion",
]
