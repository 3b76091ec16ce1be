"""The rejected rows of an import as a CSV file: repaired there, it is sent again as it is."""

from __future__ import annotations

import csv
from collections.abc import Iterator

from django.utils import translation

from headrace.sales import mapping
from headrace.sales.entries import find_entry, rejects_name
from headrace.sales.models import Import
from headrace.sales.reasons import tell
from headrace.sales.tables import REASON_COLUMN, REJECT_COLUMN, neutralised

BYTE_ORDER_MARK = "\ufeff"


def file_name(run: Import) -> str:
    return rejects_name(run.file_name, run.pk)


def as_csv(run: Import) -> Iterator[str]:
    """The lines of the file: the columns as they came between the reject's reference and its reasons.

    Only rejects that wait for repair. A spreadsheet runs what looks like a formula, so such cells get
    an apostrophe before them, which is taken away when the file comes back.
    """
    kept = [place for place, name in enumerate(run.columns) if name not in (REJECT_COLUMN, REASON_COLUMN)]
    writer = csv.writer(Echo(), delimiter=_delimiter(run))
    yield BYTE_ORDER_MARK + writer.writerow(
        [REJECT_COLUMN, *(neutralised(run.columns[place]) for place in kept), REASON_COLUMN]
    )
    language = translation.get_language()
    rejects = run.rejects.waiting().order_by("row_number")
    for reject in rejects.iterator(chunk_size=2000):
        cells = [reject.cells[place] if place < len(reject.cells) else "" for place in kept]
        # The rows are written while they are sent, when the page's language is no longer set.
        with translation.override(language):
            reasons = " ".join(tell(problem) for problem in reject.problems)
        yield writer.writerow([str(reject), *(neutralised(cell) for cell in cells), neutralised(reasons)])


def _delimiter(run: Import) -> str:
    """That of the original, so that the same program opens it."""
    return find_entry(mapping.load(run.mapping.text), run.file).format.delimiter


class Echo:
    """A file that gives back what is written."""

    def write(self, text: str) -> str:
        return text
