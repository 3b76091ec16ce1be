"""What is earned and not paid at the end of a day: the accounts of owners that are not paid out yet.

Amounts are as the owner sees them: what the brand owes is above nought; below it the owner owes the brand, which is
netted against what it earns next.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet, Sum

from headrace.base.models import Organisation
from headrace.ledger.models import Entry, Stage

# What is owed, in the order in which value comes on its way.
OWED_STAGES = (Stage.ACCRUED, Stage.APPROVED, Stage.PAYABLE, Stage.HELD, Stage.AVAILABLE)


@dataclass(frozen=True, slots=True)
class Asked:
    """The liability of one organisation at the end of a day, as it was known at a position of the ledger.

    `programme` ("programme:4") and `owners` narrow it; None is all.
    """

    organisation: Organisation
    on: date
    position: int
    programme: str | None = None
    owners: Sequence[str] | None = None

    def entries(self) -> QuerySet[Entry]:
        found = Entry.objects.filter(
            organisation=self.organisation,
            account__organisation=self.organisation,
            account__stage__in=OWED_STAGES,
            transfer_id__lte=self.position,
            transfer__occurred_on__lte=self.on,
        ).exclude(account__owner="")
        if self.programme is not None:
            found = found.filter(account__programme=self.programme)
        return found if self.owners is None else found.filter(account__owner__in=self.owners)


@dataclass(frozen=True, slots=True)
class Line:
    """What is owed under one heading (a programme, an owner or both) in one unit, by stage."""

    programme: str
    owner: str
    unit: str
    stages: tuple[int, ...]

    @property
    def total_minor(self) -> int:
        return sum(self.stages)


def lines(asked: Asked, *, by_programme: bool = False, by_owner: bool = False) -> list[Line]:
    """The sums by unit and, where asked, by programme and by owner; what adds up to nought is left out."""
    names = [*(["account__programme"] * by_programme), *(["account__owner"] * by_owner), "account__unit"]
    rows = (
        asked.entries().values(*names, "account__stage").order_by(*names).annotate(total=Sum("amount_minor"))
    )
    sums: dict[tuple[str, str, str], dict[str, int]] = {}
    for row in rows:
        key = (row.get("account__programme", ""), row.get("account__owner", ""), row["account__unit"])
        sums.setdefault(key, {})[row["account__stage"]] = -int(row["total"])
    found = (Line(*key, tuple(of.get(stage, 0) for stage in OWED_STAGES)) for key, of in sums.items())
    return [line for line in found if any(line.stages)]


def totals(found: Iterable[Line]) -> list[Line]:
    """The sum of lines for each unit, in the order of the units."""
    sums: dict[str, list[int]] = {}
    for line in found:
        of = sums.setdefault(line.unit, [0] * len(OWED_STAGES))
        for place, amount_minor in enumerate(line.stages):
            of[place] += amount_minor
    return [Line("", "", unit, tuple(sums[unit])) for unit in sorted(sums)]


def stages_used(found: Iterable[Line]) -> list[int]:
    """The places of the stages at which anything stands: the columns worth showing."""
    listed = list(found)
    return [place for place in range(len(OWED_STAGES)) if any(line.stages[place] for line in listed)]
