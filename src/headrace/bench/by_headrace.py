"""The five programmes as Headrace reads them: the documents of programmes/."""

import os
from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from headrace.bench.ways import Limits, files
from headrace.engine.backends.duckdb import MEMORY, THREADS
from headrace.engine.parsing import load
from headrace.engine.result import Result
from headrace.engine.run import calculate
from headrace.engine.tables import Inputs, Stored

DOCUMENTS = Path(__file__).parent / "programmes"


class ByHeadrace:
    """One of Headrace's backends."""

    def __init__(self, folder: Path, limits: Limits, backend: str = "duckdb") -> None:
        self.folder, self.backend = folder, backend
        if limits.memory_gib is not None:
            os.environ[MEMORY] = str(limits.memory_gib)
        if limits.threads is not None:
            os.environ[THREADS] = str(limits.threads)
        self.results: dict[str, Result] = {}

    def inputs(self) -> Inputs:
        return Inputs(**{name: Stored((Path(file),)) for name, file in files(self.folder).items()})

    def earn(self, programme: str) -> None:
        document = load((DOCUMENTS / f"{programme}.yaml").read_text(encoding="utf-8"))
        self.results[programme] = calculate(document, self.inputs(), backend=self.backend)

    def attribute(self, programme: str) -> None:
        self.results[programme].attribute()

    def found(self, programme: str) -> Mapping[str, pa.Table]:
        result = self.results[programme]
        earnings = result.earnings
        place = pc.index_in(result.shares["earning"], earnings["earning"])
        owner = earnings.select(["recipient", "period_from"]).take(place)
        shares = result.shares.rename_columns(["earning", "fact", "share"])
        for name in owner.column_names:
            shares = shares.append_column(name, owner[name])
        names = [{"amount_minor": "amount"}.get(name, name) for name in earnings.column_names]
        return {"earnings": earnings.rename_columns(names), "shares": shares}
