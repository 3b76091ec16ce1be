"""How the values of a file are written, found out from samples of its columns: dates, numbers, nothing. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from headrace.sales.values import Bad, day

# Texts that stand for nothing wherever they are.
NOTHING = ("NULL", "null", "(null)", "N/A", "n/a", "#N/A", "NaN", "nan", "\\N", "k.A.")
# And those that do so only among numbers and dates: NA is Namibia too, and x may be a size.
NOTHING_AMONG_FIGURES = ("NA", "None", "none", "-", "--", "–", "—", ".", "?", "x")
# So many of a column's values must be dates, or numbers, for the column to be one of them.
ENOUGH_PERCENT = 80
LOOKED_AT_FIRST = 50

_DAYS = (
    "YYYY-MM-DD", "DD.MM.YYYY", "DD/MM/YYYY", "MM/DD/YYYY", "YYYY/MM/DD", "YYYY.MM.DD", "DD-MM-YYYY", "MM-DD-YYYY",
    "MM.DD.YYYY", "DD.MM.YY", "DD/MM/YY", "MM/DD/YY", "DD-MM-YY", "MM-DD-YY", "YYYYMMDD", "DD-MMM-YYYY",
    "DD MMM YYYY", "DD-MMM-YY",
)  # fmt: skip
ALL_PATTERNS = _DAYS
_TIMES = ("", " hh:mm", " hh:mm:ss", "Thh:mm", "Thh:mm:ss", "Thh:mm:ssZ")
SHAPE_OF_DATE = re.compile(
    r"(?:[0-9]{1,4}([./-])[0-9]{1,2}\1[0-9]{1,4}|[12][0-9]{7}|[0-9]{1,2}[ -][A-Za-z]{3}[ -][0-9]{2,4})"
    r"(?:[ T][0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?Z?)?"
)
SHAPE_OF_NUMBER = re.compile(
    r"[+-]?[0-9]+(?:([.,' \u00a0\u202f’])[0-9]{3}(?:\1[0-9]{3})*)?(?:[.,][0-9]*)?|[+-]?[.,][0-9]+"
)


@dataclass(frozen=True, slots=True)
class DateGuess:
    """The pattern, an example with the place of its column, and the other that would do as well."""

    pattern: str
    example: str
    column: int
    others: tuple[str, ...] = ()
    values: int = 0


@dataclass(frozen=True, slots=True)
class NumberGuess:
    """The signs, an example, and whether it might as well be the other way round."""

    decimal: str
    thousands: str
    example: str = ""
    column: int = 0
    doubtful: bool = False


@dataclass(slots=True)
class Signs:
    """What the numbers of a file say about their signs."""

    decimals: Counter[str] = field(default_factory=Counter)
    thousands: Counter[str] = field(default_factory=Counter)
    either: Counter[str] = field(default_factory=Counter)
    examples: dict[tuple[str, str], tuple[str, int]] = field(default_factory=dict)

    def add(self, text: str, column: int) -> None:
        body = text.lstrip("+-")
        signs = re.findall(r"[^0-9]", body)
        if not signs:
            return
        last = signs[-1]
        if len(set(signs)) == 2:
            self._note("decimals", last, text, column)
            self._note("thousands", signs[0], text, column)
        elif len(signs) > 1 or last not in ".,":
            self._note("thousands", last, text, column)
        else:
            whole, _, after = body.partition(last)
            certain = len(after) != 3 or len(whole) > 3 or whole in ("", "0")
            self._note("decimals" if certain else "either", last, text, column)

    def _note(self, what: str, sign: str, text: str, column: int) -> None:
        getattr(self, what)[sign] += 1
        self.examples.setdefault((what, sign), (text, column))


def filled(values: Iterable[str]) -> list[str]:
    return [text for value in values if (text := value.strip()) and text not in NOTHING]


def is_date_like(values: Sequence[str]) -> bool:
    return _most(values, SHAPE_OF_DATE)


def is_number_like(values: Sequence[str]) -> bool:
    return _most(values, SHAPE_OF_NUMBER)


def _most(values: Sequence[str], shape: re.Pattern[str]) -> bool:
    figures = [value for value in values if value not in NOTHING_AMONG_FIGURES]
    fitting = sum(bool(shape.fullmatch(value)) for value in figures)
    return bool(figures) and fitting * 100 >= len(figures) * ENOUGH_PERCENT


def nothing_in(columns: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """The texts that stand for nothing in these columns, as the mapping's `empty` lists them."""
    found: dict[str, None] = {}
    for values in columns:
        told = {value.strip() for value in values}
        found.update(dict.fromkeys(text for text in NOTHING if text in told))
        rest = filled(values)
        if is_number_like(rest) or is_date_like(rest):
            found.update(dict.fromkeys(text for text in NOTHING_AMONG_FIGURES if text in told))
    return tuple(found)


