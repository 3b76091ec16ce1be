"""A programme as a plan: stages of one portable subset of SQL, and what their columns mean."""

from headrace.engine.plan.compile import Check, Plan, columns_needed, compile_programme, values_needed
from headrace.engine.plan.layout import RuleLayout
from headrace.engine.plan.separation import is_separable, periods_stand_alone
from headrace.engine.plan.shapes import Column, Loaded, Shapes
from headrace.engine.plan.values import UnsupportedError

__all__ = [
    "Check",
    "Column",
    "Loaded",
    "Plan",
    "RuleLayout",
    "Shapes",
    "UnsupportedError",
    "columns_needed",
    "compile_programme",
    "is_separable",
    "periods_stand_alone",
    "values_needed",
]
