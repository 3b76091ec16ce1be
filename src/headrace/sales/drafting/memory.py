"""What was mapped before: the mapping of a file with the same columns, and what each column was."""

from __future__ import annotations

from headrace.base.models import Organisation
from headrace.sales import mapping, mappings, queries
from headrace.sales.entries import find_entry, name_of_rejected_file
from headrace.sales.fields import Kind
from headrace.sales.mapping import FileEntry
from headrace.sales.models import Import, MappingDocument, SalesFile
from headrace.sales.proposals import Remembered
from headrace.sales.reasons import FileRefused

# So many imports and documents are looked through, the newest first.
LOOKED_AT_MAX = 50


def mapping_of_same_columns(
    organisation: Organisation, file: SalesFile, columns: list[str]
) -> MappingDocument | None:
    """The newest mapping by which a file with exactly these columns was imported, if it still reads this one."""
    names = (
        Import.objects.filter(organisation=organisation, state=Import.State.IMPORTED, columns=columns)
        .order_by("-pk")
        .values_list("mapping__name", flat=True)[:LOOKED_AT_MAX]
    )
    latest = {document.name: document for document in queries.latest_mappings(organisation)}
    for name in dict.fromkeys(names):
        document = latest[name]
        if _reads(document, file, columns):
            return document
    return None


def _reads(document: MappingDocument, file: SalesFile, columns: list[str]) -> bool:
    try:
        entry = find_entry(mapping.load(document.text), file)
    except (FileRefused, mapping.MappingError):
        return False
    return not entry.skip and set(entry.needed_columns()) <= set(columns)


def mapping_of_rejects(organisation: Organisation, file: SalesFile) -> MappingDocument | None:
    """The mapping of the import whose repaired rejects a file holds; None where it holds no rejects."""
    name = name_of_rejected_file(file)
    run = (
        Import.objects.filter(organisation=organisation, file_name=name).order_by("pk").last()
        if name
        else None
    )
    return run.mapping if run else None


# For each type whose columns have names of ours: the mapping that is shipped.
SHIPPED = {"x12": "x12-867", "edifact": "edifact-slsrpt"}


def remembered(organisation: Organisation, kind: Kind, columns: list[str], type: str) -> Remembered:
    """What columns of these names were in files of this kind, by the newest mappings that name them."""
    texts = [mappings.text(SHIPPED[type])] if type in SHIPPED else []
    newest = sorted(queries.latest_mappings(organisation), key=lambda one: one.added_at)[-LOOKED_AT_MAX:]
    known: dict[str, str] = {}
    ids: tuple[str, ...] = ()
    for text in (*texts, *(document.text for document in newest)):
        plan, _findings = mapping.check(text)
        for entry in plan.files if plan else ():
            if entry.kind is kind:
                known |= _fields_of(entry)
                id_columns = entry.columns["id"].columns if "id" in entry.columns else ()
                ids = id_columns if set(id_columns) <= set(columns) else ids
    return Remembered(known, ids)


def _fields_of(entry: FileEntry) -> dict[str, str]:
    """The columns that alone give a field."""
    return {
        take.columns[0]: name
        for name, take in entry.columns.items()
        if len(take.columns) == 1 and name != "id"
    }


def document_of_source(organisation: Organisation, code: str) -> MappingDocument | None:
    """The newest mapping of a source: where a further kind of file is added to."""
    found = None
    for document in queries.latest_mappings(organisation):
        plan, _findings = mapping.check(document.text)
        if plan and plan.source == code and (found is None or document.added_at > found.added_at):
            found = document
    return found
