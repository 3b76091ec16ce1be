"""The backends that every case, vector and property is run on."""

import importlib.util
import os
import shutil
from collections.abc import Callable, Mapping
from datetime import datetime

import pytest

from headrace.engine.programme import Programme
from headrace.engine.reference import calculate_reference
from headrace.engine.result import Result
from headrace.engine.run import calculate
from headrace.engine.tables import Inputs

Calculate = Callable[[Programme, Inputs, datetime | None], Result]


def _on_duckdb(programme: Programme, inputs: Inputs, as_of: datetime | None) -> Result:
    return calculate(programme, inputs, as_of, backend="duckdb")


def _on_spark(programme: Programme, inputs: Inputs, as_of: datetime | None) -> Result:
    return calculate(programme, inputs, as_of, backend="spark")


BACKENDS: Mapping[str, Calculate] = {"reference": calculate_reference, "duckdb": _on_duckdb}
EVERYWHERE: Mapping[str, Calculate] = {**BACKENDS, "spark": _on_spark}


def lacking() -> str:
    """What Spark needs and this machine lacks."""
    if importlib.util.find_spec("pyspark") is None:
        return "pyspark (requirements/spark.txt)"
    has_java = os.environ.get("JAVA_HOME") or shutil.which("java")
    return "" if has_java or os.environ.get("SPARK_REMOTE") else "Java 17"


ON_SPARK = [
    pytest.mark.spark,
    pytest.mark.skipif(bool(lacking()), reason=f"NOT RUN on Spark: this machine lacks {lacking()}"),
    # Spark warns of versions of packages that it does not need here.
    pytest.mark.filterwarnings(
        "ignore::FutureWarning", "ignore::DeprecationWarning", "ignore::ResourceWarning"
    ),
]
NAMES = ["reference", "duckdb", pytest.param("spark", marks=ON_SPARK)]
