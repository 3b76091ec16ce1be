"""Runs a plan on Apache Spark: in this process's own local cluster, or on the one that a setting names.

Spark has no whole number of 128 bits: the wide type is DECIMAL(38, 0), in ANSI mode, so that what does not fit raises.
"""

import os
import shutil
import weakref
from collections.abc import Sequence
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
    from pyspark.sql import DataFrame, SparkSession

NAME = "spark"
# Where a cluster is named: SPARK_REMOTE is Spark Connect's own (sc://host:15002), SPARK_MASTER as in spark://host:7077.
REMOTE, MASTER = "SPARK_REMOTE", "SPARK_MASTER"
_LOCAL = "local[*]"
# Where a cluster keeps what outlives the loss of one of its machines.
_FOLDER = "spark.checkpoint.dir"
_WIDE = exp.DataType.build("DECIMAL(38, 0)", dialect="spark")
# Rows are numbered in so many parts, each by itself.
_PARTS = 4096
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
    """Views that no other calculation sees.

    Stages that are kept are cut off from what they were made of. As cached tables they would be analysed anew, with
    all stages below, by each that reads them: that took most of the time.
    """

    def __init__(self) -> None:
        super().__init__()
        self.session = new_session()
        # Over Spark Connect all calculations of a process share a session, so that names are of a calculation:
        # pyspark 4.3 looks for a checkpoint in the first session, whichever made it.
        self._prefix = f"h{uuid4().hex}_" if os.environ.get(REMOTE) else ""
        self._views: set[str] = set()
        self._finalizer = weakref.finalize(self, _let_go, self.session, self._views)
        # When the process ends, the session is gone first.
        self._finalizer.atexit = False

    def close(self) -> None:
        self._finalizer()

    def register(self, name: str, given: Given, columns: list[str]) -> str:
        source = f"incoming_{name}"
        if isinstance(given, Stored):
            self._view(source, self.session.read.parquet(*(str(path) for path in given.paths)))
        else:
            self.add(source, given.select(columns))
        return source

    def forget(self, source: str) -> None:
        """What is stored is read by the stages, so it stays until the calculation goes."""

    def add(self, name: str, table: pa.Table) -> None:
        self._view(name, self.session.createDataFrame(_plain(table)))

    def run(self, stage: Stage) -> None:
        def made() -> None:
            frame = self._asked(stage.query)
            self._view(stage.name, _kept(frame) if stage.kept else frame)

        self._caught(made)

    def rows(self, query: exp.Query) -> pa.Table:
        return self._caught(lambda: self._asked(query).toArrow())

    def read(self, name: str, file: Path) -> None:
        self._view(name, self.session.read.parquet(str(file)))

    def _view(self, name: str, frame: "DataFrame") -> None:
        self._views.add(self._prefix + name)
        frame.createOrReplaceTempView(self._prefix + name)

    def _asked(self, query: exp.Query) -> "DataFrame":
        return self.session.sql(compiled(query, self._prefix))

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
        session = SparkSession.builder.remote(remote).getOrCreate()
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


def _kept(frame: "DataFrame") -> "DataFrame":
    """The rows, computed now: in files where the cluster has a folder for them, else in memory and on local disks."""
    in_files = frame.sparkSession.conf.get(_FOLDER, "")
    return frame.checkpoint() if in_files else frame.localCheckpoint()


def _let_go(session: "SparkSession", views: set[str]) -> None:
    for name in views:
        session.catalog.dropTempView(name)


def _plain(table: pa.Table) -> pa.Table:
    """The table in types that Spark knows: no columns without a type, no dictionaries."""
    fields = []
    for field in table.schema:
        kind = field.type.value_type if pa.types.is_dictionary(field.type) else field.type
        fields.append(field.with_type(pa.string() if pa.types.is_null(kind) else kind))
    return table.cast(pa.schema(fields))


# The portable subset in Spark's words


def compiled(statement: Sql, prefix: str = "") -> str:
    """The statement in Spark's words, with a prefix to all tables; raises where sqlglot knows none."""
    tree = statement.copy().transform(_spoken, copy=False)
    for table in tree.find_all(exp.Table) if prefix else ():
        table.this.set("this", prefix + table.name)
    return tree.sql(dialect="spark", copy=False, unsupported_level=ErrorLevel.RAISE)


def _spoken(node: Sql) -> Sql:
    if isinstance(node, exp.DataType) and node == sql.WIDE:
        return _WIDE.copy()
    if isinstance(node, exp.IntDiv):
        return _divided_down(_inner(node.this), _inner(node.expression))
    if sql.KEYS in node.meta:
        return _numbered(node.meta[sql.KEYS])
    if isinstance(node, exp.Sum) and not _is_cast_wide(node.this):
        # Spark adds BIGINT up in 64 bits.
        return exp.Sum(this=_wide(_inner(node.this)))
    return node


def _inner(node: Sql) -> Sql:
    """What a node that was replaced is made of: sqlglot goes no further into it by itself."""
    return node.copy().transform(_spoken)


def _numbered(keys: Sequence[Sql]) -> Sql:
    """Numbers that are the same when they are worked out again, part by part: no machine has to sort all rows."""
    part = exp.Anonymous(
        this="pmod", expressions=[exp.Anonymous(this="hash", expressions=[keys[0].copy()]), sql.whole(_PARTS)]
    )
    place = sql.row_number([part], keys)
    return sql.add(sql.multiply(place, sql.whole(_PARTS)), part)


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
