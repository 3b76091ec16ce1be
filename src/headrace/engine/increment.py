"""One new fact costs only its groups: a programme stays compiled, and the same SQL runs on few of its facts."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import cached_property
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from headrace.engine.additions import TABLES
from headrace.engine.backends.database import OutOfRoomError
from headrace.engine.backends.duckdb import NAME
from headrace.engine.plan import UnsupportedError, is_separable
from headrace.engine.programme import Programme
from headrace.engine.resident import Resident, Rows
from headrace.engine.result import Receipt, Result
from headrace.engine.run import calculate
from headrace.engine.sql import TooWideError
from headrace.engine.tables import EARNINGS, Inputs

# A group: the recipient and the first day of the period.
Group = tuple[str, date]
KINDS = {name: kind for kind, name in TABLES.items()}
# Groups are worked out one by one; of more than so many it is faster to work out everything.
_GROUPS_MAX = 100


class Increment:
    """A programme over facts that grow.

    `add` takes in new facts; `recalculate` works out some groups from all that is there. What a programme makes one
    recipient earn can depend on the others (a rank, a budget): then everything is worked out.
    """

    def __init__(self, programme: Programme, inputs: Inputs, as_of: datetime | None = None) -> None:
        self.programme, self.inputs, self.as_of = programme, inputs.in_memory(), as_of
        self._prepare()

    def _prepare(self) -> None:
        self._resident: Resident | None = None
        if is_separable(self.programme):
            try:
                self._resident = Resident(self.programme, self.inputs, self.as_of)
            except (OutOfRoomError, TooWideError, UnsupportedError):
                return

    def add(self, **tables: pa.Table) -> None:
        """New facts, as `sales=`, `deals=` or `events=`.

        What fits the plan costs only itself. Facts that bring something new to it (a currency, a further column, more
        decimals, days before the first fact or past the programme's end) have it made anew over all facts.
        """
        fit = True
        for name, table in tables.items():
            there = getattr(self.inputs, name)
            known = [there, table] if there is not None else [table]
            joined = pa.concat_tables(known, promote_options="default")
            self.inputs = replace(self.inputs, **{name: joined})
            fit = fit and self._resident is not None and self._resident.add(KINDS[name], table)
        if not fit:
            self._prepare()

    def recalculate(self, groups: Collection[Group]) -> Result:
        """What these groups earn; with them may come others of the same recipients, those that share a limit.

        Shares and receipts are worked out when they are asked for, as of now.
        """
        resident = self._resident
        if resident is None:
            return self._whole()
        wanted = sorted({(recipient, day if resident.by_period else None) for recipient, day in groups})
        if len(wanted) > _GROUPS_MAX:
            return self._whole()
        facts = [resident.rows_of(group) for group in wanted]
        try:
            earned = [row for pair in zip(wanted, facts, strict=True) for row in resident.earn(*pair)]
        except OutOfRoomError:
            return self._whole()
        return Recalculated(
            earned, lambda: calculate(self.programme, resident.inputs(together(facts)), self.as_of)
        )

    def _whole(self) -> Result:
        return calculate(self.programme, self.inputs, self.as_of)


class Recalculated(Result):
    """The earnings of some groups. What explains them waits until it is asked for."""

    def __init__(self, rows: Sequence[tuple[Any, ...]], explain: Callable[[], Result]) -> None:
        """`rows` are those of EARNINGS, in any order; `explain` works out their groups, perhaps with others."""
        self.backend = NAME
        columns = zip(*sorted(rows), strict=True) if rows else [[] for _ in EARNINGS]
        arrays = [pa.array(column, each.type) for column, each in zip(columns, EARNINGS, strict=True)]
        self._earnings, self._explain = pa.table(arrays, schema=EARNINGS), explain

    @cached_property
    def _explained(self) -> Result:
        return self._explain()

    @property
    def shares(self) -> pa.Table:
        found = self._explained.shares
        return found.filter(pc.is_in(found["earning"], self._earnings["earning"]))

    def attribute(self) -> None:
        self._explained.attribute()

    def receipts(self, earning_ids: Collection[str] | None = None) -> Iterator[Receipt]:
        there = self._earnings["earning"].to_pylist()
        wanted = there if earning_ids is None else sorted(set(there) & set(earning_ids))
        return self._explained.receipts(wanted)


def together(several: Iterable[Rows]) -> Rows:
    """All rows of several sets."""
    found: Rows = defaultdict(set)
    for rows in several:
        for kind, each in rows.items():
            found[kind] |= each
    return found


def recalculate(
    programme: Programme, inputs: Inputs, groups: Collection[Group], as_of: datetime | None = None
) -> Result:
    """What some groups earn, given all that is known; once. `Increment` does it again and again."""
    return Increment(programme, inputs, as_of).recalculate(groups)
