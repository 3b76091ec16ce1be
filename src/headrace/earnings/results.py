"""The results of a run as immutable files: a folder named by the hash of all that is in it."""

import hashlib
import json
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from django.conf import settings

from headrace.base import files
from headrace.earnings.governing import Reign
from headrace.earnings.models import Earning, Run
from headrace.engine.run import Result, read_result

LIST = "files.json"


@dataclass(frozen=True, slots=True)
class Row:
    """One earning of a run, as the engine gives it."""

    version: int
    earning: str
    rule: str
    to: str
    recipient: str
    by: str
    period_from: date
    period_to: date
    unit: str
    digits: int
    amount_minor: int


def keep(result: Result) -> str:
    """Writes the files of a result; gives the hash that names their folder. The same result is kept once."""
    root = Path(settings.FILES_ROOT) / "results"
    root.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder = Path(tempfile.mkdtemp(dir=root, prefix="incoming-"))
    try:
        result.write(folder)
        hashes = {path.name: _hash_of(path) for path in sorted(folder.iterdir())}
        text = json.dumps(hashes, indent=1)
        (folder / LIST).write_text(text)
        digest = hashlib.sha256(text.encode()).hexdigest()
        if not folder_of(digest).exists():
            # It gets its name only when all of it is there, so a crash leaves no half of a result.
            folder.rename(folder_of(digest))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return digest


def folder_of(digest: str) -> Path:
    return Path(settings.FILES_ROOT) / "results" / digest


def _hash_of(path: Path) -> str:
    hasher = hashlib.sha256()
    for chunk in files.chunks_of(path):
        hasher.update(chunk)
    return hasher.hexdigest()


def governed(run: Run, reigns: Mapping[int, Reign]) -> Iterator[Row]:
    """The earnings of a run, each from the version (by number) that governs it."""
    columns = [name for name in Row.__slots__ if name != "version"]
    for number, digest in run.results.items():
        reign = reigns[int(number)]
        table = pq.read_table(folder_of(digest) / "earnings.parquet", columns=columns)
        for values in table.to_pylist():
            if reign.governs(values["rule"], values["period_from"]):
                yield Row(version=int(number), **values)


def receipts(earning: Earning) -> list[dict[str, Any]]:
    """The receipts of an earning as its run wrote them; none where the run took it back."""
    return list(read_result(_folder(earning)).receipts([earning.key]))


def shares(earning: Earning) -> dict[str, int]:
    """Fact id -> minor units of the earning that it brought."""
    table = pq.read_table(
        _folder(earning) / "shares.parquet",
        columns=["fact", "share_minor"],
        filters=[("earning", "=", earning.key)],
    )
    return dict(zip(table["fact"].to_pylist(), table["share_minor"].to_pylist(), strict=True))


def _folder(earning: Earning) -> Path:
    return folder_of(earning.run.results[str(earning.version.number)])
