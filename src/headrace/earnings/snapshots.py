"""The facts as Parquet files kept by hash, written from the database and read back for a run."""

import tempfile
from dataclasses import fields
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from headrace.base import files
from headrace.base.models import Organisation
from headrace.engine.tables import Inputs
from headrace.sales import queries as sales


def write(
    organisation: Organisation, as_of: datetime, sellers: sales.Sellers | None = None
) -> dict[str, dict[str, Any]]:
    """Keeps every input known at `as_of`, or the sales of some sellers alone; gives name -> sha256 and rows.

    The same facts give the same hashes.
    """
    inputs = sales.engine_inputs(organisation, as_of, sellers)
    manifest = {}
    for field in fields(Inputs):
        table = getattr(inputs, field.name)
        if table is not None:
            manifest[field.name] = {"sha256": keep(table), "rows": table.num_rows}
    return manifest


def read(manifest: dict[str, dict[str, Any]]) -> Inputs:
    """The inputs of a snapshot, exactly as they were written."""
    return Inputs(**{name: pq.read_table(files.path_of(entry["sha256"])) for name, entry in manifest.items()})


def keep(table: pa.Table) -> str:
    """Writes one table as Parquet and keeps it by hash."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.parquet"
        pq.write_table(table, path, compression="zstd")
        return files.keep_file(path)
