"""The backends that every case, vector and property is run on."""

import importlib.util
import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache

import pytest

from headrace.engine.backends.spark import MASTER, REMOTE
from headrace.engine.programme import Programme
from headrace.engine.reference import calculate_reference
from headrace.engine.result import Result
from headrace.engine.run import calculate
from headrace.engine.tables import Inputs

Calculate = Callable[[Programme, Inputs, datetime | None], Result]


def _on_duckdb(programme: Programme, inputs: Inputs, as_of: datetime | None) -> Result:
    return calculate(programme, inputs, as_of, backend="duckdb")


# For a handful of rows, most of the time goes into preparing to be fast: none of it here.
FOR_FEW_ROWS = {
    "spark.sql.shuffle.partitions": "1",
    "spark.default.parallelism": "1",
    "spark.sql.leafNodeDefaultParallelism": "1",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
    "spark.ui.enabled": "false",
    "spark.log.level": "OFF",
    "spark.sql.warehouse.dir": tempfile.gettempdir(),
}


@cache
def start_spark() -> None:
    """Spark on this machine, once for all tests of a process, unless a cluster is named: calculations find it."""
    if os.environ.get(REMOTE) or os.environ.get(MASTER):
        return
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.master("local[2]")
    for name, value in FOR_FEW_ROWS.items():
        builder = builder.config(name, value)
    builder.getOrCreate()


def _on_spark(programme: Programme, inputs: Inputs, as_of: datetime | None) -> Result:
    start_spark()
    return calculate(programme, inputs, as_of, backend="spark")


BACKENDS: Mapping[str, Calculate] = {"reference": calculate_reference, "duckdb": _on_duckdb}
EVERYWHERE: Mapping[str, Calculate] = {**BACKENDS, "spark": _on_spark}


def lacking() -> str:
    """What Spark needs and this machine lacks."""
    if importlib.util.find_spec("pyspark") is None:
        return "pyspark (requirements/spark.txt)"
    has_java = os.environ.get("JAVA_HOME") or shutil.which("java")
    return "" if has_java or os.environ.get(REMOTE) else "Java 17"


ON_SPARK = [
    pytest.mark.spark,
    pytest.mark.skipif(bool(lacking()), reason=f"NOT RUN on Spark: this machine lacks {lacking()}"),
    # Spark warns of versions of packages that it does not need here.
    pytest.mark.filterwarnings(
        "ignore::FutureWarning", "ignore::DeprecationWarning", "ignore::ResourceWarning"
    ),
]
NAMES = ["reference", "duckdb", pytest.param("spark", marks=ON_SPARK)]
