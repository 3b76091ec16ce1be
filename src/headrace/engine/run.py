"""Calculates a programme on facts: earnings, their shares, and their receipts."""

from collections.abc import Collection, Iterator
from datetime import datetime
from functools import cached_property
from typing import Any

import pyarrow as pa

from headrace.engine import receipt, sql
from headrace.engine.backends.duckdb import DuckDB
from headrace.engine.plan import Plan, RuleLayout, columns_needed, compile_programme
from headrace.engine.programme import Programme
from headrace.engine.sql import Sql
from headrace.engine.tables import EARNINGS, SHARES, Inputs


class Result:
    """What a calculation gave. Shares and receipts are worked out when they are first asked for."""

    def __init__(self, programme: Programme, plan: Plan, database: DuckDB, backend: str) -> None:
        self.programme, self.backend = programme, backend
        self._plan, self._database = plan, database

    @cached_property
    def earnings(self) -> pa.Table:
        """One row an earning that is not zero, as `tables.EARNINGS`, sorted by `earning`."""
        parts = [self._earnings_of(layout) for layout in self._plan.layouts]
        return _sorted(pa.concat_tables([EARNINGS.empty_table(), *parts]), [("earning", "ascending")])

    def _earnings_of(self, layout: RuleLayout) -> pa.Table:
        columns: dict[str, Sql] = {
            "earning": sql.column("earning"),
            "programme": sql.text(self.programme.key),
            "version": sql.whole(self.programme.version),
            "rule": sql.text(layout.rule.key),
            "to": sql.text(_recipient_kind(layout)),
            "recipient": sql.column("recipient"),
            "by": sql.column("by"),
            "period_from": sql.column("period_from"),
            "period_to": sql.column("period_to"),
            "unit": sql.text(layout.unit),
            "digits": sql.whole(layout.digits),
            "amount_minor": sql.cast(sql.column("amount"), sql.NARROW),
        }
        query = sql.select(columns, layout.groups)
        query = query.where(sql.negate(sql.equal(sql.column("amount"), sql.whole(0))), copy=False)
        return self._database.rows(query).cast(EARNINGS)

    @cached_property
    def shares(self) -> pa.Table:
        """What each fact was given of each earning, as `tables.SHARES`, sorted; shares of nothing are left out."""
        self._share()
        parts = [self._shares_of(layout) for layout in self._plan.layouts]
        return _sorted(pa.concat_tables([SHARES.empty_table(), *parts]), [("earning", "ascending"), ("fact", "ascending")])

    def _shares_of(self, layout: RuleLayout) -> pa.Table:
        query = sql.source(layout.facts, "f")
        sql.join(query, layout.groups, "g", sql.equal(sql.column("gid", "f"), sql.column("gid", "g")))
        columns = {
            "earning": sql.column("earning", "g"),
            "fact": sql.column("fact", "f"),
            "share_minor": sql.cast(sql.column("share", "f"), sql.NARROW),
        }
        query = query.select(*sql.named(columns), copy=False)
        query = query.where(sql.negate(sql.equal(sql.column("share", "f"), sql.whole(0))), copy=False)
        return self._database.rows(query).cast(SHARES)

    def _share(self) -> None:
        if not self._is_shared:
            for stage in self._plan.facts:
                self._database.run(stage)
            self._is_shared = True

    _is_shared = False

    def receipts(self, earning_ids: Collection[str] | None = None, zero: bool = False) -> Iterator[dict[str, Any]]:
        """The receipts of the given earnings, of all that are not zero, or with `zero` of all groups; sorted."""
        self._share()
        for layout in sorted(self._plan.layouts, key=lambda layout: layout.rule.key):
            yield from self._receipts_of(layout, earning_ids, zero)

    def _receipts_of(self, layout: RuleLayout, ids: Collection[str] | None, zero: bool) -> Iterator[dict[str, Any]]:
        query = sql.select_all(layout.groups)
        if ids is not None:
            if not ids:
                return
            query = query.where(sql.within(sql.column("earning"), [sql.text(one) for one in sorted(ids)]), copy=False)
        elif not zero:
            query = query.where(sql.negate(sql.equal(sql.column("amount"), sql.whole(0))), copy=False)
        query = query.order_by(sql.ordered(sql.column("earning")), copy=False)
        for group in _dicts(self._database.rows(query)):
            yield receipt.assemble(self.programme, layout, group, self._facts_of(layout, group["gid"]))

    def _facts_of(self, layout: RuleLayout, gid: int) -> list[dict[str, Any]]:
        query = sql.select_all(layout.facts)
        query = query.where(sql.equal(sql.column("gid"), sql.whole(gid)), copy=False)
        query = query.order_by(sql.ordered(sql.column("on")), sql.ordered(sql.column("fact")), copy=False)
        return _dicts(self._database.rows(query))


def calculate(
    programme: Programme,
    inputs: Inputs,
    as_of: datetime | None = None,
    backend: str = "duckdb",
    only: Collection[tuple[str, Any]] | None = None,
) -> Result:
    """What a programme should pay for all periods, given all that is known at `as_of` (None: now)."""
    database = DuckDB()
    shapes = database.load(inputs, columns_needed(programme))
    plan = compile_programme(programme, shapes, as_of)
    for name, table in plan.tables.items():
        database.add(name, table)
    for stage in plan.groups:
        database.run(stage)
    return Result(programme, plan, database, backend)


def _recipient_kind(layout: RuleLayout) -> str:
    return "person" if layout.rule.to == "person" else "partner"


def _sorted(table: pa.Table, keys: list[tuple[str, str]]) -> pa.Table:
    return table.sort_by(keys).combine_chunks()


def _dicts(table: pa.Table) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = table.to_pylist()
    return rows
