"""What a plan gave: earnings, shares and receipts, in a database or read back from files."""

import json
from collections.abc import Collection, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from sqlglot import exp

from headrace.engine import receipt, sql
from headrace.engine.backends.duckdb import DuckDB
from headrace.engine.plan.layout import RuleLayout
from headrace.engine.plan.layout_text import from_json, to_json
from headrace.engine.result import ABOUT, Receipt, Result
from headrace.engine.sql import Sql, Stage
from headrace.engine.tables import EARNINGS, SHARES

# Facts are written sorted by group, in small parts, so that one receipt reads one part.
_PART_ROWS = 20_000


class Planned(Result):
    """A result that stays in the tables of the plan. Shares are worked out when they are first asked for."""

    def __init__(
        self,
        programme: str,
        version: int,
        backend: str,
        layouts: Sequence[RuleLayout],
        database: DuckDB,
        waiting: Sequence[Stage] = (),
    ) -> None:
        self.programme, self.version, self.backend = programme, version, backend
        self._layouts = sorted(layouts, key=lambda layout: layout.rule)
        self._database, self._waiting = database, list(waiting)

    @cached_property
    def earnings(self) -> pa.Table:
        """As `tables.EARNINGS`, sorted by `earning`."""
        parts = [self._earnings_of(layout) for layout in self._layouts]
        return pa.concat_tables([EARNINGS.empty_table(), *parts]).sort_by("earning").combine_chunks()

    def _earnings_of(self, layout: RuleLayout) -> pa.Table:
        columns: dict[str, Sql] = {
            "earning": sql.column("earning"),
            "programme": sql.text(self.programme),
            "version": sql.whole(self.version),
            "rule": sql.text(layout.rule),
            "to": sql.text(layout.to),
            "recipient": sql.column("recipient"),
            "by": sql.column("by"),
            "period_from": sql.column("period_from"),
            "period_to": sql.column("period_to"),
            "unit": sql.text(layout.unit),
            "digits": sql.whole(layout.digits),
            "amount_minor": sql.cast(sql.column("amount"), sql.NARROW),
        }
        return self._database.rows(sql.select(columns, layout.groups)).cast(EARNINGS)

    @cached_property
    def shares(self) -> pa.Table:
        """What each fact was given of each earning, as `tables.SHARES`, sorted; shares of nothing are left out."""
        self._share()
        parts = [self._shares_of(layout) for layout in self._layouts]
        keys = [("earning", "ascending"), ("fact", "ascending")]
        return pa.concat_tables([SHARES.empty_table(), *parts]).sort_by(keys).combine_chunks()

    def _shares_of(self, layout: RuleLayout) -> pa.Table:
        query = sql.source(layout.facts, "f")
        sql.join(query, layout.groups, "g", sql.equal(sql.column("gid", "f"), sql.column("gid", "g")))
        columns = {
            "earning": sql.column("earning", "g"),
            "fact": sql.column("fact", "f"),
            "share_minor": sql.cast(sql.column("share", "f"), sql.NARROW),
        }
        query = query.select(*sql.named(columns), copy=False).where(_is_paid("share"), copy=False)
        return self._database.rows(query).cast(SHARES)

    def _share(self) -> None:
        while self._waiting:
            self._database.run(self._waiting[0])
            self._waiting.pop(0)

    def receipts(self, earning_ids: Collection[str] | None = None) -> Iterator[Receipt]:
        """The receipts of the given earnings (None: of all), by rule and then by earning.

        What earned nothing has a receipt too: its gates say what was missing.
        """
        self._share()
        for layout in self._layouts:
            for group in self._groups_of(layout, earning_ids):
                facts = self._facts_of(layout, group["gid"])
                yield receipt.assemble(self.programme, self.version, layout, group, facts)

    def _groups_of(self, layout: RuleLayout, ids: Collection[str] | None) -> list[dict[str, Any]]:
        query = sql.select_all(layout.groups)
        if ids is not None:
            wanted = [sql.text(one) for one in sorted(ids)]
            query.where(sql.within(sql.column("earning"), wanted) if wanted else sql.truth(False), copy=False)
        return self._dicts(query, ["earning"])

    def _facts_of(self, layout: RuleLayout, gid: int) -> list[dict[str, Any]]:
        query = sql.select_all(layout.facts).where(
            sql.equal(sql.column("gid"), sql.whole(int(gid))), copy=False
        )
        return self._dicts(query, ["on", "fact"])

    def _dicts(self, query: exp.Select, order: list[str]) -> list[dict[str, Any]]:
        query = query.order_by(*(sql.ordered(sql.column(name)) for name in order), copy=False)
        rows: list[dict[str, Any]] = self._database.rows(query).to_pylist()
        return rows

    # Files

    def write(self, directory: Path) -> None:
        """Writes the result as immutable files into a directory that is empty or not there."""
        directory.mkdir(parents=True, exist_ok=True)
        pq.write_table(self.earnings, directory / "earnings.parquet")
        pq.write_table(self.shares, directory / "shares.parquet")
        for layout in self._layouts:
            for name, order in ((layout.groups, ["earning"]), (layout.facts, ["gid", "on", "fact"])):
                query = sql.select_all(name).order_by(
                    *(sql.ordered(sql.column(o)) for o in order), copy=False
                )
                pq.write_table(
                    self._database.rows(query), directory / f"{name}.parquet", row_group_size=_PART_ROWS
                )
        about = {
            "programme": self.programme,
            "version": self.version,
            "backend": self.backend,
            "rules": [to_json(layout) for layout in self._layouts],
        }
        text = json.dumps(about, ensure_ascii=False, indent=1, sort_keys=True)
        (directory / ABOUT).write_text(text + "\n", encoding="utf-8")


def read(directory: Path) -> Planned:
    """A planned result that was written. Reads only what is asked for of it."""
    about = json.loads((directory / ABOUT).read_text(encoding="utf-8"))
    database = DuckDB(threads=1)
    layouts = [from_json(rule) for rule in about["rules"]]
    for name in (name for layout in layouts for name in (layout.groups, layout.facts)):
        database.read(name, directory / f"{name}.parquet")
    return Planned(about["programme"], about["version"], about["backend"], layouts, database)


def _is_paid(column: str) -> Sql:
    return sql.negate(sql.equal(sql.column(column), sql.whole(0)))
