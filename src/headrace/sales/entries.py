"""Which entry of a mapping describes a file."""

from __future__ import annotations

import re

from headrace.base import files
from headrace.sales.mapping import FileEntry, MappingPlan
from headrace.sales.models import Import, SalesFile
from headrace.sales.reasons import FileRefused
from headrace.sales.tables import REFERENCE, check_columns, open_table
from headrace.sales.values import Format

# What `rejects_name` puts behind the name, and whatever a browser or a person puts behind that.
REJECTS_SUFFIX = re.compile(r"-rejects-[0-9]+.*$")


def original_name(name: str) -> str:
    """The name of the file whose rejects a file holds; of any other its own."""
    return REJECTS_SUFFIX.sub("", name)


def rejects_name(name: str, import_id: int) -> str:
    """`sales.xlsx` of import 12 gives `sales.xlsx-rejects-12.csv`: the mapping finds it like the original."""
    return f"{original_name(name)}-rejects-{import_id}.csv"


def find_entry(plan: MappingPlan, file: SalesFile) -> FileEntry:
    """The entry that describes a file: by its name, and where that decides nothing, by its columns.

    Rejects that were saved by another name are described as the file they came from. Raises FileRefused.
    """
    named = _named(plan, file.name) or _named(plan, name_of_rejected_file(file))
    if len(named) == 1:
        return named[0]
    fitting = [entry for entry in named or plan.files if not entry.skip and _has_columns(entry, file)]
    if fitting and (named or len(fitting) == 1):
        return fitting[0]
    if named:
        return named[0]
    patterns = ", ".join(entry.pattern for entry in plan.files)
    raise FileRefused("no_entry", mapping=plan.name, name=file.name, patterns=patterns)


def _named(plan: MappingPlan, name: str) -> list[FileEntry]:
    return [entry for entry in plan.files if entry.matches(original_name(name))]


def name_of_rejected_file(file: SalesFile) -> str:
    """The name of the file whose rejects these are, by the reference in the first row; else nothing."""
    try:
        with open_table(files.path_of(file.sha256), Format()) as table:
            _, cells = next(table.rows, (0, [""]))
            match = REFERENCE.fullmatch(cells[0].strip()) if table.resent else None
    except FileRefused:
        return ""
    if match is None:
        return ""
    imports = Import.objects.filter(organisation=file.organisation, pk=int(match[1]))
    return imports.values_list("file_name", flat=True).first() or ""


def _has_columns(entry: FileEntry, file: SalesFile) -> bool:
    try:
        with open_table(files.path_of(file.sha256), entry.format) as table:
            check_columns(table.columns, entry.needed_columns(), entry.format)
    except FileRefused:
        return False
    return True
