"""Whatever bytes come, every reader gives rows or refuses in words, and so does what looks into files."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pyarrow as pa
import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from headrace.sales.detect import detect
from headrace.sales.drafting import found
from headrace.sales.drafting.actions import begin_draft
from headrace.sales.drafting.choices import Choices
from headrace.sales.drafting.preview import preview
from headrace.sales.reasons import FileRefused
from headrace.sales.tables import open_table
from headrace.sales.tests.conftest import row, sales
from headrace.sales.tests.interchanges import edifact, x12
from headrace.sales.tests.test_fuzz import WORKBOOK
from headrace.sales.tests.test_read_parquet import parquet_file
from headrace.sales.values import Format

PARQUET = parquet_file(
    {"Line": pa.array(["a", "b"] * 50), "Net": pa.array(range(100)), "On": pa.array([None] * 100)}
)
WHOLE = {
    "x12": x12(),
    "edifact": edifact(),
    "parquet": PARQUET,
    "excel": WORKBOOK,
    "csv": sales(row("L1"), row("L2", Net="x")).encode(),
}


@st.composite
def damaged(draw: st.DrawFn, whole: bytes) -> bytes:
    """A whole file with bytes changed, cut out, or doubled."""
    data = bytearray(whole)
    for _ in range(draw(st.integers(0, 6))):
        place = draw(st.integers(0, max(len(data) - 1, 0)))
        match draw(st.sampled_from(["change", "cut", "double", "end"])):
            case "change" if data:
                data[place] = draw(st.integers(0, 255))
            case "cut":
                del data[place : place + draw(st.integers(1, 40))]
            case "double":
                data[place:place] = data[place : place + draw(st.integers(1, 40))]
            case "end":
                del data[place:]
    return bytes(data)


def read(path: Path, kind: str) -> None:
    refused = ""
    try:
        with open_table(path, Format(type=kind)) as table:  # type: ignore[arg-type]
            for _number, cells in table.rows:
                assert all(isinstance(cell, str) and "\0" not in cell for cell in cells)
    except FileRefused as refusal:
        refused = str(refusal)
    assert not refused or refused.endswith(".")


@pytest.mark.parametrize("kind", ["x12", "edifact", "parquet"])
def test_any_file_of_a_type(tmp_path, kind):
    @settings(max_examples=150, deadline=None, derandomize=True)
    @given(damaged(WHOLE[kind]))
    def check(content: bytes) -> None:
        path = tmp_path / "file"
        path.write_bytes(content)
        read(path, kind)

    check()


@pytest.mark.parametrize("kind", WHOLE)
def test_any_file_is_looked_into(tmp_path, kind):
    @settings(max_examples=60, deadline=None, derandomize=True)
    @given(damaged(WHOLE[kind]) | st.binary(max_size=200))
    def check(content: bytes) -> None:
        path = tmp_path / "file"
        path.write_bytes(content)
        with suppress(FileRefused):
            detected = detect(path)
            assert all(len(cells) == len(detected.columns) for cells in detected.samples)
            assert all(str(one) for one in detected.found)

    check()


@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(damaged(WHOLE["csv"]) | st.text("ab,;\"'\n\t12./-é", max_size=80).map(str.encode))
def test_any_text_is_drafted_and_previewed(desk, content):
    with transaction.atomic():
        with suppress(FileRefused):
            draft = begin_draft(organisation=desk.organisation, file=desk.receive("file.csv", content))
            detected = found.of_json(draft.found)
            if not detected.refusal:
                rows = found.rows(draft.found)
                told = preview(
                    Choices.of_json(draft.choices), detected.format, rows, detected.columns, desk.organisation
                )
                assert told.mistakes or told.tried == len(rows)
        transaction.set_rollback(True)


@pytest.mark.parametrize("content", [b"x" * (9 << 20), b"Line,Net\n" + b'"a\n",' * (2 << 20)])
def test_a_row_without_an_end_is_not_read_into_memory(tmp_path, content):
    """A line of megabytes stands for one of gigabytes: the reading stops at the bound."""
    path = tmp_path / "file.csv"
    path.write_bytes(content)
    with (
        pytest.raises(FileRefused, match="more than 8388608 characters"),
        open_table(path, Format()) as table,
    ):
        list(table.rows)


def test_a_segment_without_an_end_is_not_read_into_memory(tmp_path):
    path = tmp_path / "file.x12"
    path.write_bytes(x12()[:106] + b"PTD*" + b"x" * (4 << 20))
    with pytest.raises(FileRefused, match="has no end within 20000 characters"):
        read_all(path)


def read_all(path: Path) -> None:
    with open_table(path, Format(type="x12")) as table:
        list(table.rows)
