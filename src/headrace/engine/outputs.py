"""Writes results: all of them, or on any error nothing."""

import csv
import secrets
import shutil
import sys
import tempfile
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from headrace.engine.faults import Fault, InputError

STANDARD_OUTPUT = "-"


class Outputs:
    """Files that appear together when the block ends well, and not at all when it does not.

    Each is written beside its target and renamed over it at the end; `-` (standard output) and what is no
    plain file (a pipe, /dev/null) get their bytes at the end.
    """

    def __init__(self) -> None:
        self._open = ExitStack()
        self._renames: list[tuple[Path, Path]] = []
        self._copies: list[tuple[IO[str], str]] = []

    def __enter__(self) -> Self:
        return self

    def open(self, path: str) -> IO[str]:
        """A text file for what shall become `path`. Raises InputError where it can't be written."""
        if path == STANDARD_OUTPUT or (
            Path(path).exists() and not Path(path).is_file() and not Path(path).is_dir()
        ):
            file: IO[str] = self._open.enter_context(
                tempfile.TemporaryFile("w+", encoding="utf-8", newline="")  # noqa: SIM115 (the stack closes it)
            )
            self._copies.append((file, path))
            return file
        target = Path(path).resolve()
        try:
            if target.is_dir():
                raise IsADirectoryError(0, "it is a folder")
            temporary = target.with_name(f".{target.name}.{secrets.token_hex(8)}")
            file = self._open.enter_context(temporary.open("x", encoding="utf-8", newline=""))
        except OSError as error:
            found = f"can't be written ({error.strerror})"
            raise InputError([Fault(path, found, "name a file in a folder that can be written")]) from error
        self._renames.append((temporary, target))
        return file

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if error is None:
                self._commit()
        finally:
            self._open.close()
            for temporary, _ in self._renames:
                temporary.unlink(missing_ok=True)

    def _commit(self) -> None:
        for file, path in self._copies:
            file.seek(0)
            if path == STANDARD_OUTPUT:
                shutil.copyfileobj(file, sys.stdout)
                sys.stdout.flush()
            else:
                with Path(path).open("w", encoding="utf-8", newline="") as device:
                    shutil.copyfileobj(file, device)
        self._open.close()
        for temporary, target in self._renames:
            temporary.replace(target)


def write_table(file: IO[str], header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """The rows as CSV: commas, a line feed after each line, quotes only where they are needed."""
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)


def same_file(path: str, other: str) -> bool:
    """Whether two paths name one existing file."""
    try:
        return Path(path).samefile(other)
    except OSError:
        return Path(path).absolute() == Path(other).absolute()
