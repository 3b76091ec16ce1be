"""The reference calculator: exact fractions, row by row, written for clarity alone. It is the oracle."""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from functools import cached_property
from typing import Any

import pyarrow as pa

from headrace.engine.programme import Programme
from headrace.engine.reference.across import Earning, earn_all
from headrace.engine.reference.facts import Book, MissingRateError
from headrace.engine.reference.receipts import receipt_of
from headrace.engine.seal import Receipt
from headrace.engine.tables import EARNINGS, SHARES, Inputs


def calculate_reference(
    programme: Programme, inputs: Inputs, as_of: datetime | None = None
) -> "ReferenceResult":
    """What a programme pays for all facts that were known at `as_of` (None: all that are there).

    Slow on purpose: nothing is done that a reader of calculation.md would not expect at that place.
    Raises MissingRateError where a currency can't be converted.
    """
    return ReferenceResult(programme, earn_all(Book(programme, inputs, as_of)))


class ReferenceResult:
    """Earnings, shares and receipts, as every backend gives them."""

    def __init__(self, programme: Programme, earnings: list[Earning]) -> None:
        self.programme = programme
        self._earnings: Mapping[str, Earning] = {earning.id: earning for earning in earnings}
        assert len(self._earnings) == len(earnings), "each earning has an id of its own"

    @cached_property
    def earnings(self) -> pa.Table:
        """One row an earning that is not zero, as `tables.EARNINGS`, sorted by `earning`."""
        paid = (earning for earning in self._sorted() if earning.minor)
        return pa.Table.from_pylist([self._row(earning) for earning in paid], schema=EARNINGS)

    @cached_property
    def shares(self) -> pa.Table:
        """What each fact was given of each earning, as `tables.SHARES`, sorted; none that are nothing."""
        rows = [
            {"earning": earning.id, "fact": part.fact.id, "share_minor": part.minor}
            for earning in self._sorted()
            for part in sorted(earning.parts, key=lambda part: part.fact.id)
            if part.minor
        ]
        return pa.Table.from_pylist(rows, schema=SHARES)

    def receipts(self, earning_ids: Collection[str] | None = None, zero: bool = False) -> Iterator[Receipt]:
        """The receipts of the given earnings, of all that are not zero, or with `zero` of all; sorted."""
        for earning in self._sorted():
            wanted = earning.id in earning_ids if earning_ids is not None else zero or earning.minor
            if wanted:
                yield receipt_of(earning, self.programme)

    def _sorted(self) -> list[Earning]:
        return [self._earnings[key] for key in sorted(self._earnings)]

    def _row(self, earning: Earning) -> dict[str, Any]:
        rule = earning.rule
        return {
            "earning": earning.id,
            "programme": self.programme.key,
            "version": self.programme.version,
            "rule": rule.key,
            "to": earning.to,
            "recipient": earning.recipient,
            "by": earning.outcome.group.by_text,
            "period_from": earning.period.starts,
            "period_to": earning.period.ends,
            "unit": self.programme.unit(rule),
            "digits": self.programme.unit_digits(rule),
            "amount_minor": earning.minor,
        }


__all__ = ["MissingRateError", "ReferenceResult", "calculate_reference"]
