"""The five programmes with a rule engine: zen decides by decision tables, what is added up around it is Python.

Of each fact the engine tells what it weighs, of each group what it earns. Numbers are cents and whole, so its decimals
are exact. It has nothing to share an earning out with.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import zen

from headrace.bench.frames import BEFORE, BONUSES, WINDOW, YEAR
from headrace.bench.ways import Limits, files

Row = dict[str, Any]
Group = tuple[str, date]

# As many questions are asked at a time.
_BATCH = 10_000
_SLABS = "floor((max([whole, 0]) * 10 + max([whole - 200000, 0]) * 10 + max([whole - 600000, 0]) * 15 + 500) / 1000)"
_REACHED = " and ".join(f"{one.category} >= {one.least}" for one in BONUSES)

# The decision tables: conditions on a fact or a group, in this order, and what is told where they hold.
FACTS: Mapping[str, Sequence[tuple[str, str]]] = {
    "a": [('category == "Services"', "0"), ("", "cents")],
    "c": [('brand == "Listed" and is_new', "quantity"), ("", "0")],
    "d": [
        ('category == "Bikes" and tier == "gold"', "cents * 20"),
        ('category == "Bikes"', "cents * 16"),
        ('category == "Clothing" and tier == "gold"', "cents * 15"),
        ('category == "Clothing"', "cents * 12"),
        ('tier == "gold"', "cents * 10"),
        ("", "cents * 8"),
    ],
}
GROUPS: Mapping[str, Sequence[tuple[str, str]]] = {
    "a": [("", f"min([{_SLABS}, 15000])")],
    "b": [
        ("was <= 0", "0"),
        ("x * 100 >= was * 115", "floor((whole * 25 + 500) / 1000)"),
        ("x * 100 >= was * 105", "floor((whole * 125 + 5000) / 10000)"),
        ("x >= was", "floor((whole * 5 + 500) / 1000)"),
        ("", "0"),
    ],
    "c": [("", "min([whole * 750, 7500])")],
    "d": [("", "floor(whole / 800)")],
    "e": [(_REACHED, "5000"), ("", "0")],
}
# What the engine is told of a fact; more costs time.
_ASKED = {
    "a": ("category", "cents"),
    "c": ("brand", "is_new", "quantity"),
    "d": ("category", "tier", "cents"),
}
_ATTRIBUTES = {"products": ("category", "brand"), "partners": ("tier",)}


class ByZen:
    """zen-engine. Neither memory nor threads can be told to it."""

    def __init__(self, folder: Path, limits: Limits) -> None:
        self.paths = files(folder)
        tables = {f"fact {name}": found for name, found in FACTS.items()}
        tables |= {f"group {name}": found for name, found in GROUPS.items()}
        models = {name: zen.ZenDecisionContent(json.dumps(_model(found))) for name, found in tables.items()}
        self.engine = zen.ZenEngine({"loader": models.__getitem__})
        self.results: dict[str, pa.Table] = {}

    def earn(self, programme: str) -> None:
        groups = getattr(self, f"_{programme}")()
        amounts = self._told(f"group {programme}", groups.values())
        columns = [[recipient for recipient, _ in groups], [starts for _, starts in groups], list(amounts)]
        names = ["recipient", "period_from", "amount"]
        self.results[programme] = pa.table(dict(zip(names, columns, strict=True)))

    def attribute(self, programme: str) -> None:
        """Nothing: a rule engine shares nothing out."""

    def found(self, programme: str) -> Mapping[str, pa.Table]:
        return {"earnings": self.results[programme]}

    def _told(self, model: str, asked: Iterable[Row]) -> Iterable[int]:
        """What a decision table tells of each, in order."""
        waiting = iter(asked)
        while questions := list(islice(waiting, _BATCH)):
            batch: Any = [{"key": model, "context": one} for one in questions]
            for answer in self.engine.evaluate_batch(batch):
                yield answer["data"]["result"]["told"]

    # The programmes: what is asked of each group

    def _sales(self, *columns: str) -> list[Row]:
        """All sales with amounts in cents, and what is asked for of their products and partners."""
        rows: list[Row] = pq.read_table(self.paths["sales"]).to_pylist()
        for table, key in (("products", "product"), ("partners", "partner")):
            wanted = [name for name in _ATTRIBUTES[table] if name in columns]
            known = {
                one.pop("id"): one
                for one in pq.read_table(self.paths[table], columns=["id", *wanted]).to_pylist()
            }
            for row in rows:
                row.update(known[row[key]])
        for row in rows:
            row["cents"] = int(row["net_amount"] * 100)
        return rows

    def _weighed(self, programme: str, sales: Sequence[Row], months: int = 1) -> dict[Group, Row]:
        """Groups of some months with the sum of what their facts weigh."""
        asked = [{name: row[name] for name in _ASKED[programme]} for row in sales]
        groups: dict[Group, Row] = {}
        for row, told in zip(sales, self._told(f"fact {programme}", asked), strict=True):
            group = groups.setdefault((row["partner"], _starts(row["on"], months)), {"whole": 0})
            group["whole"] += told
        return groups

    def _a(self) -> dict[Group, Row]:
        return self._weighed("a", _within(self._sales("category"), YEAR))

    def _b(self) -> dict[Group, Row]:
        sales = self._sales()
        groups: dict[Group, Row] = defaultdict(lambda: {"whole": 0, "x": 0, "was": 0})
        for row in _within(sales, YEAR):
            group = groups[row["partner"], _starts(row["on"], 3)]
            group["whole"] += row["cents"]
            group["x"] += row["quantity"]
        for row in _within(sales, BEFORE):
            starts = _starts(row["on"], 3)
            key = row["partner"], starts.replace(year=starts.year + 1)
            if key in groups:
                groups[key]["was"] += row["quantity"]
        return groups

    def _c(self) -> dict[Group, Row]:
        sales = self._sales("brand")
        bought: dict[str, list[date]] = defaultdict(list)
        for row in sales:
            if row["quantity"] > 0 or row["cents"] > 0:
                bought[row["customer"]].append(row["on"])
        window = _within(sales, WINDOW)
        for row in window:
            since = row["on"].replace(year=row["on"].year - 1)
            row["is_new"] = not any(since <= day < row["on"] for day in bought[row["customer"]])
        # All of the window is one group.
        return self._weighed("c", [{**row, "on": WINDOW[0]} for row in window])

    def _d(self) -> dict[Group, Row]:
        return self._weighed("d", _within(self._sales("category", "tier"), YEAR))

    def _e(self) -> dict[Group, Row]:
        groups: dict[Group, Row] = defaultdict(lambda: {one.category: 0 for one in BONUSES})
        for row in _within(self._sales("category"), YEAR):
            group = groups[row["partner"], _starts(row["on"], 1)]
            if row["category"] in group:
                group[row["category"]] += row["cents"]
        return groups


def _within(sales: Sequence[Row], days: tuple[date, date]) -> list[Row]:
    return [row for row in sales if days[0] <= row["on"] <= days[1]]


def _starts(day: date, months: int) -> date:
    """The first day of the month or quarter."""
    return day.replace(month=(day.month - 1) // months * months + 1, day=1)


def _model(table: Sequence[tuple[str, str]]) -> Row:
    """A decision model of one table: the first condition that holds tells."""
    rules = [{"_id": str(place), "if": held, "told": told} for place, (held, told) in enumerate(table)]
    content = {
        "hitPolicy": "first",
        "inputs": [{"id": "if", "name": "if"}],
        "outputs": [{"id": "told", "name": "told", "field": "told"}],
        "rules": rules,
    }
    kinds = {"in": "inputNode", "table": "decisionTableNode", "out": "outputNode"}
    nodes = [
        {"id": name, "name": name, "type": kind, "position": {"x": 0, "y": 0}} for name, kind in kinds.items()
    ]
    nodes[1]["content"] = content
    pairs = (("in", "table"), ("table", "out"))
    edges = [{"id": f"{a} {b}", "sourceId": a, "targetId": b, "type": "edge"} for a, b in pairs]
    return {"nodes": nodes, "edges": edges}
