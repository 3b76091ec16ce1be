"""Earnings as they are told: the rows of earnings.csv, and amounts in plain decimals."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from headrace.engine.writing import minor_text

COLUMNS = (
    "programme",
    "version",
    "rule",
    "to",
    "recipient",
    "by",
    "period_from",
    "period_to",
    "unit",
    "amount",
)
_KEYS = COLUMNS[:-1]
_MINOR = pa.decimal128(38, 0)


def grouped(amount: str | Decimal) -> str:
    """A plain decimal for reading: 12,400.00."""
    return f"{Decimal(amount):,}"


def named(rule: str, by: str) -> str:
    """A rule, with the further group that an earning is of."""
    return f"{rule} ({by})" if by else rule


def earnings_rows(earnings: pa.Table) -> Iterator[tuple[str, ...]]:
    """The rows of earnings.csv, sorted; alike rows are one, and those that earn zero are left out."""
    for *keys, digits, minor in totals(earnings, _KEYS):
        yield (*(str(key) for key in keys), minor_text(minor, digits))


def totals(earnings: pa.Table, keys: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    """The earnings added up by `keys`, sorted, without zeros: the keys, the digits, the minor units."""
    # Sums of whole numbers would wrap at 64 bits; those of decimals raise.
    minor = pc.cast(earnings["amount_minor"], _MINOR)
    table = earnings.select([*keys, "digits"]).append_column("minor", minor)
    summed = table.group_by([*keys, "digits"]).aggregate([("minor", "sum")])
    summed = summed.filter(pc.not_equal(summed["minor_sum"], pa.scalar(0, _MINOR)))
    summed = summed.sort_by([(key, "ascending") for key in keys])
    for batch in summed.to_batches():
        columns = [batch.column(name).to_pylist() for name in [*keys, "digits", "minor_sum"]]
        for *values, digits, total in zip(*columns, strict=True):
            yield (*values, digits, int(total))
