"""One new fact costs only its groups: a programme stays compiled, and the same SQL runs on few of its facts."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date, datetime

import pyarrow as pa

from headrace.engine.backends.database import OutOfRoomError
from headrace.engine.backends.duckdb import NAME, DuckDB
from headrace.engine.plan import Check, Plan, UnsupportedError, is_separable
from headrace.engine.planned import Planned
from headrace.engine.programme import Programme
from headrace.engine.result import Result
from headrace.engine.run import calculate, compiled_on, hold
from headrace.engine.sql import TooWideError
from headrace.engine.tables import Inputs

# A group: the recipient and the first day of the period.
Group = tuple[str, date]
_ONLY = "only_groups"
KINDS = {"sales": "sale", "deals": "deal", "events": "event"}
_GROUPS = pa.schema([("recipient", pa.string()), ("period_from", pa.date32())])


class Increment:
    """A programme over facts that grow.

    `add` takes in new facts; `recalculate` works out some groups from all that is there. What a programme makes one
    recipient earn can depend on the others (a rank, a budget): then everything is worked out.
    """

    def __init__(self, programme: Programme, inputs: Inputs, as_of: datetime | None = None) -> None:
        self.programme, self.inputs, self.as_of = programme, inputs.in_memory(), as_of
        self._prepare()

    def _prepare(self) -> None:
        self._plan: Plan | None = None
        if not is_separable(self.programme):
            return
        self._database = DuckDB()
        self._name_groups([])
        try:
            self._plan = compiled_on(self._database, self.programme, self.inputs, self.as_of, _ONLY)
        except (OutOfRoomError, TooWideError, UnsupportedError):
            return
        self._statements = [
            stage if isinstance(stage, Check) else self._database.statement(stage)
            for stage in self._plan.stages
        ]

    def add(self, **tables: pa.Table) -> None:
        """New facts, as `sales=`, `deals=` or `events=`.

        What fits the plan costs only itself. Facts that bring something new to it (a currency, a further column, more
        decimals, days past the programme's end) have it made anew over all facts.
        """
        fit = True
        for name, table in tables.items():
            there = getattr(self.inputs, name)
            known = [there, table] if there is not None else [table]
            joined = pa.concat_tables(known, promote_options="default")
            self.inputs = replace(self.inputs, **{name: joined})
            fit = fit and self._plan is not None and self._database.append(KINDS[name], table)
        if not fit:
            self._prepare()

    def recalculate(self, groups: Collection[Group]) -> Result:
        """What these groups earn; with them may come others of the same recipients, those that share a limit."""
        if self._plan is None:
            return calculate(self.programme, self.inputs, self.as_of)
        self._name_groups(groups)
        try:
            for each in self._statements:
                if isinstance(each, Check):
                    hold(self._database, each)
                else:
                    self._database.execute(each)
        except OutOfRoomError:
            return calculate(self.programme, self.inputs, self.as_of)
        programme = self.programme
        plan = self._plan
        return Planned(
            programme.key,
            programme.version,
            NAME,
            plan.layouts,
            self._database,
            plan.later,
            lambda: calculate(self.programme, self.inputs, self.as_of),
        )

    def _name_groups(self, groups: Collection[Group]) -> None:
        rows = sorted(set(groups))
        columns = [[recipient for recipient, _ in rows], [starts for _, starts in rows]]
        self._database.add(_ONLY, pa.table(columns, schema=_GROUPS))


def recalculate(
    programme: Programme, inputs: Inputs, groups: Collection[Group], as_of: datetime | None = None
) -> Result:
    """What some groups earn, given all that is known; once. `Increment` does it again and again."""
    return Increment(programme, inputs, as_of).recalculate(groups)
