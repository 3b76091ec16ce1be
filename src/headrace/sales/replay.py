"""Rows that are taken in anew: rejects after what was wrong with them was settled, lines that were taken back."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from copy import copy

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from headrace.base import audit, files
from headrace.base.models import User
from headrace.partners.upsert import chunks
from headrace.sales import fields, mapping
from headrace.sales.dimensions import take_dimension
from headrace.sales.entries import find_entry
from headrace.sales.intake import Intake
from headrace.sales.lines import take_lines
from headrace.sales.locking import one_at_a_time
from headrace.sales.mapping import FileEntry
from headrace.sales.models import Import, Reject
from headrace.sales.staging import staged
from headrace.sales.tables import Table, open_table

Row = tuple[int, list[str]]
# Row number -> column -> what stands there instead.
Changes = Mapping[int, Mapping[str, str]]


class NothingToReplay(Exception):  # noqa: N818 (named as the user meets it)
    """None of the rejects waits any longer: someone else was quicker."""

    def __str__(self) -> str:
        return str(_("These rows were sent again already."))


@transaction.atomic
def replay_rejects(
    *, run: Import, rejects: Iterable[Reject], changes: Changes | None = None, user: User | None = None
) -> Import:
    """Takes rejected rows of an import in anew, as a new import of the same file by the same mapping.

    Only those that still wait. `changes` gives cells that differ from those that came: row number -> column -> cell.
    What is still wrong is a reject of the new import. Raises NothingToReplay, and ValueError where `changes` names a
    row or a column that is not there.
    """
    one_at_a_time(run.organisation)
    asked = {reject.row_number for reject in rejects}
    waiting = [
        number
        for chunk in chunks(sorted(asked))
        for number in run.rejects.waiting().filter(row_number__in=chunk).values_list("row_number", flat=True)
    ]
    if not waiting:
        raise NothingToReplay
    told = {number: dict(cells) for number, cells in (changes or {}).items()}
    unknown = {column for cells in told.values() for column in cells} - set(run.columns)
    if unknown or told.keys() - asked:
        raise ValueError(f"no such rows or columns: {sorted(told.keys() - asked)} {sorted(unknown)}")
    rows = _changed(run, _rejected_rows(run, sorted(waiting)), told)
    return _take_again(run, rows, told, user)


@transaction.atomic
def replay_rows(*, run: Import, numbers: Collection[int], user: User | None = None) -> Import:
    """Takes rows of an import in anew, as they stand in its file, whatever became of them before."""
    one_at_a_time(run.organisation)
    return _take_again(run, _rows_of(run, frozenset(numbers)), {}, user)


def _take_again(run: Import, rows: Iterator[Row], changes: Changes, user: User | None) -> Import:
    entry = _entry(run)
    again = Import.objects.create(
        organisation=run.organisation,
        source=run.source,
        file=run.file,
        file_name=run.file_name,
        mapping=run.mapping,
        kind=run.kind,
        state=Import.State.IMPORTED,
        columns=run.columns,
        replays=run,
        changes=changes,
        started_by=user,
        started_at=timezone.now(),
    )
    table = Table(run.columns, rows, resent=False)
    take = take_lines if entry.kind is fields.SALES else take_dimension
    with staged(entry, table) as rows_staged:
        intake = Intake(run.organisation, again, entry, rows_staged, same_file=[run.pk])
        take(intake)
        intake.finish()
    audit.record(
        organisation=run.organisation,
        user=user,
        action="sales.replay",
        subject=f"import:{again.pk}",
        replays=run.pk,
        rows=again.rows,
        accepted=again.accepted,
    )
    return again


def _entry(run: Import) -> FileEntry:
    """By what the import read its file; that may have been sent by another name since."""
    file = copy(run.file)
    file.name = run.file_name
    return find_entry(mapping.load(run.mapping.text), file)


def _rejected_rows(run: Import, numbers: Iterable[int]) -> Iterator[Row]:
    for chunk in chunks(numbers):
        rejects = run.rejects.filter(row_number__in=chunk).order_by("row_number")
        yield from rejects.values_list("row_number", "cells")


def _rows_of(run: Import, numbers: frozenset[int]) -> Iterator[Row]:
    """The rows as the import took them: out of its file, with the cells that were changed since."""
    if run.replays:
        yield from _changed(run, _rows_of(run.replays, numbers), _changes_of(run))
        return
    entry = _entry(run)
    with open_table(files.path_of(run.file.sha256), entry.format) as table:
        yield from (row for row in table.rows if row[0] in numbers)


def _changes_of(run: Import) -> Changes:
    return {int(number): cells for number, cells in run.changes.items()}


def _changed(run: Import, rows: Iterator[Row], changes: Changes) -> Iterator[Row]:
    """The rows with the cells that differ; a short row is filled up to them."""
    for number, cells in rows:
        for column, cell in changes.get(number, {}).items():
            place = run.columns.index(column)
            cells = [*cells, *[""] * (place + 1 - len(cells))]
            cells[place] = cell
        yield number, cells
