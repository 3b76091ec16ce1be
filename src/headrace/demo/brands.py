"""The brands that the demo can show: the generated one, and AdventureWorks."""

import shutil
from dataclasses import dataclass
from datetime import date
from importlib import resources
from pathlib import Path

from headrace.demo.documents import adventureworks_documents, programme_documents
from headrace.demo.generate import write

TALBRUNN, ADVENTUREWORKS = CODES = ("talbrunn", "adventureworks")


@dataclass(frozen=True, slots=True)
class Brand:
    """What is loaded for a brand: its files of data, the mapping that reads them, its programmes."""

    code: str
    name: str
    currency: str
    mapping: str
    files: tuple[Path, ...]
    documents: dict[str, str]
    """Programme documents by file name."""


def talbrunn(home: Path, today: date, lines: int) -> Brand:
    """The generated brand; its files are written below `home` once, whole or not at all."""
    folder = home / "talbrunn"
    if not folder.exists():
        unfinished = home / "talbrunn.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        write(unfinished, today=today, lines=lines)
        unfinished.rename(folder)
    return Brand(
        code=TALBRUNN,
        name="Talbrunn",
        currency="EUR",
        mapping=(folder / "demo.yaml").read_text(encoding="utf-8"),
        files=tuple(sorted(folder.rglob("*.csv"))),
        documents=programme_documents(today),
    )


def adventureworks(folder: Path) -> Brand:
    """The bicycle maker of the sample data. Raises FileNotFoundError where the folder has no CSV files."""
    files = tuple(sorted(folder.glob("*.csv")))
    if not files:
        raise FileNotFoundError(f"{folder}: no CSV files there; the AdventureWorks files would be right")
    return Brand(
        code=ADVENTUREWORKS,
        name="Adventure Works Cycles",
        currency="USD",
        mapping=(resources.files("headrace.sales") / "mappings" / "adventureworks.yaml").read_text("utf-8"),
        files=files,
        documents=adventureworks_documents(),
    )
