"""One running import: its counts, its rejects, and the rejects of before that it repairs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from django.utils import timezone

from headrace.base.models import Organisation
from headrace.partners.upsert import chunks
from headrace.sales import bulk
from headrace.sales.arrivals import tell_everyone, tell_lines
from headrace.sales.convert import Batch
from headrace.sales.mapping import FileEntry
from headrace.sales.models import Import, Reject, Repair, UnknownRow
from headrace.sales.reasons import FileRefused
from headrace.sales.staging import Staged
from headrace.sales.tables import REFERENCE, REJECT_COLUMN

REJECT_COLUMNS = ("organisation_id", "import_run_id", "row_number", "cells", "problems", "is_duplicate")


@dataclass(slots=True)
class Intake:
    """What the takers of each kind of file share."""

    organisation: Organisation
    run: Import
    entry: FileEntry
    staged: Staged
    # Earlier imports of the same bytes; of sales, those of which nothing was accepted or all was withdrawn.
    same_file: list[int]

    def count(self, batch: Batch) -> None:
        """Adds the rows of a batch to the counts of the import."""
        duplicates = sum(batch.is_duplicate(index) for index in batch.problems)
        self.run.accepted += len(batch.numbers) - len(batch.problems)
        self.run.rejected += len(batch.problems) - duplicates
        self.run.duplicates += duplicates

    def finish(self) -> None:
        """Closes the import and makes sure that no row was lost. Raises FileRefused where there was none."""
        run = self.run
        run.rows = self.staged.rows_read
        if run.rows == 0:
            raise FileRefused("no_rows")
        assert run.rows == run.accepted + run.rejected + run.duplicates, "a row was lost"
        if run.rows - run.accepted >= bulk.ROWS_WORTH_STATISTICS or (
            run.replays_id and run.rows >= bulk.ROWS_WORTH_STATISTICS
        ):
            bulk.refresh_statistics(Reject, Repair, UnknownRow)
        run.finished_at = timezone.now()
        run.save()
        self._tell()

    def _tell(self) -> None:
        """Asks that what is earned is worked out anew, where the import brought anything."""
        run = self.run
        if run.kind == Import.Kind.SALES:
            tell_lines(organisation=self.organisation, lines=run.lines.all(), user=run.started_by)
        elif run.added or run.changed:
            tell_everyone(organisation=self.organisation, user=run.started_by)

    def write_rejects(self, batch: Batch) -> None:
        """Writes the rows that have problems, and links rows that came again to the rejects they were."""
        bulk.insert(
            Reject,
            REJECT_COLUMNS,
            (
                (
                    self.organisation.pk,
                    self.run.pk,
                    batch.numbers[index],
                    json.dumps(batch.cells[index], ensure_ascii=False),
                    json.dumps([problem.as_json() for problem in problems], ensure_ascii=False),
                    batch.is_duplicate(index),
                )
                for index, problems in sorted(batch.problems.items())
            ),
        )
        Repair.objects.bulk_create(
            [
                Repair(
                    organisation=self.organisation,
                    reject=reject,
                    import_run=self.run,
                    row_number=batch.numbers[index],
                    accepted=index not in batch.problems,
                )
                for reject, index in self._brought_again(batch)
            ],
            batch_size=100,
        )

    def _brought_again(self, batch: Batch) -> Iterator[tuple[Reject, int]]:
        """The open rejects that rows of the batch bring again: (reject, index of the row)."""
        if self.staged.resent:
            place = self.staged.columns.index(REJECT_COLUMN)
            named = {cells[place].strip(): index for index, cells in enumerate(batch.cells) if cells[place:]}
            for reject in self._open_rejects(_rows_by_import(named)):
                yield reject, named[str(reject)]
        else:
            # The same file again: row by row.
            indexes = {number: index for index, number in enumerate(batch.numbers)}
            for reject in self._open_rejects({run: list(indexes) for run in self.same_file}):
                yield reject, indexes[reject.row_number]

    def _open_rejects(self, rows_by_import: Mapping[int, list[int]]) -> Iterator[Reject]:
        """Each reject is repaired once, and only by a file of the same organisation."""
        for run, rows in rows_by_import.items():
            for chunk in chunks(rows):
                yield from Reject.objects.wrong().filter(
                    organisation=self.organisation, import_run=run, row_number__in=chunk, repair=None
                )


def _rows_by_import(references: Iterable[str]) -> dict[int, list[int]]:
    """What the references 12-57 (import, row) of a file of rejects name; others are read over."""
    wanted: dict[int, list[int]] = {}
    for reference in references:
        if match := REFERENCE.fullmatch(reference):
            wanted.setdefault(int(match[1]), []).append(int(match[2]))
    return wanted
