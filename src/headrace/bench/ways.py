"""A way of doing the work that is measured; and what each must give."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol

import pyarrow as pa

PROGRAMMES = ("a", "b", "c", "d", "e")

# What is compared: earnings that are not zero, and shares that are not, in minor units.
EARNINGS = ("recipient", "period_from", "amount")
SHARES = ("recipient", "period_from", "fact", "share")

# Ways that would take hours with more facts.
FACTS_MAX = {"zen": 1_000_000}

# A folder of few facts inside the folder of facts.
WARM_UP = "warm-up"


@dataclass(frozen=True, slots=True)
class Limits:
    """What a way may take of the machine, where it can be told."""

    memory_gib: float | None = None
    threads: int | None = None


class Way(Protocol):
    """One engine on one folder of facts. `earn` reads the files, so that reading them counts."""

    def earn(self, programme: str) -> None:
        """Works out what each partner earns in each period."""

    def attribute(self, programme: str) -> None:
        """Shares each earning out over its facts."""

    def found(self, programme: str) -> Mapping[str, pa.Table]:
        """`earnings` and `shares`, with the columns above among others."""


def files(folder: Path) -> dict[str, str]:
    return {name: str(folder / f"{name}.parquet") for name in ("sales", "partners", "products")}


def names() -> dict[str, str]:
    """The ways by name, with what each needs beside Headrace's own packages."""
    return {
        "headrace": "",
        "headrace-spark": "pyspark",
        "sql": "",
        "polars": "polars",
        "pandas": "pandas",
        "zen": "zen",
    }


def way(name: str) -> Callable[[Path, Limits], Way]:
    """How a way is begun. Each is imported only where it is measured: what it loads is counted as its memory."""
    if name == "sql":
        from headrace.bench.by_sql import BySql

        return BySql
    if name == "polars":
        from headrace.bench.by_polars import ByPolars

        return ByPolars
    if name == "pandas":
        from headrace.bench.by_pandas import ByPandas

        return ByPandas
    if name == "zen":
        from headrace.bench.by_zen import ByZen

        return ByZen
    from headrace.bench.by_headrace import ByHeadrace

    backend = "spark" if name == "headrace-spark" else "duckdb"
    return partial(ByHeadrace, backend=backend)