def guess_dates(columns: Sequence[Sequence[str]]) -> DateGuess | None:
    """The one pattern that reads most dates of all columns; None where no column holds dates."""
    dates = [
        (place, value)
        for place, values in enumerate(columns)
        if is_date_like(rest := filled(values)) and not _are_plain_numbers(rest)
        for value in dict.fromkeys(rest)
        if SHAPE_OF_DATE.fullmatch(value)
    ]
    if not dates:
        return None
    values = [value for _, value in dates]
    read = {pattern: _read_by(pattern, values) for pattern in _patterns_for(values[:LOOKED_AT_FIRST])}
    most = max(read.values(), default=0)
    best = [pattern for pattern, count in read.items() if count == most and count]
    if not best:
        return None
    pattern = _usual(best)
    place, example = _telling(dates, pattern, best)
    # Nobody writes the month first before a dot.
    other = _swapped(pattern)
    others = (other,) if other != pattern and other in best and "." not in pattern else ()
    return DateGuess(pattern, example, place, others, len(dates))


def _are_plain_numbers(values: Sequence[str]) -> bool:
    """Whether digits alone stand there that are no days: an article's number may have eight digits too."""
    return all(value.isdigit() for value in values) and _read_by("YYYYMMDD", values) * 10 < len(values) * 9


def _patterns_for(values: Sequence[str]) -> list[str]:
    """The patterns that read any of the first dates: only these need to be tried on all of them."""
    times = [time for time in _TIMES if bool(time) == (":" in values[0])]
    return [pattern for one in _DAYS for time in times if _read_by(pattern := one + time, values)]


def _read_by(pattern: str, values: Sequence[str]) -> int:
    maker, count = day(pattern), 0
    for value in values:
        try:
            maker(value)
            count += 1
        except Bad:
            pass
    return count


def _usual(patterns: Sequence[str]) -> str:
    """Of several that read all dates: years of four digits first, then as the list has them."""
    return max(patterns, key=lambda pattern: ("YYYY" in pattern, -patterns.index(pattern)))


def _telling(dates: Sequence[tuple[int, str]], pattern: str, best: Sequence[str]) -> tuple[int, str]:
    """An example that only this pattern reads, where there is one: its column and its text."""
    swapped = _swapped(pattern)
    if swapped != pattern and swapped not in best:
        for place, value in dates:
            if _read_by(pattern, [value]) and not _read_by(swapped, [value]):
                return place, value
    return dates[0]


def _swapped(pattern: str) -> str:
    """The same with day and month in each other's place; of a month by name, or a year first, itself."""
    if "MMM" in pattern or not pattern.startswith(("DD", "MM")):
        return pattern
    first, second = pattern[:2], pattern[3:5]
    return second + pattern[2] + first + pattern[5:]


def guess_numbers(columns: Sequence[Sequence[str]], *, typed: bool = False) -> NumberGuess:
    """The decimal sign and that of thousands; of `typed` files only texts can have a comma for decimals."""
    signs = Signs()
    for place, values in enumerate(columns):
        rest = filled(values)
        if is_number_like(rest) and not is_date_like(rest):
            for value in dict.fromkeys(rest):
                if SHAPE_OF_NUMBER.fullmatch(value):
                    signs.add(value, place)
    return _decided(signs, typed)


def _decided(signs: Signs, typed: bool) -> NumberGuess:
    counts = signs.decimals
    if counts:
        decimal = "," if typed and counts[","] else max(counts, key=lambda sign: counts[sign])
        thousands = next((sign for sign in signs.thousands if sign != decimal), "")
        if not thousands:
            thousands = next((sign for sign in signs.either if sign != decimal), "")
        example, column = signs.examples["decimals", decimal]
        return NumberGuess(decimal, thousands, example, column, doubtful=len(counts) > 1 and not typed)
    if signs.thousands:
        thousands = next(iter(signs.thousands))
        example, column = signs.examples["thousands", thousands]
        return NumberGuess("." if thousands != "." else ",", thousands, example, column)
    if signs.either:
        # “1.234” alone: prices with three decimals are rarer than thousands.
        sign = max(signs.either, key=lambda one: signs.either[one])
        example, column = signs.examples["either", sign]
        return NumberGuess("," if sign == "." else ".", sign, example, column, doubtful=not typed)
    return NumberGuess(".", "")
