"""A whole result put together out of increments: some facts at first, the others in batches, group after group."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from random import Random

import pyarrow as pa

from headrace.engine.increment import KINDS, Increment
from headrace.engine.programme import Programme
from headrace.engine.result import Result
from headrace.engine.tables import EARNINGS, SHARES, Inputs

BATCHES_MAX = 3


def by_increment(
    programme: Programme, inputs: Inputs, as_of: datetime | None, whole: Result, random: Random
) -> Result:
    """What is earned in the periods of a whole result, recalculated for one recipient after another.

    Some are asked for between the batches too, which must not change what comes later.
    """
    periods = sorted(set(whole.earnings["period_from"].to_pylist()))
    recipients = sorted(set(_recipients(inputs)))
    first, batches = _in_batches(inputs, random)
    increment = Increment(programme, first, as_of)
    for batch in batches:
        if periods and recipients:
            _ = increment.recalculate([(random.choice(recipients), random.choice(periods))]).shares
        increment.add(**batch)
    return _together([increment.recalculate([(one, day) for day in periods]) for one in recipients])


def _recipients(inputs: Inputs) -> Iterator[str]:
    for name in ("partners", "people"):
        table = getattr(inputs, name)
        yield from () if table is None else table["id"].to_pylist()
    for name in KINDS:
        table = getattr(inputs, name)
        for column in ("partner", "person"):
            if table is not None and column in table.column_names:
                yield from table[column].drop_null().to_pylist()


def _in_batches(inputs: Inputs, random: Random) -> tuple[Inputs, list[dict[str, pa.Table]]]:
    """The inputs with some of the facts, and the others in batches."""
    batches: list[dict[str, pa.Table]] = [{} for _ in range(random.randrange(1, BATCHES_MAX + 1))]
    first = inputs
    for name in KINDS:
        table = getattr(inputs, name)
        if table is None:
            continue
        places = [random.randrange(-2, len(batches)) for _ in range(table.num_rows)]
        of = [
            table.filter(pa.array([max(place, -1) == n for place in places], pa.bool_()))
            for n in range(-1, len(batches))
        ]
        first = replace(first, **{name: of[0]})
        for batch, part in zip(batches, of[1:], strict=True):
            batch[name] = part
    return first, batches


def _together(results: list[Result]) -> Result:
    """Each earning once, with its shares: some come with several recipients, and must be the same each time."""
    earnings: dict[tuple[str, date], dict[str, object]] = {}
    shares: dict[tuple[str, str], dict[str, object]] = {}
    for result in results:
        for row in result.earnings.to_pylist():
            assert earnings.setdefault(row["earning"], row) == row
        for row in result.shares.to_pylist():
            assert shares.setdefault((row["earning"], row["fact"]), row) == row
    return Result(
        pa.Table.from_pylist([earnings[key] for key in sorted(earnings)], schema=EARNINGS),
        pa.Table.from_pylist([shares[key] for key in sorted(shares)], schema=SHARES),
        lambda: iter(()),
        "increment",
    )
