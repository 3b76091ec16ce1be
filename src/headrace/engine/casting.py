"""Types the columns of a file exactly: vectorised, and value by value only to name what is wrong."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pyarrow as pa
import pyarrow.compute as pc

from headrace.engine.faults import SHOWN_FAULTS_MAX
from headrace.engine.tables import ARROW, NUMBER, Kind

_DATE = r"\d{4}-\d{2}-\d{2}"
# Of these arrow takes more than we do: exponents, a bare point, more digits than can be held exactly; 1 and TRUE.
_LOOSE: tuple[Kind, ...] = ("number", "truth")
_PATTERNS: Mapping[Kind, str] = {
    "text": "",
    "date": f"^{_DATE}$",
    "moment": rf"^{_DATE}([T ]\d{{2}}(:\d{{2}}(:\d{{2}}(\.\d{{1,6}})?)?)?(Z|[+-]\d{{2}}(:?\d{{2}})?))?$",
    "number": r"^[+-]?(\d{1,18}(\.\d{1,9})?|\.\d{1,9})$",
    "truth": "^(true|false)$",
}
_LEADING_ZERO = r"^[+-]?0\d"
_FIRST_VALUES = 1000
_LIMIT = pa.scalar(Decimal(10) ** 18, NUMBER)

RIGHT: Mapping[Kind, str] = {
    "text": "a text would be right",
    "date": "a date as 2026-01-31 would be right",
    "moment": "a moment as 2026-01-31T12:00:00Z, or a date, would be right",
    "number": "a plain decimal as 1234.50 would be right, of at most 18 digits before the point and 9 after",
    "truth": "true or false would be right",
}
# The same of a column of a Parquet file, whose type is wrong as a whole.
RIGHT_TYPE: Mapping[Kind, str] = {
    "text": "string would be right",
    "date": "date32 would be right",
    "moment": "timestamp with a time zone would be right",
    "number": "decimal128(38, 9) or an integer would be right",
    "truth": "bool would be right",
}


@dataclass(frozen=True, slots=True)
class WrongValues:
    """Which rows (from 0) of a column hold no value of its kind: the first ones, and how many there are."""

    rows: tuple[int, ...]
    values: tuple[str, ...]
    count: int


class WrongTypeError(TypeError):
    """A column of a Parquet file whose type can't hold values of its kind exactly."""


def from_text(column: pa.ChunkedArray, kind: Kind) -> pa.ChunkedArray | WrongValues:
    """The text column as one of this kind, to the last digit; null stays null."""
    if kind not in _LOOSE or pc.all(pc.match_substring_regex(column, _PATTERNS[kind]), min_count=0).as_py():
        try:
            return _convert(column, kind)
        except pa.ArrowInvalid:
            pass
    return _wrong_texts(column, kind)


