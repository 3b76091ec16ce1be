"""Verbs of sales: receive a file, keep a mapping, import a file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext

from headrace.base import audit, files
from headrace.base.models import Organisation, User
from headrace.sales import bulk, fields, mapping
from headrace.sales.dimensions import take_dimension
from headrace.sales.entries import find_entry
from headrace.sales.intake import Intake
from headrace.sales.lines import take_lines
from headrace.sales.locking import one_at_a_time
from headrace.sales.mapping import FileEntry
from headrace.sales.models import Attribute, Import, MappingDocument, Result, SalesFile, Source
from headrace.sales.reasons import FileRefused, tell_refusal
from headrace.sales.staging import Note, Staged, staged
from headrace.sales.tables import check_columns, open_table

FILE_BYTES_MAX = 2 << 30


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file: its import (of one that was imported already: that one), and a message."""

    name: str
    result: Result
    run: Import | None
    message: str = ""


def receive_file(
    *, organisation: Organisation, name: str, chunks: Iterable[bytes], user: User | None = None
) -> SalesFile:
    """Keeps the bytes of a file; the same bytes again are the same file.

    Raises FileRefused where it is too large.
    """
    digest = files.keep(_bounded(chunks))
    with transaction.atomic():
        file, new = SalesFile.objects.get_or_create(
            organisation=organisation,
            sha256=digest,
            defaults={
                "name": name[-255:],
                "size_bytes": files.path_of(digest).stat().st_size,
                "received_by": user,
            },
        )
        if new:
            audit.record(
                organisation=organisation,
                user=user,
                action="file.receive",
                subject=f"file:{file.pk}",
                name=name,
            )
        elif file.name != name[-255:]:
            # A better name may be what the mapping needs to know the file by.
            file.name = name[-255:]
            file.save(update_fields=["name"])
    return file


def _bounded(chunks: Iterable[bytes]) -> Iterator[bytes]:
    size = 0
    for chunk in chunks:
        size += len(chunk)
        if size > FILE_BYTES_MAX:
            raise FileRefused("too_large", size=f">{FILE_BYTES_MAX}", limit=FILE_BYTES_MAX)
        yield chunk


@transaction.atomic
def keep_mapping(*, organisation: Organisation, text: str, user: User | None = None) -> MappingDocument:
    """Keeps a mapping document; a text that differs from its last version is a new one.

    Raises mapping.MappingError with every finding where the document is wrong.
    """
    plan = mapping.load(text)
    one_at_a_time(organisation)
    last = (
        MappingDocument.objects.filter(organisation=organisation, name=plan.name).order_by("version").last()
    )
    if last is not None and last.text == text:
        return last
    version = last.version + 1 if last else 1
    document = MappingDocument.objects.create(
        organisation=organisation, name=plan.name, version=version, text=text, added_by=user
    )
    audit.record(
        organisation=organisation,
        user=user,
        action="mapping.keep",
        subject=f"mapping:{document.pk}",
        version=version,
    )
    return document


def import_delivery(
    *,
    organisation: Organisation,
    received: Iterable[SalesFile],
    document: MappingDocument,
    user: User | None = None,
) -> Iterator[Outcome]:
    """Imports several files, what others refer to first, whatever their order. Each is whole or nothing."""
    for file in in_order(received, document):
        yield import_file(organisation=organisation, file=file, document=document, user=user)


def in_order(received: Iterable[SalesFile], document: MappingDocument) -> list[SalesFile]:
    """The files so that what others refer to comes first."""
    plan = mapping.load(document.text)
    kinds = list(fields.KINDS)

    def place(file: SalesFile) -> int:
        try:
            entry = find_entry(plan, file)
        except FileRefused:
            return len(kinds)
        return kinds.index(entry.kind) if entry.kind else len(kinds)

    return sorted(received, key=place)


def _nothing_more(outcome: Outcome) -> None:
    pass


def import_file(
    *,
    organisation: Organisation,
    file: SalesFile,
    document: MappingDocument,
    user: User | None = None,
    by_row: bool = False,
    note: Note | None = None,
    settle: Callable[[Outcome], None] = _nothing_more,
) -> Outcome:
    """Takes one file in by the entry of the mapping that describes it: in one transaction, or not at all.

    Rows that are wrong become rejects and stop no other. The same bytes a second time import nothing, unless
    they are to be answered `by_row`. `note` is told how many rows were read; `settle` is called with the outcome in
    the transaction that makes it true, and undoes that by raising.
    """
    plan = mapping.load(document.text)
    with transaction.atomic():
        source, _ = Source.objects.get_or_create(
            organisation=organisation, code=plan.source, defaults={"name": plan.source_name}
        )
    run = Import(
        organisation=organisation,
        source=source,
        file=file,
        file_name=file.name,
        mapping=document,
        started_by=user,
        started_at=timezone.now(),
        state=Import.State.IMPORTED,
    )
    try:
        entry = find_entry(plan, file)
        if entry.skip:
            return _settled(Outcome(file.name, Result.SKIPPED, None, entry.skip), settle)
        assert entry.kind is not None
        run.kind = entry.kind.name
        if not by_row and (earlier := _imported_before(run)):
            return _settled(_before(file, earlier), settle)
        with open_table(files.path_of(file.sha256), entry.format) as table:
            check_columns(table.columns, entry.needed_columns(), entry.format)
            # All that takes long and needs no look at the database comes first: others write meanwhile.
            with staged(entry, table, note) as rows:
                return _write(run, rows, by_row, settle)
    except FileRefused as refusal:
        return _refuse(run, refusal, settle)


