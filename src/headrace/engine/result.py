"""What a calculation gives, whichever backend ran it."""

import json
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

# A receipt as JSON holds it; receipts.md of the docs names its parts.
Receipt = dict[str, Any]

ABOUT = "result.json"
_RECEIPTS = pa.schema([("earning", pa.string()), ("receipt", pa.string())])


class Result:
    """Earnings and the shares of their facts, sorted by all columns; schemas in tables.py.

    One earning for each group and recipient, also those that earn nothing; their shares add up to the amount.
    """

    def __init__(
        self,
        earnings: pa.Table,
        shares: pa.Table,
        receipts: Callable[[], Iterator[Receipt]],
        backend: str = "reference",
    ) -> None:
        self.backend = backend
        self._earnings, self._shares, self._receipts = earnings, shares, receipts

    @property
    def earnings(self) -> pa.Table:
        """As `tables.EARNINGS`."""
        return self._earnings

    @property
    def shares(self) -> pa.Table:
        """As `tables.SHARES`; shares of nothing are left out."""
        return self._shares

    def attribute(self) -> None:
        """Works the shares out, where that waits until they are asked for."""

    def receipts(self, earning_ids: Collection[str] | None = None) -> Iterator[Receipt]:
        """The receipts of the given earnings (None: of all), in the order of the earnings."""
        for receipt in self._receipts():
            if earning_ids is None or receipt["earning"] in earning_ids:
                yield receipt

    def write(self, directory: Path) -> None:
        """Writes the result as immutable files into a directory that is empty or not there."""
        directory.mkdir(parents=True, exist_ok=True)
        pq.write_table(self.earnings, directory / "earnings.parquet")
        pq.write_table(self.shares, directory / "shares.parquet")
        rows = [
            {"earning": receipt["earning"], "receipt": json.dumps(receipt, ensure_ascii=False)}
            for receipt in self._receipts()
        ]
        pq.write_table(pa.Table.from_pylist(rows, schema=_RECEIPTS), directory / "receipts.parquet")
        about = json.dumps({"backend": self.backend}, sort_keys=True)
        (directory / ABOUT).write_text(about + "\n", encoding="utf-8")

    @staticmethod
    def read(directory: Path) -> "Result":
        """A result of this class that was written."""
        about = json.loads((directory / ABOUT).read_text(encoding="utf-8"))

        def receipts() -> Iterator[Receipt]:
            for row in pq.read_table(directory / "receipts.parquet").to_pylist():
                yield json.loads(row["receipt"])

        earnings = pq.read_table(directory / "earnings.parquet", schema=None)
        return Result(earnings, pq.read_table(directory / "shares.parquet"), receipts, about["backend"])
