"""What a file is and how its values are written, found out from its bytes: with the reason, and every doubt.

Nothing here decides for good: a person sees what was found and corrects it, and `detect` then takes what was
corrected as given and finds the rest anew.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from io import StringIO
from itertools import islice
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from headrace.sales import excel, guesses
from headrace.sales.encodings import find_encoding
from headrace.sales.mapping import DELIMITERS
from headrace.sales.parquet import MAGIC as PARQUET
from headrace.sales.reasons import FileRefused
from headrace.sales.tables import OLE, ZIP, open_table
from headrace.sales.values import Format

HEAD_BYTES = 1 << 18
# The first rows, and some from further places: a file sorted by date begins with one month only.
FIRST_ROWS, FIRST_CELLS = 2_000, 200_000
WINDOWS, WINDOW_BYTES = 8, 1 << 16
HEADER_AMONG_ROWS = 30
# Delimiters that a table is taken to have only where none of the usual parts it.
RARE_DELIMITERS = "^~:"


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that was found: the key of the format, its value, the reason, and whether it is a doubt."""

    key: str
    value: str
    reason: str
    is_doubt: bool
    params: Mapping[str, Any]

    def __str__(self) -> str:
        """The reason as a sentence in the reader's language."""
        told: str = str(REASONS[self.reason]) % self.params
        return told


@dataclass(frozen=True, slots=True)
class Detected:
    """`samples` are rows as they came, as long as `columns`; `numbers` their numbers in the file."""

    format: Format
    columns: list[str]
    samples: list[list[str]]
    numbers: list[int]
    empty: tuple[str, ...]
    found: tuple[Found, ...]
    sheets: tuple[str, ...] = ()
    # Why the rows can't be read like this, as `FileRefused.as_json`; None where they can.
    refusal: Mapping[str, Any] | None = None

    @property
    def doubts(self) -> list[Found]:
        return [one for one in self.found if one.is_doubt]

    def values(self, column: int) -> list[str]:
        return [cells[column] for cells in self.samples]


REASONS = {
    "given": _("You chose this."),
    "type_by_bytes": _("The file begins as such files do."),
    "type_text": _("It is text, and nothing else begins like this."),
    "encoding_marked": _("The file begins with the mark of this encoding."),
    "encoding_utf8": _("Every letter can be read so."),
    "encoding_letters": _("So the letters make sense, as in “%(sample)s”."),
    "encoding_doubt": _("It is no UTF-8. Look at “%(sample)s”: if it reads wrongly, choose another."),
    "delimiter_fits": _("It parts %(fitting)s of %(rows)s rows into %(columns)s columns."),
    "delimiter_doubt": _("It parts only %(fitting)s of %(rows)s rows into %(columns)s columns."),
    "delimiter_none": _("No sign parts the rows into columns: the file seems to have one only."),
    "quote_found": _("Values in the file are set in it."),
    "header_first": _("The first row with a name for each column."),
    "header_below": _("Above it stand titles or notes; it is the first row with a name for each column."),
    "header_doubt": _(
        "This row looks like values, not like names. Choose 0 if the file has no names of columns."
    ),
    "decimal_example": _("As in “%(example)s”, column “%(column)s”."),
    "decimal_doubt": _(
        "“%(example)s”, column “%(column)s”, may have decimals or thousands. Choose what is meant."
    ),
    "decimal_none": _("No number in the rows that were read has decimals."),
    "date_example": _("As in “%(example)s”, column “%(column)s”; %(count)s different dates were read."),
    "date_doubt": _(
        "“%(example)s”, column “%(column)s”, could be %(other)s as well: in %(count)s different dates no day is "
        "later than the 12th. Choose which is meant."
    ),
    "date_none": _("No column seems to hold dates."),
    "sheet_only": _("The only sheet with a table."),
    "sheet_doubt": _("It has the most rows, but there are more sheets: %(sheets)s."),
    "double_column": _(
        "The name “%(name)s” stands there twice. Only a column with a name of its own can be used."
    ),
}


