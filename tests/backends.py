"""The backends that every case, vector and property is run on."""

from collections.abc import Callable, Mapping
from datetime import datetime

from headrace.engine.programme import Programme
from headrace.engine.reference import calculate_reference
from headrace.engine.result import Result
from headrace.engine.run import calculate
from headrace.engine.tables import Inputs

Calculate = Callable[[Programme, Inputs, datetime | None], Result]


def _on_duckdb(programme: Programme, inputs: Inputs, as_of: datetime | None) -> Result:
    return calculate(programme, inputs, as_of, backend="duckdb")


BACKENDS: Mapping[str, Calculate] = {"reference": calculate_reference, "duckdb": _on_duckdb}
