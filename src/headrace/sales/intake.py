"""One running import: its counts, its rejects, and the rejects of before that it repairs."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

from headrace.base.models import Organisation
from headrace.partners.upsert import chunks
from headrace.sales import bulk
from headrace.sales.convert import Batch
from headrace.sales.mapping import FileEntry
from headrace.sales.models import Import, Reject, Repair
from headrace.sales.tables import REJECT_COLUMN, Table

REJECT_COLUMNS = ("organisation_id", "import_run_id", "row_number", "cells", "problems")


@dataclass(slots=True)
class Intake:
    """What the takers of each kind of file share."""

    organisation: Organisation
    run: Import
    entry: FileEntry
    table: Table

    def count(self, *, accepted: int = 0, rejected: int = 0, duplicates: int = 0) -> None:
        self.run.accepted += accepted
        self.run.rejected += rejected
        self.run.duplicates += duplicates

    def write_rejects(self, batch: Batch) -> None:
        """Writes the rows that have problems, and links repaired rows to the rejects they were."""
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
                )
                for index, problems in sorted(batch.problems.items())
            ),
        )
        if self.table.resent:
            self._link_repairs(batch)

    def _link_repairs(self, batch: Batch) -> None:
        """Each reject is repaired once, and only by a file of the same organisation."""
        place = self.table.columns.index(REJECT_COLUMN)
        named = {cells[place].strip(): index for index, cells in enumerate(batch.cells) if len(cells) > place}
        repairs = [
            Repair(
                organisation=self.organisation,
                reject=reject,
                import_run=self.run,
                row_number=batch.numbers[index],
                accepted=index not in batch.problems,
            )
            for reject in self._open_rejects(named)
            for index in [named[str(reject)]]
        ]
        Repair.objects.bulk_create(repairs, batch_size=100)

    def _open_rejects(self, references: Iterable[str]) -> list[Reject]:
        """The rejects that references like 12-57 (import, row) name, as far as they are still open."""
        wanted: dict[int, list[int]] = {}
        for reference in references:
            run, _, row = reference.partition("-")
            if run.isdecimal() and row.isdecimal() and len(run) < 18 and len(row) < 10:
                wanted.setdefault(int(run), []).append(int(row))
        return [
            reject
            for run, rows in wanted.items()
            for chunk in chunks(rows)
            for reject in Reject.objects.filter(
                organisation=self.organisation, import_run=run, row_number__in=chunk, repair=None
            )
        ]
