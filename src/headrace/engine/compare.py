"""The money between two documents: both calculated on the same facts, recipient by recipient."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pyarrow as pa

from headrace.engine.totals import grouped, totals
from headrace.engine.writing import minor_text

COLUMNS = ("to", "recipient", "unit", "old", "new", "difference")
TOTAL = "total"


@dataclass(frozen=True, slots=True)
class Difference:
    """What one recipient (or all, where `to` is "total") earns by either document, in minor units."""

    to: str
    recipient: str
    unit: str
    digits: int
    old_minor: int
    new_minor: int

    @property
    def minor(self) -> int:
        """How much more the new document pays."""
        return self.new_minor - self.old_minor

    def row(self) -> tuple[str, ...]:
        """The row under COLUMNS, amounts as plain decimals."""
        amounts = (self.old_minor, self.new_minor, self.minor)
        return (self.to, self.recipient, self.unit, *(minor_text(minor, self.digits) for minor in amounts))


def compare(old: pa.Table, new: pa.Table) -> list[Difference]:
    """What two tables of earnings give each recipient in each unit, sorted."""
    amounts: dict[tuple[str, str, str], list[int]] = defaultdict(lambda: [0, 0])
    digits: dict[str, int] = {}
    for side, earnings in enumerate((old, new)):
        for to, recipient, unit, unit_digits, minor in totals(earnings, ("to", "recipient", "unit")):
            amounts[to, recipient, unit][side] = minor
            digits[unit] = unit_digits
    return [Difference(*key, digits[key[2]], *amounts[key]) for key in sorted(amounts)]


def summed(differences: Iterable[Difference]) -> list[Difference]:
    """The totals of each unit."""
    by_unit: dict[str, list[Difference]] = defaultdict(list)
    for each in differences:
        by_unit[each.unit].append(each)
    return [
        Difference(
            TOTAL,
            "",
            unit,
            parts[0].digits,
            sum(part.old_minor for part in parts),
            sum(part.new_minor for part in parts),
        )
        for unit, parts in sorted(by_unit.items())
    ]


def sentences(differences: Sequence[Difference]) -> list[str]:
    """One sentence for each unit: what both pay in all, and how many gain, lose or stay."""
    if not differences:
        return ["Neither document pays anything on these facts."]
    told = []
    for total in summed(differences):
        signs = [(each.minor > 0) - (each.minor < 0) for each in differences if each.unit == total.unit]
        amounts = (total.old_minor, total.new_minor, abs(total.minor))
        old, new, difference = (grouped(minor_text(minor, total.digits)) for minor in amounts)
        more = "more" if total.minor >= 0 else "less"
        told.append(
            f"The new document pays {new} {total.unit}, the old one {old}: "
            f"{difference} {more}; "
            f"{signs.count(1)} gain, {signs.count(-1)} lose, {signs.count(0)} stay the same."
        )
    return told
