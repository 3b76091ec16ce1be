"""Runs random programmes on random facts on two backends and stops at the first cent that differs.

./dev run python -m tests.fuzz_backends --programmes 1000000 [--seed 0] [--backend duckdb]
"""

import argparse
import json
import sys
import traceback
from collections import Counter
from datetime import UTC, datetime
from random import Random
from time import monotonic
from typing import Any

from headrace.engine.parsing import check
from headrace.engine.programme import Programme
from headrace.engine.rates import MissingRateError
from headrace.engine.reference import calculate_reference
from headrace.engine.result import Result
from headrace.engine.run import calculate
from headrace.engine.tables import Inputs
from headrace.engine.tests.tables_of import inputs_of

from .backends import start_spark
from .by_increment import by_increment
from .random_programmes import random_document, random_rows

PROGRESS_EVERY = 200
INCREMENT = "increment"
AS_OF = (None, None, datetime(2026, 6, 30, tzinfo=UTC))


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--programmes", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--backend", default="duckdb", help="or increment: group after group, fact after fact"
    )
    options = parser.parse_args(arguments)
    if options.backend == "spark":
        start_spark()
    started, seen = monotonic(), Counter[str]()
    for seed in range(options.seed, options.seed + options.programmes):
        outcome = try_seed(seed, options.backend)
        seen[outcome if outcome in ("same", "refused") else "different"] += 1
        if seen.total() % PROGRESS_EVERY == 0:
            print(f"{dict(seen)} up to seed {seed}", file=sys.stderr, flush=True)
        if outcome not in ("same", "refused"):
            print(f"seed {seed}: {outcome}")
            document, _, rows = case(seed)
            print(json.dumps({"document": document, "rows": rows}, indent=1))
            return 1
    print(f"{dict(seen)} in {monotonic() - started:.0f} s")
    return 0


def case(seed: int) -> tuple[dict[str, Any], datetime | None, dict[str, Any]]:
    """The programme, moment and rows that a seed names."""
    random = Random(seed)
    return random_document(random), AS_OF[random.randrange(len(AS_OF))], random_rows(random)


def try_seed(seed: int, backend: str) -> str:
    """`same`, `refused` for a document that is none, or what differs, a crash among it."""
    document, as_of, rows = case(seed)
    try:
        programme, _ = check(document)
        if programme is None:
            return "refused"
        return difference(programme, inputs_of(**rows), as_of, backend) or "same"
    except Exception:
        return traceback.format_exc()


def difference(programme: Programme, inputs: Inputs, as_of: datetime | None, backend: str) -> str:
    """What a backend gives that the reference calculator does not; empty where they agree."""
    expected = outcome_of(lambda: calculate_reference(programme, inputs, as_of))
    if backend == INCREMENT:
        found = expected if "error" in expected else outcome_of(lambda: _grown(programme, inputs, as_of))
    else:
        found = outcome_of(lambda: calculate(programme, inputs, as_of, backend=backend))
    if "error" in expected or "error" in found:
        # Where several rates are missing they need not name the same one first.
        return "" if expected.keys() == found.keys() else f"{expected} against {found}"
    for table in expected:
        if expected[table] != found[table]:
            missing = [row for row in expected[table] if row not in found[table]]
            further = [row for row in found[table] if row not in expected[table]]
            return f"{table}: only the reference has {missing}, only {backend} has {further}"
    return ""


def _grown(programme: Programme, inputs: Inputs, as_of: datetime | None) -> Result:
    whole = calculate(programme, inputs, as_of)
    return by_increment(programme, inputs, as_of, whole, Random(repr(programme.document)))


def outcome_of(run: Any) -> dict[str, list[Any]]:
    """Earnings and shares as rows, or the rate that was missing."""
    try:
        result = run()
        return {"earnings": result.earnings.to_pylist(), "shares": result.shares.to_pylist()}
    except MissingRateError as error:
        return {"error": [str(error)]}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
