"""Parquet files: exact, streamed, and refused where they would do harm."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from headrace.sales import parquet
from headrace.sales.models import Result, SalesLine
from headrace.sales.reasons import FileRefused
from headrace.sales.tables import open_table
from headrace.sales.values import Format

MAPPING = """
mapping: lake
format: {type: parquet}
files:
  - kind: sales
    columns: {id: Line, partner: Dealer, "on": Date, quantity: Pieces, net_amount: Net}
"""


def parquet_file(columns: dict[str, pa.Array], **options) -> bytes:
    file = io.BytesIO()
    pq.write_table(pa.table(columns), file, **options)
    return file.getvalue()


def read(tmp_path, content: bytes, **format: str) -> tuple[list[str], list[list[str]]]:
    path = tmp_path / "sales.parquet"
    path.write_bytes(content)
    with open_table(path, Format(type="parquet", **format)) as table:
        return table.columns, [cells for _number, cells in table.rows]


def test_lines_are_taken_in_exactly(desk):
    content = parquet_file(
        {
            "Line": pa.array(["L1", "L2"]),
            "Dealer": pa.array(["p1", "p1"]).dictionary_encode(),
            "Date": pa.array([date(2026, 2, 28)] * 2),
            "Pieces": pa.array([2, -1], pa.int8()),
            "Net": pa.array([Decimal("12345678901234.5678"), Decimal("-0.0001")], pa.decimal128(38, 4)),
        },
        row_group_size=1,
    )
    assert desk.take("sales.parquet", content, MAPPING).run.accepted == 2
    assert [line.net_amount_e4 for line in SalesLine.objects.order_by("pk")] == [123456789012345678, -1]


@pytest.mark.parametrize(
    ("array", "cells"),
    [
        (pa.array([0.1 + 0.2, 1e20, None, float("nan")]), ["0.3", "100000000000000000000", "", "nan"]),
        (pa.array([0.1], pa.float32()), ["0.1"]),
        (pa.array([True, False]), ["true", "false"]),
        (pa.array([datetime(2026, 2, 28, 23, 30)], pa.timestamp("ns")), ["2026-02-28"]),  # noqa: DTZ001
        (
            pa.array([datetime(2026, 2, 28, 23, 30, tzinfo=UTC)], pa.timestamp("us", "Asia/Kuala_Lumpur")),
            ["2026-03-01"],
        ),
        (pa.array([b"Gr\xc3\xbc\xc3\x9fe"]), ["Grüße"]),
        (pa.array(["a\0b", None]).dictionary_encode(), ["ab", ""]),
        (pa.array([Decimal("1E+3")], pa.decimal128(5, 0)), ["1000"]),
        (pa.nulls(1), [""]),
    ],
)
def test_values_become_texts(tmp_path, array, cells):
    # A second column, so that a row of nothing is a row.
    rows = read(tmp_path, parquet_file({"a": array, "b": pa.array(["x"] * len(array))}))[1]
    assert [row[0] for row in rows] == cells


def test_numbers_and_dates_are_written_as_the_mapping_says(tmp_path):
    content = parquet_file({"a": pa.array([1.5]), "b": pa.array([date(2026, 2, 28)])})
    assert read(tmp_path, content, decimal=",", date="DD.MM.YYYY")[1] == [["1,5", "28.02.2026"]]


def test_columns_of_lists_are_left_out(tmp_path):
    assert read(tmp_path, parquet_file({"a": pa.array([[1, 2]]), "b": pa.array([1])})) == (["b"], [["1"]])


@pytest.mark.parametrize(
    "content", [b"PAR1 and then nothing", b"a,b\n1,2\n", parquet_file({"a": pa.array([1])})[:-9]]
)
def test_what_is_no_parquet_file_is_refused(desk, content):
    outcome = desk.take("sales.parquet", content, MAPPING)
    assert (outcome.result, outcome.run.problem["reason"]) == (Result.REFUSED, "broken_parquet")


def test_a_group_of_rows_that_unpacks_to_too_much_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(parquet, "UNPACKED_BYTES_MAX", 10_000)
    content = parquet_file({"a": pa.array(range(100_000))}, compression="zstd")
    with pytest.raises(FileRefused, match="unpacks to more than 10000 bytes"):
        read(tmp_path, content)


def test_more_rows_than_can_be_taken_in(tmp_path, monkeypatch):
    monkeypatch.setattr(parquet, "ROWS_MAX", 2)
    with pytest.raises(FileRefused, match="The file has 3 rows; at most 2"):
        read(tmp_path, parquet_file({"a": pa.array([1, 2, 3])}))


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string(), pa.binary(), pa.large_binary()])
def test_a_long_text_repeated_is_refused_before_it_is_written_out(tmp_path, kind):
    """The file holds the text once; its cells would take thousands of times as much memory."""
    content = parquet_file({"a": pa.array(["x" * 1_000_000] * 20).cast(kind)}, compression="zstd")
    assert len(content) < 100_000
    with pytest.raises(FileRefused, match="more than 131072 characters"):
        read(tmp_path, content)


def test_texts_are_read_as_references_to_distinct_ones(tmp_path):
    path = tmp_path / "sales.parquet"
    path.write_bytes(parquet_file({"a": pa.array(["x" * 1_000_000] * 20), "b": pa.array(range(20))}))
    (batch,) = parquet._batches(path, ["a", "b"])
    assert batch.nbytes < 2_000_000
