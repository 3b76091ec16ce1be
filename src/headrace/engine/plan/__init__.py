"""A programme as a plan: stages of one portable subset of SQL, and what their columns mean."""

from headrace.engine.plan.compile import Plan, columns_needed, compile_programme
from headrace.engine.plan.layout import RuleLayout
from headrace.engine.plan.shapes import Column, Loaded, Shapes
from headrace.engine.plan.values import UnsupportedError

__all__ = [
    "Column",
    "Loaded",
    "Plan",
    "RuleLayout",
    "Shapes",
    "UnsupportedError",
    "columns_needed",
    "compile_programme",
]