def detect(path: Path, given: Mapping[str, str] | None = None) -> Detected:
    """What the file is; `given` holds keys of the format that a person chose.

    Raises FileRefused where it is no table whatever is chosen; what another choice may mend is told in `refusal`.
    """
    finder = _Finder(path, given or {})
    try:
        finder.find_shape()
    except FileRefused as refusal:
        if not given:
            raise
        return finder.refused(refusal)
    try:
        return finder.find_values()
    except FileRefused as refusal:
        return finder.refused(refusal)


class _Finder:
    """Finds one key after the other; what was found first is used to find the next."""

    def __init__(self, path: Path, given: Mapping[str, str]) -> None:
        self.path = path
        self.given = {key: value for key, value in given.items() if key in Format.__dataclass_fields__}
        self.found: list[Found] = []
        self.format = replace(Format(), **self.given)  # type: ignore[arg-type]
        self.sheets: tuple[str, ...] = ()

    def take(self, key: str, value: str, reason: str, *, is_doubt: bool = False, **params: Any) -> None:
        """Notes what was found, unless a person chose it."""
        if key in self.given:
            self.found.append(Found(key, self.given[key], "given", False, {}))
            return
        self.format = replace(self.format, **{key: value})  # type: ignore[arg-type]
        self.found.append(Found(key, value, reason, is_doubt, params))

    def find_shape(self) -> None:
        """The type, and of it what parts the file into rows and columns."""
        with self.path.open("rb") as file:
            head = file.read(16)
        if not head:
            raise FileRefused("empty_file")
        kind = _type_of(head)
        self.take("type", kind, "type_text" if kind == "csv" else "type_by_bytes")
        if self.format.type == "csv":
            self._find_text()
        elif self.format.type == "excel":
            self._find_sheet()

    def _find_text(self) -> None:
        encoding = find_encoding(self.path)
        if encoding.marked:
            self.take("encoding", encoding.name, "encoding_marked")
        elif encoding.name == "utf-8":
            self.take("encoding", encoding.name, "encoding_utf8")
        else:
            reason = "encoding_letters" if encoding.sure else "encoding_doubt"
            self.take("encoding", encoding.name, reason, is_doubt=not encoding.sure, sample=encoding.sample)
        lines = self._first_lines()
        quote = _quote_in(lines)
        if quote == "'":
            self.take("quote", quote, "quote_found")
        self._find_delimiter(lines)
        self._find_header(_parsed(lines, self.format.delimiter, self.format.quote))

    def _first_lines(self) -> list[str]:
        """The first whole lines."""
        with self.path.open("rb") as file:
            raw = file.read(HEAD_BYTES)
            is_whole = not file.read(1)
        codec = "utf-8-sig" if self.format.encoding == "utf-8" else self.format.encoding
        lines = _lines_of(raw.decode(codec, "ignore"))
        return lines if is_whole or len(lines) < 2 else lines[:-1]

    def _find_delimiter(self, lines: list[str]) -> None:
        fits = {sign: _fit(lines, sign, self.format.quote) for sign in dict.fromkeys(DELIMITERS.values())}
        usual = {sign: fit for sign, fit in fits.items() if sign not in RARE_DELIMITERS and fit.columns > 1}
        sign = max(usual or fits, key=lambda one: fits[one].rank)
        fit = fits[self.given.get("delimiter", sign)]
        told: dict[str, Any] = {"fitting": fit.fitting, "rows": fit.rows, "columns": fit.columns}
        if fit.columns < 2:
            self.take("delimiter", ",", "delimiter_none", is_doubt=True)
        elif fit.fitting * 10 >= fit.rows * 9:
            self.take("delimiter", sign, "delimiter_fits", **told)
        else:
            self.take("delimiter", sign, "delimiter_doubt", is_doubt=True, **told)

    def _find_sheet(self) -> None:
        sizes = excel.sheet_sizes(self.path)
        self.sheets = tuple(sizes)
        tables = {name: rows for name, rows in sizes.items() if rows > 1}
        best = max(tables or sizes, key=lambda name: sizes[name], default="")
        if len(tables) > 1:
            others = ", ".join(f"“{name}”" for name in tables if name != best)
            self.take("sheet", best, "sheet_doubt", is_doubt=True, sheets=others)
        else:
            self.take("sheet", best, "sheet_only")
        rows = excel.rows(self.path, self.format)
        self._find_header([cells for _number, cells in islice(rows, HEADER_AMONG_ROWS * 3)])

    def _find_header(self, rows: list[list[str]]) -> None:
        place, looks_right = _header_in(rows)
        if not looks_right:
            self.take("header", str(place), "header_doubt", is_doubt=True)
        else:
            first = next((number for number, cells in enumerate(rows, start=1) if any(cells)), 1)
            self.take("header", str(place), "header_first" if place == first else "header_below")
            if place == first and "header" not in self.given:
                # The next file of this shape may have one empty line more above it.
                self.format = replace(self.format, header="")

    def refused(self, refusal: FileRefused) -> Detected:
        """What was found until the file could not be read like this."""
        return Detected(self.format, [], [], [], (), tuple(self.found), self.sheets, refusal.as_json())

    def find_values(self) -> Detected:
        """The table with samples, and how its values are written."""
        numbered = list(_sampled(self.path, self.format))
        columns, samples = numbered[0][1], [cells for _number, cells in numbered[1:]]
        by_column = [[cells[place] for cells in samples] for place in range(len(columns))]
        self._find_dates(columns, by_column)
        self._find_numbers(columns, by_column)
        for name, count in Counter(columns).items():
            if name and count > 1:
                self.found.append(Found("columns", name, "double_column", True, {"name": name}))
        if self.format.type not in ("csv", "excel"):
            self.format = replace(self.format, header="")
        return Detected(
            self.format,
            columns,
            samples,
            [number for number, _cells in numbered[1:]],
            guesses.nothing_in(by_column),
            tuple(self.found),
            self.sheets,
        )

    def _find_dates(self, columns: list[str], by_column: list[list[str]]) -> None:
        guess = guesses.guess_dates(by_column)
        if guess is None:
            self.take("date", self.format.date, "date_none")
            return
        told: dict[str, Any] = {
            "example": guess.example,
            "column": columns[guess.column],
            "count": guess.values,
        }
        if guess.others:
            self.take("date", guess.pattern, "date_doubt", is_doubt=True, other=guess.others[0], **told)
        else:
            self.take("date", guess.pattern, "date_example", **told)

    def _find_numbers(self, columns: list[str], by_column: list[list[str]]) -> None:
        guess = guesses.guess_numbers(by_column, typed=self.format.type != "csv")
        if not guess.example:
            self.take("decimal", ".", "decimal_none")
            return
        told = {"example": guess.example, "column": columns[guess.column]}
        reason = "decimal_doubt" if guess.doubtful else "decimal_example"
        self.take("decimal", guess.decimal, reason, is_doubt=guess.doubtful, **told)
        thousands = guess.thousands if guess.thousands != self.format.decimal else ""
        if "thousands" not in self.given:
            self.format = replace(self.format, thousands=thousands)


