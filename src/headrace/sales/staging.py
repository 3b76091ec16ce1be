"""A file that is read and converted before anything is written: so that no other has to wait for that."""

from __future__ import annotations

import pickle
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO, Any

from headrace.sales import fields
from headrace.sales.convert import Batch, RowConverter, in_batches
from headrace.sales.mapping import FileEntry
from headrace.sales.tables import Table

BATCH_ROWS = 20_000
# Few rows never touch the disk.
MEMORY_BYTES = 8 << 20

# Called with how many rows were read so far.
Note = Callable[[int], None]


class Staged:
    """The rows of a file as batches of values, in their order, as often as they are asked for.

    They lie in a file without a name, which is gone with the process however that ends. Only this process writes
    and reads it; so pickle, which keeps what Python holds, is safe here.
    """

    def __init__(self, entry: FileEntry, table: Table, file: IO[bytes]) -> None:
        self.columns = table.columns
        self.resent = table.resent
        self.rows_read = 0
        self.entry = entry
        self._file = file
        self._count = 0

    def add(self, batch: Batch) -> None:
        told = (batch.numbers, batch.cells, batch.fields, batch.attributes, batch.problems)
        pickle.dump(told, self._file, pickle.HIGHEST_PROTOCOL)
        self._count += 1

    def batches(self) -> Iterator[Batch]:
        self._file.seek(0)
        for _ in range(self._count):
            told: tuple[Any, ...] = pickle.load(self._file)
            yield Batch(self.entry, self.columns, *told)


@contextmanager
def staged(entry: FileEntry, table: Table, note: Note | None = None) -> Iterator[Staged]:
    """Reads and converts all rows of a table. Raises FileRefused where it turns out to be none.

    Sales come in batches, so that memory stays bounded; of other kinds all rows are one.
    """
    converter = RowConverter(entry, table.columns)
    with tempfile.SpooledTemporaryFile(MEMORY_BYTES) as file:
        found = Staged(entry, table, file)
        in_parts = in_batches(table.rows, BATCH_ROWS) if entry.kind is fields.SALES else [list(table.rows)]
        for rows in in_parts:
            found.add(converter.convert(rows))
            if note:
                note(table.rows_read)
        found.rows_read = table.rows_read
        yield found
