"""The reference calculator: exact fractions, row by row, written for clarity alone. It is the oracle."""

from datetime import datetime
from typing import Any

import pyarrow as pa

from headrace.engine.programme import Programme
from headrace.engine.reference.across import Earning, earn_all
from headrace.engine.reference.facts import Book
from headrace.engine.reference.rules import digits_of, unit_of
from headrace.engine.result import Result
from headrace.engine.tables import EARNINGS, SHARES, Inputs


def calculate_reference(programme: Programme, inputs: Inputs, as_of: datetime | None = None) -> Result:
    """What a programme pays for all facts that were known at `as_of` (None: all that are there).

    Slow on purpose: nothing is done that a reader of calculation.md would not expect at that place.
    Raises MissingRateError where a currency can't be converted.
    """
    book = Book(programme, inputs, as_of)
    earnings = [(_row(earning, programme), earning) for earning in earn_all(book)]
    earnings.sort(key=lambda pair: [pair[0][name] for name in EARNINGS.names])
    shares = [
        {"earning": row["earning"], "fact": part.fact.id, "share_minor": part.minor}
        for row, earning in earnings
        for part in sorted(earning.parts, key=lambda part: part.fact.id)
        if part.minor
    ]
    return Result(
        pa.Table.from_pylist([row for row, _ in earnings], schema=EARNINGS),
        pa.Table.from_pylist(shares, schema=SHARES),
        lambda: iter(()),
    )


def _row(earning: Earning, programme: Programme) -> dict[str, Any]:
    rule = earning.rule
    return {
        "earning": earning.id,
        "programme": programme.key,
        "version": programme.version,
        "rule": rule.key,
        "to": earning.to,
        "recipient": earning.recipient,
        "by": earning.outcome.group.by_text,
        "period_from": earning.period.starts,
        "period_to": earning.period.ends,
        "unit": unit_of(rule, programme.currency),
        "digits": digits_of(rule, programme.digits),
        "amount_minor": earning.minor,
    }
