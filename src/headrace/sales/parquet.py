"""Parquet files as rows of text, some rows at a time: decimals exact, dates and numbers as `format` writes them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from headrace.sales.reasons import FileRefused
from headrace.sales.values import Format, strptime_format

BATCH_ROWS = 5_000
# What one group of rows may unpack to: a file of some kilobytes can say that it holds terabytes.
UNPACKED_BYTES_MAX = 1 << 30
CELL_LENGTH_MAX = 131_072
COLUMNS_MAX, ROWS_MAX = 2_000, 100_000_000
MAGIC = b"PAR1"
OF_ANY_LENGTH = (pa.types.is_string, pa.types.is_large_string, pa.types.is_binary, pa.types.is_large_binary)


def rows(path: Path, format: Format) -> Iterator[tuple[int, list[str]]]:
    """(number, cells): the names of the columns as row 1, then each row. Columns of lists or records are left out."""
    try:
        with pq.ParquetFile(path) as file:
            _check(file)
            plain = [field for field in file.schema_arrow if not pa.types.is_nested(field.type)]
            yield 1, [field.name for field in plain]
            number = 1
            for batch in _batches(path, [field.name for field in plain]):
                columns = [_texts(batch.column(place), format) for place in range(batch.num_columns)]
                for cells in zip(*columns, strict=True):
                    number += 1
                    yield number, list(cells)
    except (pa.ArrowException, OSError, ValueError, KeyError) as error:
        raise FileRefused(
            "broken_parquet", detail=str(error).splitlines()[0][:200] if str(error) else ""
        ) from None


def count_rows(path: Path) -> int:
    """How many rows the file says it has; 0 where it is none."""
    try:
        return int(pq.read_metadata(path).num_rows)
    except (pa.ArrowException, OSError):
        return 0


def _check(file: pq.ParquetFile) -> None:
    metadata = file.metadata
    if metadata.num_columns > COLUMNS_MAX:
        raise FileRefused("too_many_columns", columns=metadata.num_columns, limit=COLUMNS_MAX)
    if metadata.num_rows > ROWS_MAX:
        raise FileRefused("too_many_rows", rows=metadata.num_rows, limit=ROWS_MAX)
    for group in range(metadata.num_row_groups):
        sizes = metadata.row_group(group)
        unpacked = sum(sizes.column(place).total_uncompressed_size for place in range(sizes.num_columns))
        if max(unpacked, sizes.total_byte_size) > UNPACKED_BYTES_MAX:
            raise FileRefused("parquet_bomb", limit=UNPACKED_BYTES_MAX)


def _batches(path: Path, names: list[str]) -> Iterator[pa.RecordBatch]:
    """The rows, with texts kept as references to the distinct ones: a long text repeated takes no memory."""
    schema = pq.read_schema(path)
    texts = [name for name in names if any(is_one(schema.field(name).type) for is_one in OF_ANY_LENGTH)]
    with pq.ParquetFile(path, read_dictionary=texts) as file:
        yield from file.iter_batches(batch_size=BATCH_ROWS, columns=names, use_threads=False)


def _texts(array: pa.Array, format: Format) -> list[str]:
    """The values of a column as texts, each distinct one written once."""
    if pa.types.is_dictionary(array.type):
        distinct = _texts(array.dictionary, format)
        return ["" if place is None else distinct[place] for place in array.indices.to_pylist()]
    kind = array.type
    if pa.types.is_timestamp(kind):
        # Python has no nanoseconds; the day is that of the place which the file names.
        array = array.cast(pa.timestamp("us", kind.tz), safe=False)
    elif pa.types.is_float16(kind) or pa.types.is_float32(kind):
        # As text 0.1 stays 0.1; as a double it would be 0.100000001490116.
        array = array.cast(pa.string())
        return ["" if text is None else _number(text, format) for text in array.to_pylist()]
    write = _writer(kind, format)
    return ["" if value is None else write(value) for value in array.to_pylist()]


def _writer(kind: pa.DataType, format: Format) -> Callable[[Any], str]:
    if pa.types.is_boolean(kind):
        return lambda value: "true" if value else "false"
    if pa.types.is_floating(kind):
        # 15 digits are what a double holds for sure; the rest of it is noise (0.1 + 0.2).
        return lambda value: _number(f"{value:.15g}", format)
    if pa.types.is_decimal(kind):
        return lambda value: _number(str(value), format)
    if pa.types.is_date(kind) or pa.types.is_timestamp(kind):
        wanted = strptime_format(format.date)
        return lambda value: _day(value, wanted)
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_fixed_size_binary(kind):
        return lambda value: _text(value.decode("utf-8", "replace"))
    return lambda value: _text(str(value))


def _number(text: str, format: Format) -> str:
    number = Decimal(text)
    return f"{number:f}".replace(".", format.decimal) if number.is_finite() else text


def _day(value: date, wanted: str) -> str:
    return value.strftime(wanted)


def _text(text: str) -> str:
    if len(text) > CELL_LENGTH_MAX:
        raise FileRefused("cell_too_long", limit=CELL_LENGTH_MAX)
    return text.replace("\0", "")
