"""Runs a plan on Apache Spark: in this process's own local cluster, or on the one that a setting names.

Spark has no whole number of 128 bits: the wide type is DECIMAL(38, 0), in ANSI mode, so that what does not fit raises.
"""

import os
import shutil
import weakref
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pyarrow as pa
from sqlglot import ErrorLevel, exp

from headrace.engine import sql
from headrace.engine.backends.database import Database, MissingBackendError, OutOfRoomError
from headrace.engine.sql import Sql, Stage
from headrace.engine.tables import Given, Stored

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

NAME = "spark"
# Where a cluster is named: SPARK_REMOTE is Spark Connect's own (sc://host:15002), SPARK_MASTER as in spark://host:7077.
REMOTE, MASTER = "SPARK_REMOTE", "SPARK_MASTER"
_LOCAL = "local[*]"
_WIDE = exp.DataType.build("DECIMAL(38, 0)", dialect="spark")
_OVERFLOWS = (
    "ARITHMETIC_OVERFLOW",
    "NUMERIC_VALUE_OUT_OF_RANGE",
    "CAST_OVERFLOW",
    "DECIMAL_PRECISION_EXCEEDS",
)
_INSTALL = "pip install -r requirements/spark.txt (or 'headrace[spark]')"

_OPTIONS = {
    # What does not fit raises instead of wrapping or becoming unknown.
    "spark.sql.ansi.enabled": "true",
    # Otherwise products of decimals are cut to six decimals.
    "spark.sql.decimalOperations.allowPrecisionLoss": "false",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.execution.arrow.pyspark.enabled": "true",
}
# Of a local cluster only: one machine needs few parts, and no page to look at.
_LOCAL_OPTIONS = {
    "spark.ui.enabled": "false",
    "spark.sql.shuffle.partitions": str(os.cpu_count() or 2),
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "ERROR",
}


class Spark(Database):
    """A session of its own: its views are seen by no other calculation."""

    def __init__(self) -> None:
        super().__init__()
        self.session = new_session()
        # What is kept in memory is shared by all sessions of a cluster: it goes under a name of this calculation.
        self._kept: set[str] = set()
        self._finalizer = weakref.finalize(self, _let_go, self.session, self._kept)

    def close(self) -> None:
        self._finalizer()

    def register(self, name: str, given: Given, columns: list[str]) -> str:
        source = f"incoming_{name}_{uuid4().hex}"
        if isinstance(given, Stored):
            frame = self.session.read.parquet(*(str(path) for path in given.paths))
        else:
            frame = self.session.createDataFrame(_plain(given.select(columns)))
        frame.createOrReplaceTempView(source)
        return source

    def forget(self, source: str) -> None:
        """Stages are computed from it again where memory runs short, so it stays until the calculation goes."""

    def add(self, name: str, table: pa.Table) -> None:
        self.session.createDataFrame(_plain(table)).createOrReplaceTempView(name)

    def statement(self, stage: Stage) -> str:
        name = exp.to_identifier(stage.name, quoted=True).sql(dialect="spark")
        if not stage.kept:
            return f"CREATE OR REPLACE TEMPORARY VIEW {name} AS {compiled(stage.query)}"
        self._kept.add(stage.name)
        return f"CACHE TABLE {name} AS {compiled(stage.query)}"

    def run(self, stage: Stage) -> None:
        # CACHE TABLE makes no table anew.
        self.session.catalog.dropTempView(stage.name)
        super().run(stage)

    def execute(self, text: str) -> None:
        self._caught(lambda: self.session.sql(text))

    def rows(self, query: exp.Query) -> pa.Table:
        return self._caught(lambda: self.session.sql(compiled(query)).toArrow())

    def read(self, name: str, file: Path) -> None:
        self.session.read.parquet(str(file)).createOrReplaceTempView(name)

    def _caught(self, work: Any) -> Any:
        from pyspark.errors import PySparkException

        try:
            return work()
        except PySparkException as error:
            if any(name in str(error) for name in _OVERFLOWS):
                raise OutOfRoomError(str(error).splitlines()[0]) from error
            raise


def new_session() -> "SparkSession":
    """A session on the cluster of the settings, else on this machine. Raises MissingBackendError."""
    try:
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise MissingBackendError(f"Spark needs pyspark: {_INSTALL}") from error
    remote = os.environ.get(REMOTE)
    master = os.environ.get(MASTER)
    if remote:
        session = SparkSession.builder.remote(remote).create()
    else:
        if not os.environ.get("JAVA_HOME") and shutil.which("java") is None:
            raise MissingBackendError("Spark needs Java 17 or later: apt-get install openjdk-17-jre-headless")
        builder = SparkSession.builder.appName("headrace").master(master or _LOCAL)
        for name, value in (_OPTIONS if master else _OPTIONS | _LOCAL_OPTIONS).items():
            builder = builder.config(name, value)
        session = builder.getOrCreate().newSession()
    for name, value in _OPTIONS.items():
        session.conf.set(name, value)
    return session


def _let_go(session: "SparkSession", kept: set[str]) -> None:
    for name in kept:
        session.catalog.dropTempView(name)


def _plain(table: pa.Table) -> pa.Table:
    """The table in types that Spark knows: no columns without a type, no dictionaries."""
    fields = []
    for field in table.schema:
        kind = field.type.value_type if pa.types.is_dictionary(field.type) else field.type
        fields.append(field.with_type(pa.string() if pa.types.is_null(kind) else kind))
    return table.cast(pa.schema(fields))


# The portable subset in Spark's words


def compiled(statement: Sql) -> str:
    """The statement in Spark's words; raises where sqlglot knows none."""
    tree = statement.copy().transform(_spoken, copy=False)
    return tree.sql(dialect="spark", copy=False, unsupported_level=ErrorLevel.RAISE)


def _spoken(node: Sql) -> Sql:
    if isinstance(node, exp.DataType) and node == sql.WIDE:
        return _WIDE.copy()
    if isinstance(node, exp.IntDiv):
        return _divided_down(_inner(node.this), _inner(node.expression))
    if isinstance(node, exp.Sum) and not _is_cast_wide(node.this):
        # Spark adds BIGINT up in 64 bits.
        return exp.Sum(this=_wide(_inner(node.this)))
    return node


def _inner(node: Sql) -> Sql:
    """What a node that was replaced is made of: sqlglot goes no further into it by itself."""
    return node.copy().transform(_spoken)


def _divided_down(left: Sql, right: Sql) -> Sql:
    """Spark's own DIV gives 64 bits and wraps; what is left without the remainder is divided exactly by `/`.

    That has room for 20 digits before the point, more than any amount in minor units has; past them it raises.
    """
    top, bottom = _wide(left), exp.Nullif(this=_wide(right), expression=exp.Literal.number("0"))
    rest = exp.Mod(this=top.copy(), expression=bottom.copy())
    exact = exp.paren(exp.Sub(this=top, expression=exp.paren(rest)))
    quotient = exp.Div(this=exact, expression=bottom, typed=False, safe=False)
    return exp.Cast(this=exp.paren(quotient), to=_WIDE.copy())


def _wide(value: Sql) -> Sql:
    return value.copy() if _is_cast_wide(value) else exp.Cast(this=value.unnest().copy(), to=_WIDE.copy())


def _is_cast_wide(value: Sql) -> bool:
    return isinstance(value, exp.Cast) and value.to in (sql.WIDE, _WIDE)
