"""`headrace bench`: the five programmes on made-up sales, Headrace beside other ways, as one table."""

import argparse
import importlib.util
import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from headrace.bench import matching, one_sale
from headrace.bench.ways import FACTS_MAX, PROGRAMMES, names

WELL, DIFFERENT, BAD_INPUT = 0, 1, 2
_UNITS = {"k": 10**3, "m": 10**6}
_FACTS_MIN, _FACTS_MAX = 1_000, 100_000_000
# Of fewer facts there are no groups as large as one new sale is measured with; more are not held in memory twice.
_ONE_SALE_MIN, _ONE_SALE_MAX = 100_000, 10_000_000
_LIMIT = "sql"
CLOCKS = {"wall": "", "processor": "processor_"}

Measured = dict[str, Any]


def main(arguments: Sequence[str]) -> int:
    """Runs the benchmark, or that of `names`; exit code 1 where two ways give different results.

    Raises SystemExit on wrong usage.
    """
    if arguments[:1] == ["names"]:
        return matching.main(arguments[1:])
    options = parser().parse_args(arguments)
    chosen = options.ways or installed()
    ways = [name for name in chosen if options.facts <= FACTS_MAX.get(name, options.facts)]
    lacking = [name for name in chosen if not is_installed(name)]
    if lacking:
        told = "pip install -r requirements/bench.txt (or spark.txt) would be right"
        print(f"not installed: {', '.join(lacking)}; {told}", file=sys.stderr)
        return BAD_INPUT
    with TemporaryDirectory() as scratch:
        folder = Path(options.keep or scratch) / f"{options.facts}-{options.seed}"
        if not (folder / "sales.parquet").exists():
            _run_alone(["headrace.bench.facts", str(folder), str(options.facts), str(options.seed)])
        rounds = [_round(ways, options, folder) for _ in range(options.rounds)]
        sales = _sales(options, folder) if "headrace" in ways else {}
    different = [*disagreeing(rounds), *one_sale.disagreeing(sales)]
    if different:
        print("\n".join(different), file=sys.stderr)
        return DIFFERENT
    print(table(ways, options, rounds, [name for name in chosen if name not in ways]))
    if sales:
        print(f"\n{one_sale.table(sales, options)}")
    return WELL


def parser() -> argparse.ArgumentParser:
    whole = argparse.ArgumentParser(
        prog="headrace bench", description="Measure Headrace beside other ways to do the same work."
    )
    whole.add_argument("--facts", type=amount, default=100_000, help="how many sales, as 100k or 10m")
    whole.add_argument("--ways", nargs="+", choices=names(), help="default: all that are installed")
    whole.add_argument("--programmes", nargs="+", choices=PROGRAMMES, default=PROGRAMMES)
    whole.add_argument("--rounds", type=int, default=3, help="the median counts; ways take turns")
    whole.add_argument(
        "--clock",
        choices=CLOCKS,
        default="wall",
        help="processor: seconds of all threads, where others use the machine too",
    )
    whole.add_argument("--seed", type=int, default=1)
    whole.add_argument("--memory", type=float, metavar="GIB", help="what an engine may hold before it spills")
    whole.add_argument("--threads", type=int)
    whole.add_argument("--sales", type=int, default=50, help="new sales, one after another; 0: not measured")
    whole.add_argument("--keep", metavar="FOLDER", help="make the sales here and keep them")
    return whole


def amount(text: str) -> int:
    """A number of facts. Raises argparse.ArgumentTypeError."""
    digits, unit = (text[:-1], text[-1].lower()) if text[-1:].lower() in _UNITS else (text, "")
    found = int(digits) * _UNITS.get(unit, 1) if digits.isdecimal() else 0
    if not _FACTS_MIN <= found <= _FACTS_MAX:
        raise argparse.ArgumentTypeError(f"{text!r} is none; 1k to 100m would be right")
    return found


def installed() -> list[str]:
    """All ways but Spark, which takes much longer than all the others together: it is measured where it is named."""
    return [name for name in names() if is_installed(name) and name != "headrace-spark"]