def _settled(outcome: Outcome, settle: Callable[[Outcome], None]) -> Outcome:
    with transaction.atomic():
        settle(outcome)
    return outcome


def _write(run: Import, rows: Staged, by_row: bool, settle: Callable[[Outcome], None]) -> Outcome:
    with bulk.many_rows(rows.rows_read), transaction.atomic():
        one_at_a_time(run.organisation)
        if not by_row and (earlier := _imported_before(run)):
            outcome = _before(run.file, earlier)
        else:
            # Only now: what waited for another import was not known while it waited.
            run.started_at = timezone.now()
            run.save()
            _take(run, rows)
            outcome = Outcome(run.file_name, Result.IMPORTED, run)
        settle(outcome)
    return outcome


def _before(file: SalesFile, earlier: Import) -> Outcome:
    return Outcome(file.name, Result.ALREADY_IMPORTED, earlier, told_before(earlier))


def _take(run: Import, rows: Staged) -> None:
    """Takes the rows of the file in, and makes sure that none was lost."""
    entry = rows.entry
    _keep_attributes(run.organisation, entry)
    run.columns = rows.columns
    same_file = _imports(run).filter(file=run.file).exclude(pk=run.pk).values_list("pk", flat=True)
    intake = Intake(run.organisation, run, entry, rows, list(same_file))
    take = take_lines if entry.kind is fields.SALES else take_dimension
    take(intake)
    intake.finish()
    audit.record(
        organisation=run.organisation,
        user=run.started_by,
        action="sales.import",
        subject=f"import:{run.pk}",
        rows=run.rows,
        accepted=run.accepted,
        rejected=run.rejected,
        duplicates=run.duplicates,
    )


def _keep_attributes(organisation: Organisation, entry: FileEntry) -> None:
    """Notes the type of each further column, once and for all: what calculates on it relies on that."""
    assert entry.kind is not None
    of = entry.kind.of
    for name, take in entry.attributes.items() if of else ():
        kept, _ = Attribute.objects.get_or_create(
            organisation=organisation, of=of, name=name, defaults={"type": take.type}
        )
        if kept.type != take.type:
            raise FileRefused("attribute_type", name=name, known=kept.type, given=take.type)


@transaction.atomic
def _refuse(run: Import, refusal: FileRefused, settle: Callable[[Outcome], None]) -> Outcome:
    """Notes that a file was refused; of its rows nothing stayed."""
    run = Import.objects.create(
        organisation=run.organisation,
        source=run.source,
        file=run.file,
        file_name=run.file_name,
        mapping=run.mapping,
        kind=run.kind,
        state=Import.State.REFUSED,
        problem=refusal.as_json(),
        started_by=run.started_by,
        started_at=run.started_at,
        finished_at=timezone.now(),
    )
    outcome = Outcome(run.file_name, Result.REFUSED, run, tell_refusal(refusal.as_json()))
    settle(outcome)
    return outcome


def _imports(run: Import) -> QuerySet[Import]:
    """What was imported of the same kind, in the order in which it was."""
    return Import.objects.filter(
        organisation=run.organisation, kind=run.kind, state=Import.State.IMPORTED
    ).order_by("pk")


def _imported_before(run: Import) -> Import | None:
    """The import that took the same bytes in.

    Sales are taken in once, until they are withdrawn; only a file of which nothing was accepted may be tried
    again, as after its partners were imported. Of partners and the like the last file holds, so an old one may
    be sent again to go back to it, or the same one with another mapping.
    """
    done = _imports(run).filter(replays=None)
    if run.kind == fields.SALES.name:
        return done.filter(file=run.file, accepted__gt=0, withdrawn_at=None).last()
    last = done.filter(source=run.source).last()
    return last if last and (last.file_id, last.mapping_id) == (run.file_id, run.mapping_id) else None


def told_before(earlier: Import) -> str:
    """That a file was imported already, and what still waits of that import."""
    told = gettext(
        "The same file was imported on %(day)s as import %(import)s; nothing was imported again."
    ) % {
        "day": earlier.started_at.date(),
        "import": earlier.pk,
    }
    still_open = earlier.rejects.waiting().count()
    if not still_open:
        return told
    return gettext("%(told)s Rejected rows of it that still wait for repair: %(open)s.") % {
        "told": told,
        "open": still_open,
    }
