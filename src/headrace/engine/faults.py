"""What is wrong with an input: each fault names the file, the line, the column and the value."""

import json
from collections.abc import Iterable
from dataclasses import dataclass

SHOWN_FAULTS_MAX = 20
SHOWN_CHARACTERS_MAX = 80


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault of a file: what was found there and what would be right.

    `place` is "line 7" or "row 7" (Parquet has rows, no lines); it and `column` are empty where the fault
    is in the file as a whole.
    """

    file: str
    found: str
    right: str
    place: str = ""
    column: str = ""

    def __str__(self) -> str:
        column = f'column "{self.column}"' if self.column else ""
        where = ", ".join(part for part in (self.file, self.place, column) if part)
        return f"{where}: {self.found}; {self.right}"


class InputError(ValueError):
    """Inputs that can't be calculated on; `faults` holds at least one, `unshown` counts those beyond them."""

    def __init__(self, faults: Iterable[Fault], unshown: int = 0) -> None:
        self.faults = tuple(faults)
        self.unshown = unshown
        lines = [str(fault) for fault in self.faults]
        if unshown:
            lines.append(f"and {unshown} more")
        super().__init__("\n".join(lines))


class Faults:
    """Collects faults, so that a user mends all of a file at once; keeps the first ones of each file."""

    def __init__(self) -> None:
        self._kept: list[Fault] = []
        self._unshown = 0

    def add(self, fault: Fault) -> None:
        if sum(kept.file == fault.file for kept in self._kept) < SHOWN_FAULTS_MAX:
            self._kept.append(fault)
        else:
            self._unshown += 1

    def add_all(self, error: InputError) -> None:
        for fault in error.faults:
            self.add(fault)
        self._unshown += error.unshown

    def count_unshown(self, count: int) -> None:
        """Faults that were counted but not looked up."""
        self._unshown += count

    def raise_if_any(self) -> None:
        if self._kept:
            raise InputError(self._kept, self._unshown)


def shown(value: object) -> str:
    """The value in quotes, without control characters, no longer than a line."""
    text = str(value)
    if len(text) > SHOWN_CHARACTERS_MAX:
        text = text[: SHOWN_CHARACTERS_MAX - 1] + "…"
    return json.dumps(text, ensure_ascii=False)