def is_installed(name: str) -> bool:
    package = names()[name]
    return not package or importlib.util.find_spec(package) is not None


def _round(ways: Sequence[str], options: argparse.Namespace, folder: Path) -> dict[tuple[str, str], Measured]:
    return {
        (way, programme): json.loads(
            _run_alone(["headrace.bench.child", way, programme, str(folder), *_limits(options)])
        )
        for programme in options.programmes
        for way in ways
    }


def _sales(options: argparse.Namespace, folder: Path) -> dict[str, Measured]:
    """One new sale after another, by programme; nothing where that is not measured."""
    if not options.sales or not _ONE_SALE_MIN <= options.facts <= _ONE_SALE_MAX:
        return {}
    further = ["--sales", str(options.sales), *_limits(options)]
    return {
        programme: json.loads(_run_alone(["headrace.bench.one_sale", programme, str(folder), *further]))
        for programme in options.programmes
    }


def _limits(options: argparse.Namespace) -> list[str]:
    given = {name: getattr(options, name) for name in ("memory", "threads")}
    return [word for name, value in given.items() if value is not None for word in (f"--{name}", str(value))]


def _run_alone(words: Sequence[str]) -> str:
    """What a module prints that runs in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", *words], check=True, stdout=subprocess.PIPE, text=True
    ).stdout


def disagreeing(rounds: Sequence[dict[tuple[str, str], Measured]]) -> list[str]:
    """One line for each result that differs from that of the first way."""
    lines = []
    first: dict[tuple[str, str], tuple[str, list[str]]] = {}
    for measured in rounds:
        for (way, programme), one in measured.items():
            for part in ("earnings", "shares"):
                if one[part] is None:
                    continue
                other, expected = first.setdefault((programme, part), (way, one[part]))
                if one[part] != expected:
                    lines.append(f"programme {programme}: {part} by {way} {one[part]}, by {other} {expected}")
    return lines


# The table


def table(
    ways: Sequence[str], options: argparse.Namespace, rounds: Sequence[Any], left_out: Sequence[str] = ()
) -> str:
    """One row for each way: seconds over all programmes, the ratio to SQL by hand, memory, facts a second."""
    totals = {way: total(way, options.programmes, rounds, CLOCKS[options.clock]) for way in ways}
    programmes = " ".join(options.programmes)
    title = f"{options.facts:,} facts, programmes {programmes}, {options.clock} seconds, median of {options.rounds}"
    head = ["", "earnings s", "of SQL", "attribution s", "of SQL", "peak MiB", "facts/s"]
    rows = [_row(way, totals[way], totals.get(_LIMIT), options) for way in ways]
    rows += [[way, f"up to {FACTS_MAX[way]:,} facts", *[""] * (len(head) - 2)] for way in left_out]
    lines = [head, ["---"] + ["---:"] * (len(head) - 1), *rows]
    return "\n".join([title, "", *("| " + " | ".join(line) + " |" for line in lines)])


def total(way: str, programmes: Sequence[str], rounds: Sequence[Any], clock: str) -> Measured:
    """The medians of each programme, added up; the highest peak."""
    result: Measured = {
        part: sum(
            median(one[way, programme][f"{part}_{clock}seconds"] for one in rounds)
            for programme in programmes
        )
        for part in ("earnings", "attribution")
    }
    result["peak_mib"] = max(one[way, programme]["peak_mib"] for one in rounds for programme in programmes)
    result["shares"] = rounds[0][way, programmes[0]]["shares"]
    return result


def _row(way: str, found: Measured, limit: Measured | None, options: argparse.Namespace) -> list[str]:
    cells = [way]
    for part in ("earnings", "attribution"):
        is_done = part == "earnings" or found["shares"] is not None
        cells.append(f"{found[part]:.2f}" if is_done else "")
        cells.append(f"{found[part] / limit[part]:.2f}" if is_done and limit and limit[part] else "")
    seconds = found["earnings"] + found["attribution"]
    rate = options.facts * len(options.programmes) / seconds
    return [*cells, f"{found['peak_mib']:,.0f}", f"{rate:,.0f}"]
