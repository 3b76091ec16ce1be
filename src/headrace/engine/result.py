"""What a calculation gives, whichever backend ran it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

# A receipt as JSON holds it; receipts.md of the docs names its parts.
Receipt = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Result:
    """Earnings and the shares of their facts, sorted by all columns; schemas in tables.py.

    One earning for each group and recipient, also those that earn nothing; their shares add up to the amount.
    `receipts` gives the receipt of each earning, in the order of the earnings.
    """

    earnings: pa.Table
    shares: pa.Table
    receipts: Callable[[], Iterator[Receipt]]
