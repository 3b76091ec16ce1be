"""The reference calculator: exact fractions, row by row, written for clarity alone. It is the oracle."""

from datetime import datetime
from typing import Any

import pyarrow as pa

from headrace.engine.programme import Programme
from headrace.engine.reference.across import Earning, earn_all
from headrace.engine.reference.facts import Book
from headrace.engine.reference.receipts import receipt_of
from headrace.engine.result import Result
from headrace.engine.tables import EARNINGS, SHARES, Inputs


def calculate_reference(programme: Programme, inputs: Inputs, as_of: datetime | None = None) -> Result:
    """What a programme pays for all facts that were known at `as_of` (None: all that are there).

    Slow on purpose: nothing is done that a reader of calculation.md would not expect at that place.
    Raises MissingRateError where a currency can't be converted.
    """
    found = earn_all(Book(programme, inputs, as_of))
    earnings = {earning.id: earning for earning in sorted(found, key=lambda earning: earning.id)}
    assert len(earnings) == len(found), "each earning has an id of its own"
    rows = [_row(earning, programme) for earning in earnings.values()]
    shares = [
        {"earning": earning.id, "fact": part.fact.id, "share_minor": part.minor}
        for earning in earnings.values()
        for part in sorted(earning.parts, key=lambda part: part.fact.id)
        if part.minor
    ]
    return Result(
        pa.Table.from_pylist(rows, schema=EARNINGS),
        pa.Table.from_pylist(shares, schema=SHARES),
        lambda: (receipt_of(earning, programme) for earning in earnings.values()),
    )


def _row(earning: Earning, programme: Programme) -> dict[str, Any]:
    return {
        "earning": earning.id,
        "programme": programme.key,
        "version": programme.version,
        "rule": earning.rule.key,
        "to": earning.to,
        "recipient": earning.recipient,
        "by": earning.outcome.group.by_text,
        "period_from": earning.period.starts,
        "period_to": earning.period.ends,
        "unit": programme.unit(earning.rule),
        "digits": programme.unit_digits(earning.rule),
        "amount_minor": earning.minor,
    }


__all__ = ["calculate_reference"]
