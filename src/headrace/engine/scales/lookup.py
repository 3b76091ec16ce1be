"""A scale by an attribute."""

from collections.abc import Mapping
from dataclasses import dataclass

from headrace.engine.expressions import Field, Node
from headrace.engine.scales.bands import Pay


@dataclass(frozen=True, slots=True)
class Lookup:
    """What the value of `by` pays; `otherwise` where the value is not listed or not known.

    Values are texts; a yes/no attribute is listed as "true" and "false".
    """

    by: Field
    values: Mapping[str, Pay]
    otherwise: Pay | None = None
    on: Node | None = None