def guessed(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """A further text column: numbers, truths or dates where all its values are, else as it is.

    Codes with leading zeros stay text: 007 is not 7.
    """
    if column.null_count == len(column):
        return column
    kinds: tuple[Kind, ...] = ("number", "truth", "date")
    for kind in kinds:
        # Most columns are told by their first values; only what still fits is read to the end.
        if _looks_like(column[:_FIRST_VALUES], kind) and _looks_like(column, kind):
            typed = from_text(column, kind)
            if not isinstance(typed, WrongValues):
                return typed
    return column


def _looks_like(column: pa.ChunkedArray, kind: Kind) -> bool:
    if not pc.all(pc.match_substring_regex(column, _PATTERNS[kind]), min_count=0).as_py():
        return False
    return kind != "number" or not pc.any(pc.match_substring_regex(column, _LEADING_ZERO)).as_py()


def from_typed(column: pa.ChunkedArray, kind: Kind) -> pa.ChunkedArray | WrongValues:
    """A column of a Parquet file as one of this kind, exactly. Raises WrongTypeError where its type can't."""
    if pa.types.is_dictionary(column.type):
        column = pc.cast(column, column.type.value_type)
    if _is_text(column.type):
        return from_text(pc.cast(column, ARROW["text"]), kind)
    if not (pa.types.is_null(column.type) or _fits(column.type, kind)):
        raise WrongTypeError
    try:
        return _held(column, kind)
    except pa.ArrowInvalid:
        return _wrong_values(column, kind)


def kept_kind(column_type: pa.DataType) -> Kind:
    """What a further column of a Parquet file is kept as. Raises WrongTypeError where no kind can hold it."""
    if pa.types.is_dictionary(column_type):
        column_type = column_type.value_type
    if _is_text(column_type) or pa.types.is_null(column_type):
        return "text"
    kinds: tuple[Kind, ...] = ("number", "truth", "date", "moment")
    for kind in kinds:
        if _fits(column_type, kind):
            return kind
    raise WrongTypeError


def _is_text(column_type: pa.DataType) -> bool:
    types = pa.types
    return bool(
        types.is_string(column_type)
        or types.is_large_string(column_type)
        or types.is_string_view(column_type)
    )


def _fits(column_type: pa.DataType, kind: Kind) -> bool:
    """Whether values of the type can be values of the kind without a guess: a float is no exact decimal."""
    types = pa.types
    zone = types.is_timestamp(column_type) and column_type.tz is not None
    fits: dict[Kind, bool] = {
        "text": types.is_integer(column_type),
        "number": types.is_integer(column_type) or types.is_decimal(column_type),
        "date": types.is_date(column_type) or (types.is_timestamp(column_type) and not zone),
        "moment": types.is_date(column_type) or zone,
        "truth": types.is_boolean(column_type),
    }
    return fits[kind]


def _convert(column: pa.ChunkedArray, kind: Kind) -> pa.ChunkedArray:
    """The texts of a column as values. Raises ArrowInvalid for what is none of its kind, as 2026-02-31."""
    if kind == "moment":
        is_date = pc.equal(pc.utf8_length(column), len("2026-01-31"))
        column = pc.if_else(is_date, pc.binary_join_element_wise(column, "T00:00:00Z", ""), column)
    values = pc.cast(column, ARROW[kind])
    # Arrow knows a year 0, the calendar does not.
    if kind == "date" and pc.any(pc.less(values, pa.scalar(date.min))).as_py():
        raise pa.ArrowInvalid("year 0")
    return values


def _held(column: pa.ChunkedArray, kind: Kind) -> pa.ChunkedArray:
    """Raises ArrowInvalid for too many digits or a date with an hour; moments are cut to microseconds."""
    values = pc.cast(column, ARROW[kind], safe=kind != "moment")
    if kind == "number" and pc.any(pc.greater_equal(pc.abs(values), _LIMIT)).as_py():
        raise pa.ArrowInvalid("more than 18 digits before the point")
    # Arrow drops the hour without a word.
    if kind == "date" and pc.any(pc.not_equal(pc.cast(values, column.type), column)).as_py():
        raise pa.ArrowInvalid("a date with an hour")
    return values


def _wrong_texts(column: pa.ChunkedArray, kind: Kind) -> WrongValues:
    distinct = pc.drop_null(pc.unique(column))
    fits = pc.match_substring_regex(distinct, _PATTERNS[kind])
    wrong = distinct.filter(pc.invert(fits)).to_pylist() + _unconvertible(distinct.filter(fits), kind)
    rows = pc.indices_nonzero(pc.is_in(column, pa.array(wrong, pa.string())))
    first = rows[:SHOWN_FAULTS_MAX]
    assert len(rows), "a column that is refused has a value that is wrong"
    return WrongValues(tuple(first.to_pylist()), tuple(column.take(first).to_pylist()), len(rows))


def _unconvertible(values: pa.Array, kind: Kind) -> list[str]:
    """Those that look right and are not, by halving: few are, among many."""
    try:
        _convert(pa.chunked_array([values]), kind)
    except pa.ArrowInvalid:
        half = len(values) // 2
        if not half:
            return list(values.to_pylist())
        return _unconvertible(values[:half], kind) + _unconvertible(values[half:], kind)
    return []


def _wrong_values(column: pa.ChunkedArray, kind: Kind) -> WrongValues:
    """The rows of a typed column that can't be held exactly."""
    wrong = []
    for row in range(len(column)):
        try:
            _held(column[row : row + 1], kind)
        except pa.ArrowInvalid:
            wrong.append(row)
    first = wrong[:SHOWN_FAULTS_MAX]
    return WrongValues(tuple(first), tuple(str(column[row].as_py()) for row in first), len(wrong))