def _lines_of(text: str) -> list[str]:
    """The lines as files have them: `splitlines` would part at signs that are within values too."""
    return StringIO(text, newline="").readlines()


def _type_of(head: bytes) -> str:
    if head.startswith(PARQUET):
        return "parquet"
    if head.startswith((ZIP, OLE)):
        return "excel"
    start = head.removeprefix(b"\xef\xbb\xbf")
    if start.startswith(b"ISA") and not start[3:4].isalnum():
        return "x12"
    if start.startswith((b"UNA", b"UNB+")):
        return "edifact"
    return "csv"


def _quote_in(lines: list[str]) -> str:
    """The quote that stands beside delimiters and at the ends of lines more often."""

    def at_edges(quote: str) -> int:
        return sum(
            line.count(f"{sign}{quote}") + line.count(f"{quote}{sign}")
            for line in lines[:FIRST_ROWS]
            for sign in (*",;|\t", "\n")
        )

    return "'" if at_edges("'") > 2 * at_edges('"') else '"'


@dataclass(frozen=True, slots=True)
class _Fit:
    """How well a sign parts the rows: the commonest number of columns, and how many rows have it."""

    rows: int
    fitting: int
    columns: int

    @property
    def rank(self) -> tuple[bool, int, int, int]:
        tenths = self.fitting * 10 // self.rows if self.rows else 0
        return self.columns > 1, min(tenths, 8), self.columns, self.fitting


