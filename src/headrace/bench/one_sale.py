"""One new sale: what it takes to recalculate its group, beside all groups. Prints it as JSON.

python -m headrace.bench.one_sale PROGRAMME FOLDER [--sales N] [--threads N] [--memory GIB]
"""

import argparse
import json
import os
import sys
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from headrace.bench.by_headrace import DOCUMENTS
from headrace.bench.frames import BEFORE, WINDOW
from headrace.bench.ways import files
from headrace.engine.backends.duckdb import MEMORY, THREADS
from headrace.engine.increment import Increment
from headrace.engine.parsing import load
from headrace.engine.run import calculate
from headrace.engine.tables import Inputs

# Sales of a group, and partners that have such a group: each new sale is of another one.
GROUP_FACTS = 5_000
PARTNERS = 10
_ROUNDS = 3

MARCH = (date(2026, 3, 1), date(2026, 3, 31))
# The days of the group by programme; then, if it is compared with others, theirs.
DAYS: dict[str, list[tuple[date, date]]] = {
    "a": [MARCH],
    "b": [(date(2026, 1, 1), MARCH[1]), (BEFORE[0], date(2025, 3, 31))],
    "c": [WINDOW],
    "d": [MARCH],
    "e": [MARCH],
}

# Sales like those that are there, of few partners and in few days; the first and the last number is `$first`.
_MORE = """
    SELECT 'n' || lpad(place::VARCHAR, 10, '0') AS id, 'p' || lpad((place % $partners)::VARCHAR, 7, '0') AS partner,
        $starts + (hash(place) % $days)::INTEGER AS "on", * EXCLUDE (id, partner, "on", place, file_row_number)
    FROM (SELECT *, file_row_number + $first AS place FROM read_parquet($file, file_row_number = true) LIMIT $rows)"""


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("programme", choices=DAYS)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--sales", type=int, default=50)
    parser.add_argument("--threads")
    parser.add_argument("--memory")
    options = parser.parse_args(arguments)
    for name, value in ((THREADS, options.threads), (MEMORY, options.memory)):
        if value is not None:
            os.environ[name] = value
    print(json.dumps(measured(options.programme, options.folder, options.sales)))
    return 0


def measured(programme: str, folder: Path, sales: int) -> dict[str, Any]:
    """Medians in seconds by both clocks, of taking a sale in, of its group and of all; and whether these agree.

    Also the least time of a group: what it takes where nothing else runs.
    """
    document = load((DOCUMENTS / f"{programme}.yaml").read_text(encoding="utf-8"))
    given = {name: pq.read_table(file) for name, file in files(folder).items()}
    busy = [
        more(folder, days, PARTNERS * GROUP_FACTS, place * PARTNERS * GROUP_FACTS)
        for place, days in enumerate(DAYS[programme])
    ]
    new = more(folder, DAYS[programme][0], sales, len(busy) * PARTNERS * GROUP_FACTS)
    increment = Increment(document, Inputs(**{**given, "sales": pa.concat_tables([given["sales"], *busy])}))
    starts = DAYS[programme][0][0]
    found: dict[str, list[float]] = {}
    last: dict[str, pa.Table] = {}
    for place in range(sales):
        sale = new.slice(place, 1)
        partner = sale["partner"][0].as_py()
        with Clock(found, "add"):
            increment.add(sales=sale)
        with Clock(found, "group"):
            last[partner] = increment.recalculate([(partner, starts)]).earnings
    for _ in range(_ROUNDS):
        with Clock(found, "all"):
            everything = calculate(document, increment.inputs).earnings
    return {
        **{name: median(times) for name, times in found.items()},
        **{name.replace("group", "least"): min(times) for name, times in found.items() if "group" in name},
        "agrees": all(_holds(everything, partner, starts, one) for partner, one in last.items()),
    }


def disagreeing(found: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """One line for each programme of which a group is not what it is among all."""
    return [
        f"programme {name}: groups recalculated after one new sale differ from those of the whole"
        for name, one in found.items()
        if not one["agrees"]
    ]


def table(found: Mapping[str, Mapping[str, Any]], options: argparse.Namespace) -> str:
    """One row for each programme: milliseconds of a new sale and of its group, beside the whole."""
    clock = "_processor_seconds" if options.clock == "processor" else "_seconds"
    title = (
        f"One new sale to a group of {GROUP_FACTS:,} facts among {options.facts:,}, {options.clock} milliseconds, "
        f"median of {options.sales}"
    )
    lines = [["", "taken in", "its group anew", "at best", "all groups anew", "all : its group"]]
    lines.append(["---", *["---:"] * 5])
    for programme, one in found.items():
        times = [1000 * one[f"{name}{clock}"] for name in ("add", "group", "least", "all")]
        figures = [*(f"{time:.1f}" for time in times[:3]), f"{times[3]:,.0f}", f"{times[3] / times[1]:,.0f}"]
        lines.append([programme, *figures])
    return "\n".join([title, "", *("| " + " | ".join(line) + " |" for line in lines)])


def more(folder: Path, days: tuple[date, date], rows: int, first: int) -> pa.Table:
    """Further sales, numbered on from `first`, by turns of few partners."""
    given = {
        "file": files(folder)["sales"],
        "partners": PARTNERS,
        "starts": days[0],
        "days": (days[1] - days[0]).days + 1,
        "rows": rows,
        "first": first,
    }
    return duckdb.connect().sql(_MORE, params=given).to_arrow_table()


def _holds(everything: pa.Table, partner: str, starts: date, found: pa.Table) -> bool:
    """Whether a group is what it is among all."""
    of_partner = pc.equal(everything["recipient"], partner)
    of_group = pc.and_(of_partner, pc.equal(everything["period_from"], pa.scalar(starts)))
    return bool(everything.filter(of_group).equals(found))


class Clock:
    """Adds what a piece of work takes to the times by its name: on the wall, and of the processors."""

    def __init__(self, times: dict[str, list[float]], name: str) -> None:
        self.times, self.name = times, name

    def __enter__(self) -> None:
        self.begun = perf_counter(), process_time()

    def __exit__(self, *_: object) -> None:
        for suffix, begun, now in zip(
            ("", "_processor"), self.begun, (perf_counter(), process_time()), strict=True
        ):
            self.times.setdefault(f"{self.name}{suffix}_seconds", []).append(now - begun)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
