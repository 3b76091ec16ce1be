"""What of a result may never be asked for: it is compiled and run when it is."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Literal, get_args

from headrace.engine.sql import Stage

# Each part needs those before it.
Part = Literal["earnings", "shares", "receipts"]
PARTS: tuple[Part, ...] = get_args(Part)


class Waiting:
    """The stages of each part of a result, compiled once."""

    def __init__(self) -> None:
        self._compilers: dict[Part, list[Callable[[], Iterable[Stage]]]] = {part: [] for part in PARTS}
        self._stages: dict[Part, tuple[Stage, ...]] = {}

    def add(self, part: Part, stages: Callable[[], Iterable[Stage]]) -> None:
        self._compilers[part].append(stages)

    def __iter__(self) -> Iterator[Stage]:
        """All stages, in order."""
        for part in PARTS:
            yield from self.stages(part)

    def stages(self, part: Part) -> Sequence[Stage]:
        """What this part needs beside those before it, in order."""
        if part not in self._stages:
            self._stages[part] = tuple(stage for stages in self._compilers[part] for stage in stages())
        return self._stages[part]