def _fit(lines: list[str], delimiter: str, quote: str) -> _Fit:
    """Titles above the first row of the usual width don't count: they have no columns."""
    widths = [len(cells) for cells in _parsed(lines, delimiter, quote) if any(cells)]
    if not widths:
        return _Fit(0, 0, 0)
    columns, fitting = max(Counter(widths).items(), key=lambda item: (item[1] * (item[0] > 1), item[0]))
    return _Fit(len(widths) - widths.index(columns), fitting, columns)


def _parsed(lines: list[str], delimiter: str, quote: str) -> list[list[str]]:
    """The rows as far as they can be read: quotes that don't match end them, as they would the import."""
    rows: list[list[str]] = []
    try:
        for cells in csv.reader(lines, delimiter=delimiter, quotechar=quote):
            rows.append([cell.strip() for cell in cells])
            if len(rows) >= FIRST_ROWS:
                break
    except csv.Error:
        pass
    return rows


def _header_in(rows: list[list[str]]) -> tuple[int, bool]:
    """The number of the row with the names, and whether it looks like names."""
    filled = [sum(map(bool, cells)) for cells in rows]
    usual = max(
        Counter(width for width in filled if width).items(),
        key=lambda item: (item[1], item[0]),
        default=(1, 0),
    )[0]
    wide = [
        (number, cells)
        for number, cells in enumerate(rows[:HEADER_AMONG_ROWS], start=1)
        if sum(map(bool, cells)) * 10 >= usual * 7 and any(cells)
    ]
    for number, cells in wide:
        if _are_names(cells):
            return number, True
    return (wide[0][0] if wide else 1), False


def _are_names(cells: list[str]) -> bool:
    """Names are no numbers and no dates, and few of them stand twice."""
    names = [cell for cell in cells if cell]
    values = [name for name in names if _is_value(name)]
    return len(values) * 5 <= len(names) and len(set(names)) * 10 >= len(names) * 8


def _is_value(text: str) -> bool:
    return bool(guesses.SHAPE_OF_NUMBER.fullmatch(text) or guesses.SHAPE_OF_DATE.fullmatch(text))


def _sampled(path: Path, format: Format) -> Iterator[tuple[int, list[str]]]:
    """The names of the columns, then rows: the first, and of a large CSV file some from all over it.

    Rows from within a file have no number of their own and get 0.
    """
    with open_table(path, format) as table:
        width = len(table.columns)
        yield 0, table.columns
        for number, cells in islice(table.rows, min(FIRST_ROWS, max(FIRST_CELLS // max(width, 1), 50))):
            yield number, _even(cells, width)
    if format.type == "csv" and path.stat().st_size > HEAD_BYTES + WINDOWS * WINDOW_BYTES:
        for cells in _windows(path, format):
            if len(cells) == width:
                yield 0, cells


def _even(cells: list[str], width: int) -> list[str]:
    return [*cells[:width], *[""] * (width - len(cells))]


def _windows(path: Path, format: Format) -> Iterator[list[str]]:
    """Rows from places spread over the file; of each piece the first and last line may be torn."""
    size = path.stat().st_size
    if format.encoding == "utf-16":
        return
    with path.open("rb") as file:
        for part in range(1, WINDOWS + 1):
            file.seek(size * part // (WINDOWS + 1))
            lines = _lines_of(file.read(WINDOW_BYTES).decode(format.encoding, "ignore"))[1:-1]
            yield from _parsed(lines, format.delimiter, format.quote)
