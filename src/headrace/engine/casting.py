"""Types the columns of a file exactly: vectorised where all is well, value by value only to name what is wrong."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from headrace.engine.faults import SHOWN_FAULTS_MAX

TEXT = pa.string()
DATE = pa.date32()
INSTANT = pa.timestamp("us", "UTC")
NUMBER = pa.decimal128(38, 9)
TRUTH = pa.bool_()

_DATE = r"\d{4}-\d{2}-\d{2}"
# What arrow would also take, and we do not: exponents, a bare point, more places than can be held exactly.
_PATTERNS: dict[pa.DataType, str] = {
    DATE: f"^{_DATE}$",
    INSTANT: rf"^{_DATE}([T ]\d{{2}}:\d{{2}}(:\d{{2}}(\.\d{{1,6}})?)?(Z|[+-]\d{{2}}:?\d{{2}}))?$",
    NUMBER: r"^[+-]?(\d{1,18}(\.\d{1,9})?|\.\d{1,9})$",
    TRUTH: "^(true|false)$",
}
_LEADING_ZERO = r"^[+-]?0\d"
_RIGHT: dict[pa.DataType, str] = {
    TEXT: "a text would be right",
    DATE: "a date as 2026-01-31 would be right",
    INSTANT: "a moment as 2026-01-31T12:00:00Z, or a date, would be right",
    NUMBER: "a plain decimal as 1234.50, with at most 18 digits before the point and 9 after, would be right",
    TRUTH: "true or false would be right",
}


@dataclass(frozen=True, slots=True)
class WrongValues:
    """Which rows (from 0) of a column hold no value of its type: the first ones, and how many there are."""

    rows: tuple[int, ...]
    values: tuple[str, ...]
    count: int


def right(kind: pa.DataType) -> str:
    """What would be right where a value of this type is wrong."""
    return _RIGHT[kind]


def from_text(column: pa.ChunkedArray, kind: pa.DataType) -> pa.ChunkedArray | WrongValues:
    """The text column as one of the five types, to the last digit; null stays null."""
    if kind == TEXT:
        return column
    if pc.all(pc.match_substring_regex(column, _PATTERNS[kind])).as_py() is not False:
        try:
            return _CONVERSIONS[kind](column)
        except pa.ArrowInvalid:
            pass
    return _wrong_values(column, kind)


def guessed(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """A further column: a number, truth or date where all its values are one, else text.

    Codes with leading zeros stay text: 007 is not 7.
    """
    if column.null_count == len(column):
        return column
    for kind in (NUMBER, TRUTH, DATE):
        if kind == NUMBER and pc.any(pc.match_substring_regex(column, _LEADING_ZERO)).as_py():
            continue
        if pc.all(pc.match_substring_regex(column, _PATTERNS[kind])).as_py():
            typed = from_text(column, kind)
            if not isinstance(typed, WrongValues):
                return typed
    return column


def _to_date(column: pa.ChunkedArray) -> pa.ChunkedArray:
    dates = pc.cast(column, DATE)
    first = pc.min(dates)
    # Arrow knows a year 0, the calendar does not.
    if first.is_valid and pc.less(first, pa.scalar(date.min)).as_py():
        raise pa.ArrowInvalid("year 0")
    return dates


def _to_instant(column: pa.ChunkedArray) -> pa.ChunkedArray:
    is_date = pc.equal(pc.utf8_length(column), len("2026-01-31"))
    at_midnight = pc.binary_join_element_wise(column, "T00:00:00Z", "")
    return pc.cast(pc.if_else(is_date, at_midnight, column), INSTANT)


_CONVERSIONS: dict[pa.DataType, Callable[[pa.ChunkedArray], pa.ChunkedArray]] = {
    DATE: _to_date,
    INSTANT: _to_instant,
    NUMBER: lambda column: pc.cast(column, NUMBER),
    TRUTH: lambda column: pc.cast(column, TRUTH),
}


def _wrong_values(column: pa.ChunkedArray, kind: pa.DataType) -> WrongValues:
    distinct = pc.drop_null(pc.unique(column))
    fits = pc.match_substring_regex(distinct, _PATTERNS[kind])
    wrong = distinct.filter(pc.invert(fits)).to_pylist() + _unconvertible(distinct.filter(fits), kind)
    rows = pc.indices_nonzero(pc.is_in(column, pa.array(wrong, pa.string())))
    first = rows[:SHOWN_FAULTS_MAX]
    return WrongValues(tuple(first.to_pylist()), tuple(column.take(first).to_pylist()), len(rows))


def _unconvertible(values: pa.Array, kind: pa.DataType) -> list[str]:
    """Those that look right and are not, as 2026-02-31, by halving: few are, among many."""
    try:
        _CONVERSIONS[kind](pa.chunked_array([values]))
    except pa.ArrowInvalid:
        half = len(values) // 2
        if not half:
            return list(values.to_pylist())
        return _unconvertible(values[:half], kind) + _unconvertible(values[half:], kind)
    return []
