"""What is counted of the rows of an import while they are read: from it follows the quality of their source."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any

from headrace.sales import bulk
from headrace.sales.convert import Batch, column_of
from headrace.sales.intake import Intake
from headrace.sales.models import Import, ReportedDay
from headrace.sales.references import References

# What says something of few lines: that it is empty is right.
SELDOM = ("returns", "supersedes")


class Counting:
    """The counts of one import of sales lines. A row that is a duplicate, or has its cells elsewhere, is left out."""

    def __init__(self, intake: Intake) -> None:
        self.intake = intake
        columns = intake.entry.columns
        self.judged = {
            name: column_of(take, name)
            for name, take in columns.items()
            if take.columns and name not in SELDOM
        }
        self.cells = self.names = self.names_unknown = 0
        self.empty: Counter[str] = Counter()
        self.days: Counter[date] = Counter()

    def add(self, batch: Batch, references: References) -> None:
        """Counts a batch, after all that is wrong with its rows was noted."""
        left_out = {index for index in batch.problems if batch.is_duplicate(index) or batch.is_uneven(index)}
        for name, column in self.judged.items():
            values = _without(batch.values(name), left_out)
            none = values.count(None)
            self.cells += len(values)
            self.empty[name] += none - _unreadable(batch, name, column, left_out)
            if name in references.refers and name not in references.made:
                self.names += len(values) - none
                if unknown := references.unknown[name]:
                    self.names_unknown += sum(value in unknown for value in values)
        self.days.update(_without(batch.values("on"), left_out))

    def keep(self) -> None:
        """Notes the counts with the import; `Intake.finish` saves it."""
        run = self.intake.run
        self.days.pop(None, None)  # type: ignore[call-overload]  # rows whose date can't be read
        run.cells, run.names, run.names_unknown = self.cells, self.names, self.names_unknown
        run.empty = {name: count for name, count in sorted(self.empty.items()) if count}
        run.cells_empty = sum(run.empty.values())
        run.is_again = bool(run.replays_id or self.intake.staged.resent) or _came_before(
            self.intake.same_file
        )
        rows = (
            (run.organisation_id, run.pk, on.isoformat(), count) for on, count in sorted(self.days.items())
        )
        bulk.insert(ReportedDay, ("organisation_id", "import_run_id", "on", "rows"), rows)


def _without(values: Sequence[Any], left_out: set[int]) -> Sequence[Any]:
    if not left_out:
        return values
    return [value for index, value in enumerate(values) if index not in left_out]


def _unreadable(batch: Batch, name: str, column: str, left_out: set[int]) -> int:
    """In how many rows the cell holds something that can't be read: it is wrong, not empty."""
    values = batch.values(name)
    return sum(
        values[index] is None and any(one.column == column and one.reason != "empty" for one in problems)
        for index, problems in batch.problems.items()
        if index not in left_out
    )


def _came_before(same_file: Sequence[int]) -> bool:
    """Whether the same bytes were read before, and that holds: their source is not judged by them twice."""
    return bool(same_file) and Import.objects.filter(pk__in=same_file, withdrawn_at=None).exists()
