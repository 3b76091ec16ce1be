"""What a plan gave: earnings, shares and receipts, in a database or read back from files."""

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from sqlglot import exp

from headrace.engine import sql
from headrace.engine.backends.database import Database, OutOfRoomError
from headrace.engine.backends.duckdb import DuckDB
from headrace.engine.plan.layout import RuleLayout
from headrace.engine.plan.layout_text import from_json, to_json
from headrace.engine.plan.waiting import PARTS, Part, Waiting
from headrace.engine.receipt import Rows, assemble
from headrace.engine.result import ABOUT, Receipt, Result
from headrace.engine.sql import Sql
from headrace.engine.tables import EARNINGS, SHARES

# Facts are written sorted by group, in small parts, so that one receipt reads one part.
_PART_ROWS = 20_000
# How many receipts are read from the database at a time.
_BATCH = 5_000

Found = dict[str, Any]


class Planned(Result):
    """A result that stays in the tables of the plan. Shares are worked out when they are first asked for."""

    def __init__(
        self,
        programme: str,
        version: int,
        backend: str,
        layouts: Sequence[RuleLayout],
        database: Database,
        waiting: Waiting | None = None,
        fall_back: Callable[[], Result] | None = None,
    ) -> None:
        """`waiting` are the stages of what is not made yet. Where one leaves 128 bits, `fall_back` takes over."""
        self.programme, self.version, self.backend = programme, version, backend
        # Sorted as the names of their earnings are.
        self._layouts = sorted(layouts, key=lambda layout: f"{layout.rule}|")
        self._database, self._waiting, self._fall_back = database, waiting or Waiting(), fall_back
        self._made: list[Part] = []
        self._instead: Result | None = None

    @cached_property
    def earnings(self) -> pa.Table:
        """As `tables.EARNINGS`, sorted by `earning`."""
        self._make("earnings")
        parts = [self._earnings_of(layout) for layout in self._layouts]
        return pa.concat_tables([EARNINGS.empty_table(), *parts]).combine_chunks()

    def _earnings_of(self, layout: RuleLayout) -> pa.Table:
        query = earnings_query(self.programme, self.version, layout)
        query.order_by(sql.ordered(sql.column("earning")), copy=False)
        return self._database.rows(query).cast(EARNINGS)

    @cached_property
    def shares(self) -> pa.Table:
        """What each fact was given of each earning, as `tables.SHARES`, sorted; shares of nothing are left out."""
        self.attribute()
        if self._instead is not None:
            return self._instead.shares
        parts = [self._shares_of(layout) for layout in self._layouts]
        return pa.concat_tables([SHARES.empty_table(), *parts]).combine_chunks()

    def _shares_of(self, layout: RuleLayout) -> pa.Table:
        columns = {
            "earning": sql.column("earning"),
            "fact": sql.column("fact"),
            "share_minor": sql.cast(sql.column("share"), sql.NARROW),
        }
        query = sql.select(columns, layout.shares)
        query.where(sql.negate(sql.equal(sql.column("share"), sql.whole(0))), copy=False)
        query.order_by(*(sql.ordered(sql.column(name)) for name in ("earning", "fact")), copy=False)
        return self._database.rows(query).cast(SHARES)

    def attribute(self) -> None:
        """Works the shares out, once."""
        self._make("shares")

    def _make(self, wanted: Part) -> None:
        """Makes a part of the result, and those that it needs, once."""
        try:
            for part in PARTS[: PARTS.index(wanted) + 1]:
                if part not in self._made and self._instead is None:
                    for stage in self._waiting.stages(part):
                        self._database.run(stage)
                    self._made.append(part)
        except OutOfRoomError:
            if self._fall_back is None:
                raise
            self._instead = self._fall_back()
            self.backend = self._instead.backend

    # Receipts

    def receipts(self, earning_ids: Collection[str] | None = None) -> Iterator[Receipt]:
        """The receipts of the given earnings (None: of all), in the order of the earnings.

        What earned nothing has a receipt too: its gates say what was missing.
        """
        self._make("receipts")
        if self._instead is not None:
            yield from self._instead.receipts(earning_ids)
            return
        for layout in self._layouts:
            earnings = self._found(layout.earnings, "earning", earning_ids, ["earning"])
            for start in range(0, len(earnings), _BATCH):
                for rows in self._rows_of(layout, earnings[start : start + _BATCH]):
                    yield assemble(self.programme, self.version, layout, rows)

    def _rows_of(self, layout: RuleLayout, earnings: Sequence[Found]) -> Iterator[Rows]:
        """All rows of some earnings of one rule, read together."""
        numbers = sorted({row["gid"] for row in earnings if row["gid"] is not None})
        groups = {row["gid"]: row for row in self._found(layout.groups, "gid", numbers, ["gid"])}
        facts = _by(self._found(layout.facts, "gid", numbers, ["gid", "on", "fact"]), "gid")
        window = self._maybe(layout.window, "gid", numbers, ["gid", "on", "fact"])
        given = self._maybe(layout.given, "gid", numbers, ["gid", "fact"])
        parts = self._maybe(layout.split, "gid", numbers, ["gid", "fact", "place"])
        names = [row["earning"] for row in earnings]
        shares = self._maybe(layout.shares if layout.lifted else None, "earning", names, ["on", "fact"])
        for earning in earnings:
            own = (earning["to"], earning["recipient"])
            of_group = given.get(earning["gid"], [])
            paid = shares.get(earning["earning"], [])
            yield Rows(
                earning=earning,
                group=groups.get(earning["gid"]),
                facts=facts.get(earning["gid"], []),
                window=window.get(earning["gid"], []),
                given={r["fact"]: r["given"] for r in of_group if (r["to"], r["recipient"]) == own},
                parts=_by(parts.get(earning["gid"], []), "fact"),
                shares={row["fact"]: row["share"] for row in paid if row["returns"] is None},
                taken=[row for row in paid if row["returns"] is not None],
            )

    def _maybe(
        self, name: str | None, key: str, wanted: Collection[Any], order: list[str]
    ) -> dict[Any, list[Found]]:
        return {} if name is None else _by(self._found(name, key, wanted, order), key)

    def _found(self, name: str, key: str, wanted: Collection[Any] | None, order: list[str]) -> list[Found]:
        """The rows of a table whose key is wanted (None: all), in order."""
        query = sql.select_all(name)
        if wanted is not None:
            found = [sql.text(one) if isinstance(one, str) else sql.whole(int(one)) for one in sorted(wanted)]
            query.where(sql.within(sql.column(key), found) if found else sql.truth(False), copy=False)
        query.order_by(*(sql.ordered(sql.column(column)) for column in order), copy=False)
        rows: list[Found] = self._database.rows(query).to_pylist()
        return rows

    # Files

    def write(self, directory: Path) -> None:
        """Writes the result as immutable files into a directory that is empty or not there."""
        self._make("receipts")
        if self._instead is not None:
            self._instead.write(directory)
            return
        directory.mkdir(parents=True, exist_ok=True)
        pq.write_table(self.earnings, directory / "earnings.parquet")
        pq.write_table(self.shares, directory / "shares.parquet")
        # Where earnings are groups, the table that explains these holds all of them.
        kept = [each if each.lifted else replace(each, earnings=each.groups) for each in self._layouts]
        for layout in kept:
            for name, table in self._numbered(layout):
                pq.write_table(table, directory / f"{name}.parquet", row_group_size=_PART_ROWS)
        about = {
            "programme": self.programme,
            "version": self.version,
            "backend": self.backend,
            "rules": [to_json(layout) for layout in kept],
        }
        text = json.dumps(about, ensure_ascii=False, indent=1, sort_keys=True)
        (directory / ABOUT).write_text(text + "\n", encoding="utf-8")

    def _numbered(self, layout: RuleLayout) -> Iterator[tuple[str, pa.Table]]:
        """The tables of a rule, sorted, with its groups numbered in the order of their names.

        In the database the numbers are in no order, so they would differ from one run to the next.
        """
        by_name = sql.select({"gid": sql.column("gid")}, layout.groups)
        by_name.order_by(sql.ordered(sql.column("earning")), copy=False)
        numbers = self._database.rows(by_name)["gid"].combine_chunks()
        for name, order in tables_of(layout).items():
            table = self._database.rows(sql.select_all(name))
            if "gid" in table.column_names:
                place = table.column_names.index("gid")
                table = table.set_column(place, "gid", pc.index_in(table["gid"], numbers))
            yield name, table.sort_by([(column, "ascending") for column in order])


