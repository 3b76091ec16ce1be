"""The facts of a few groups in the tables of a plan, and the one statement that tells what these earn."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from sqlglot import exp

from headrace.engine import sql
from headrace.engine.additions import TABLES
from headrace.engine.backends.duckdb import DuckDB
from headrace.engine.candidates import Candidates
from headrace.engine.plan import Check, columns_needed, periods_stand_alone
from headrace.engine.planned import earnings_query
from headrace.engine.programme import FactKind, Programme
from headrace.engine.run import compiled_on
from headrace.engine.sql import Stage
from headrace.engine.statement import Statement
from headrace.engine.tables import Inputs
from headrace.kernel.period import Period

# A programme without an end has room for facts of a further year.
_YEAR = timedelta(days=366)

# A recipient and the first day of a period; no day where the periods of a recipient hang together.
Group = tuple[str, date | None]
# Of each kind of facts, some.
Rows = dict[FactKind, set[int]]


class Resident:
    """A programme compiled over facts that grow, for few of its groups at a time."""

    def __init__(self, programme: Programme, inputs: Inputs, as_of: datetime | None) -> None:
        """`inputs` are in memory, the programme `is_separable`. Raises as `run.compiled_on` does."""
        inputs = _narrow(programme, inputs)
        self._programme, self._inputs = programme, inputs
        self.by_period = periods_stand_alone(programme)
        self._room = _room(programme, inputs)
        last = max((days.ends for days in self._room.values()), default=date.min)
        self._database = DuckDB(alone=True)
        self._plan = compiled_on(self._database, programme, inputs, as_of, until=last)
        self._candidates = Candidates(programme, inputs)
        self._days = _days_of_periods(self._plan.tables.values())
        self._checks, self._earnings = self._statements()
        self._database.hasten()

    def _statements(self) -> tuple[list[tuple[Check, Statement]], Statement | None]:
        """The checks, each with the statement that must find nothing, and what finds the earnings."""
        stages: list[Stage] = []
        checks = []
        for each in self._plan.stages:
            if isinstance(each, Check):
                checks.append((each, self._statement(stages, each.query)))
            else:
                stages.append(each)
        stages += self._plan.later.stages("earnings")
        key, version = self._programme.key, self._programme.version
        queries = [earnings_query(key, version, layout) for layout in self._plan.layouts]
        return checks, self._statement(stages, sql.stacked(queries)) if queries else None

    def _statement(self, stages: Sequence[Stage], query: exp.Query) -> Statement:
        return Statement(self._database, stages, query, {"recipient": "", "period_from": date.min})

    def add(self, kind: FactKind, table: pa.Table) -> bool:
        """Takes in further facts, if the plan holds for them; else it is of no use any more."""
        days = self._room.get(kind)
        if kind not in columns_needed(self._programme) or not table.num_rows:
            return True
        if days is None:
            return False
        found = pc.min_max(table["on"]).as_py()
        if found["min"] < days.starts or days.ends < found["max"]:
            return False
        if not self._database.holds_for(kind, table):
            return False
        there = getattr(self._inputs, TABLES[kind])
        self._candidates.add(kind, table.select(there.column_names))
        return True

    def rows_of(self, group: Group) -> Rows:
        """The facts that can matter for a group."""
        recipient, period_from = group
        days = None if period_from is None else self._days.get(period_from, [])
        return self._candidates.rows_of(recipient, days)

    def inputs(self, rows: Rows) -> Inputs:
        """The inputs with some of the facts alone."""
        taken = {TABLES[kind]: self._candidates.take(kind, each) for kind, each in rows.items()}
        return replace(self._inputs, **taken)

    # Earnings

    def earn(self, group: Group, rows: Rows) -> list[tuple[Any, ...]]:
        """The earnings of a group, as `planned.earnings_query` has them. Raises OutOfRoomError, MissingRateError."""
        for kind, each in rows.items():
            self._database.show(kind, self._candidates.take(kind, each))
        recipient, period_from = group
        given = {"recipient": recipient, "period_from": period_from}
        for check, statement in self._checks:
            for row in statement.rows(given):
                raise check.error(dict(zip(check.query.named_selects, row, strict=True)))
        return [] if self._earnings is None else self._earnings.rows(given)


def _narrow(programme: Programme, inputs: Inputs) -> Inputs:
    """The inputs, of facts with those columns alone that the programme looks at: they are handed on each time."""
    needed = columns_needed(programme)
    found = {}
    for kind, name in TABLES.items():
        table = getattr(inputs, name)
        if table is not None and kind in needed:
            found[name] = table.select([each for each in table.column_names if each in needed[kind]])
    return replace(inputs, **found)


def _room(programme: Programme, inputs: Inputs) -> dict[FactKind, Period]:
    """The days of facts for which a plan is made, of the kinds that there are facts of."""
    found: dict[FactKind, Period] = {}
    for kind, name in TABLES.items():
        table = getattr(inputs, name)
        if table is not None and table.num_rows:
            days = pc.min_max(table["on"]).as_py()
            found[kind] = Period(days["min"], max(days["max"], programme.ends or days["max"] + _YEAR))
    return found


def _days_of_periods(tables: Iterable[pa.Table]) -> dict[date, list[Period]]:
    """The days that count for each period, or are compared with it, by its first day."""
    found: dict[date, list[Period]] = defaultdict(list)
    for table in tables:
        if {"day", "period_from"} <= set(table.column_names):
            days = table.group_by("period_from").aggregate([("day", "min"), ("day", "max")])
            for row in days.to_pylist():
                found[row["period_from"]].append(Period(row["day_min"], row["day_max"]))
    return found
