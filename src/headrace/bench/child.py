"""One way on one programme, in a process of its own, so that its memory is its own: prints what it took as JSON.

python -m headrace.bench.child WAY PROGRAMME FOLDER [--memory GIB] [--threads N] [--only-earnings]
"""

import argparse
import json
import resource
import sys
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

import duckdb
import pyarrow as pa

from headrace.bench.ways import EARNINGS, SHARES, WARM_UP, Limits, way


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("way")
    parser.add_argument("programme")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--memory", type=float)
    parser.add_argument("--threads", type=int)
    options = parser.parse_args(arguments)
    limits = Limits(options.memory, options.threads)
    print(json.dumps(measured(options.way, options.programme, options.folder, limits)))
    return 0


def measured(name: str, programme: str, folder: Path, limits: Limits) -> dict[str, Any]:
    """Seconds of both parts, peak memory in MiB, and what tells the results of two ways apart."""
    # What is loaded when it is first used, and compiled from source where nothing is cached, is no part of the work.
    warmed = way(name)(folder / WARM_UP, limits)
    warmed.earn(programme)
    warmed.attribute(programme)
    one = way(name)(folder, limits)
    begun, processor = perf_counter(), process_time()
    one.earn(programme)
    earned, processor_earned = perf_counter(), process_time()
    one.attribute(programme)
    attributed, processor_attributed = perf_counter(), process_time()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    peak += resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    found = one.found(programme)
    return {
        "earnings_seconds": earned - begun,
        "attribution_seconds": attributed - earned,
        "earnings_processor_seconds": processor_earned - processor,
        "attribution_processor_seconds": processor_attributed - processor_earned,
        "peak_mib": peak,
        "earnings": fingerprint(found["earnings"], EARNINGS),
        "shares": fingerprint(found["shares"], SHARES) if "shares" in found else None,
    }


def fingerprint(table: pa.Table, columns: tuple[str, ...]) -> list[str]:
    """Rows, sum, and the sum of the hashes of all rows, of what is not zero: the same in any order of the rows."""
    *names, number = columns
    listed = ", ".join([*(f'"{name}"' for name in names), f"{number}::BIGINT"])
    query = f"""
        SELECT count(*), coalesce(sum({number}::BIGINT), 0), coalesce(sum(hash({listed})::HUGEINT), 0)
        FROM given WHERE {number} <> 0"""
    database = duckdb.connect()
    database.register("given", table)
    return [str(value) for value in database.execute(query).fetchone() or ()]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