def earnings_query(programme: str, version: int, layout: RuleLayout) -> exp.Select:
    """The earnings of a rule, as `tables.EARNINGS`, in any order."""
    columns: dict[str, Sql] = {
        "earning": sql.column("earning"),
        "programme": sql.text(programme),
        "version": sql.whole(version),
        "rule": sql.text(layout.rule),
        "to": sql.column("to"),
        "recipient": sql.column("recipient"),
        "by": sql.column("by"),
        "period_from": sql.column("period_from"),
        "period_to": sql.column("period_to"),
        "unit": sql.text(layout.unit),
        "digits": sql.whole(layout.digits),
        "amount_minor": sql.cast(sql.column("amount"), sql.NARROW),
    }
    return sql.select(columns, layout.earnings)


def read(directory: Path) -> Planned:
    """A planned result that was written. Reads only what is asked for of it."""
    about = json.loads((directory / ABOUT).read_text(encoding="utf-8"))
    database = DuckDB(threads=1)
    layouts = [from_json(rule) for rule in about["rules"]]
    for name in (name for layout in layouts for name in tables_of(layout)):
        database.read(name, directory / f"{name}.parquet")
    return Planned(about["programme"], about["version"], about["backend"], layouts, database)


def tables_of(layout: RuleLayout) -> dict[str, list[str]]:
    """The tables that earnings, shares and receipts of a rule are read from, and how they are sorted."""
    found = {
        layout.earnings: ["earning"],
        layout.groups: ["gid"],
        layout.facts: ["gid", "on", "fact"],
        layout.shares: ["earning", "on", "fact"],
        layout.given: ["gid", "to", "recipient", "fact"],
        layout.split: ["gid", "fact", "place"],
        layout.window: ["gid", "on", "fact"],
    }
    return {name: order for name, order in found.items() if name is not None}


def _by(rows: Sequence[Found], key: str) -> dict[Any, list[Found]]:
    result = defaultdict(list)
    for row in rows:
        result[row[key]].append(row)
    return result
