"""Texts of a file made into values: exact, or a problem. Pure.

Each function gives a maker: text -> value, raising `Bad` with the code of the reason and its figures.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from headrace.kernel.currency import is_currency

E4_DIGITS = 4
# Nine quintillion fit a 64-bit integer; with four decimals that leaves fourteen whole digits.
WHOLE_DIGITS_MAX = 14
# Amounts of further columns are kept as text and calculated with 9 decimals and 29 digits before them.
NUMBER_DIGITS = 9
NUMBER_WHOLE_DIGITS_MAX = 20
FIRST_DATE, LAST_DATE = date(1900, 1, 1), date(2199, 12, 31)

YES = ("true", "yes", "1", "y")
NO = ("false", "no", "0", "n")

EMAIL = re.compile(r"[^@\s<>\"]+@[^@\s<>\"]+\.[^@\s<>\".]+")

Maker = Callable[[str], Any]


@dataclass(frozen=True, slots=True)
class Format:
    """How the values of a file are written."""

    type: Literal["csv", "excel", "parquet", "x12", "edifact"] = "csv"
    delimiter: str = ","
    encoding: str = "utf-8"
    quote: str = '"'
    decimal: str = "."
    thousands: str = ""
    date: str = "YYYY-MM-DD"
    sheet: str = ""
    # The number of the row with the names of the columns; empty for the first that is filled.
    header: str = ""


class Bad(Exception):  # noqa: N818 (a value, not a failure of the program)
    def __init__(self, reason: str, **params: Any) -> None:
        self.reason = reason
        self.params = params
        super().__init__(reason)


def text(length_max: int) -> Maker:
    def make(value: str) -> str:
        if len(value) > length_max:
            raise Bad("too_long", length=length_max)
        return value

    return make


DATE_PARTS = {
    "YYYY": "%Y",
    "YY": "%y",
    "MMM": "%b",
    "MM": "%m",
    "DD": "%d",
    "hh": "%H",
    "mm": "%M",
    "ss": "%S",
}


def strptime_format(pattern: str) -> str:
    """`DD.MM.YYYY hh:mm` as Python's `%d.%m.%Y %H:%M`. Raises ValueError where it names no whole date."""
    if "%" in pattern:
        raise ValueError(f"{pattern!r} names no whole date")
    parts = re.findall("|".join(DATE_PARTS), pattern)
    if sorted(part[0] for part in parts if part[0] in "YMD") != ["D", "M", "Y"] or len(set(parts)) < len(
        parts
    ):
        raise ValueError(f"{pattern!r} names no whole date")
    return re.sub("|".join(DATE_PARTS), lambda match: DATE_PARTS[match[0]], pattern)


def day(pattern: str) -> Maker:
    """Dates as `pattern` (DD.MM.YYYY) writes them; a time of day is read over."""
    wanted = strptime_format(pattern)
    example = date(2026, 3, 31).strftime(wanted)

    def make(value: str) -> date:
        try:
            made = datetime.strptime(value, wanted).date()  # noqa: DTZ007 (a date as it was written)
        except ValueError:
            raise Bad("not_a_date", format=pattern, example=example) from None
        if not FIRST_DATE <= made <= LAST_DATE:
            raise Bad("date_out_of_range", first=str(FIRST_DATE), last=str(LAST_DATE))
        return made

    return make


def _number_pattern(decimal: str, thousands: str) -> re.Pattern[str]:
    """Sign, whole digits and decimals; the separator of thousands only where it parts threes."""
    whole = "[0-9]+"
    if thousands:
        whole = f"(?:[0-9]{{1,3}}(?:{re.escape(thousands)}[0-9]{{3}})+|[0-9]+)"
    point = re.escape(decimal)
    return re.compile(rf"([+-]?)(?:({whole})(?:{point}([0-9]*))?|{point}([0-9]+))")


def _digits(decimal: str, thousands: str, kept: int, whole_max: int) -> Callable[[str], tuple[str, str, str]]:
    """A maker of (sign, whole digits, decimals): at most `kept` decimals beside zeros at the end."""
    pattern = _number_pattern(decimal, thousands)
    example = f"1234{decimal}50"

    def make(value: str) -> tuple[str, str, str]:
        match = pattern.fullmatch(value)
        if match is None:
            raise Bad("not_a_number", decimal=decimal, example=example)
        sign, whole, after, alone = match.groups()
        whole = (whole or "0").replace(thousands, "") if thousands else (whole or "0")
        decimals = (after or alone or "").rstrip("0")
        if len(decimals) > kept:
            raise Bad("too_many_decimals", digits=kept)
        whole = whole.lstrip("0") or "0"
        if len(whole) > whole_max:
            raise Bad("too_large", digits=whole_max)
        return sign, whole, decimals

    return make


def amount_e4(decimal: str = ".", thousands: str = "") -> Maker:
    """Integers at 1e-4: "1.234,5" is 12345000 where the decimal separator is a comma. No float on the way."""
    digits = _digits(decimal, thousands, E4_DIGITS, WHOLE_DIGITS_MAX)

    def make(value: str) -> int:
        sign, whole, decimals = digits(value)
        size = int(whole + decimals.ljust(E4_DIGITS, "0"))
        return -size if sign == "-" else size

    return make


def number_text(decimal: str = ".", thousands: str = "") -> Maker:
    """Numbers as text in one spelling: "+1.234,50" is "1234.5" where the decimal separator is a comma."""
    digits = _digits(decimal, thousands, NUMBER_DIGITS, NUMBER_WHOLE_DIGITS_MAX)

    def make(value: str) -> str:
        sign, whole, decimals = digits(value)
        plain = f"{whole}.{decimals}" if decimals else whole
        return f"-{plain}" if sign == "-" and plain != "0" else plain

    return make


def boolean_text(value: str) -> str:
    lower = value.lower()
    if lower in YES:
        return "true"
    if lower in NO:
        return "false"
    raise Bad("not_a_yes_or_no", choices=", ".join((*YES, *NO)))


def one_of(choices: Iterable[str]) -> Maker:
    known = tuple(choices)

    def make(value: str) -> str:
        if value not in known:
            raise Bad("not_one_of", choices=", ".join(known))
        return value

    return make


def currency(value: str) -> str:
    code = value.upper()
    if not is_currency(code):
        raise Bad("unknown_currency")
    return code


def email(value: str) -> str:
    if len(value) > 254 or not EMAIL.fullmatch(value):
        raise Bad("not_an_email")
    return value
