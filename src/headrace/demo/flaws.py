"""Bad rows, as they do come in reports of sales: each a damaged copy of a good line."""

from collections.abc import Callable, Sequence
from random import Random

from headrace.demo.dialects import Dialect, Row, dialect_of
from headrace.demo.lines import Line

FLAWS_OF_A_KIND = 5


def _impossible_date(row: Row, line: Line, dialect: Dialect, random: Random) -> None:
    row["on"] = dialect.impossible_day(line.on.year)


def _date_of_another_country(row: Row, line: Line, dialect: Dialect, random: Random) -> None:
    row["on"] = f"{random.randint(1, 12)}/{random.randint(13, 28)}/{line.on:%y}"


def _broken_amount(row: Row, line: Line, dialect: Dialect, random: Random) -> None:
    row["net"] = f"{random.randint(10, 99)},x"


def _words_for_an_amount(row: Row, line: Line, dialect: Dialect, random: Random) -> None:
    row["net"] = "see attachment"


def _unknown_partner(row: Row, line: Line, dialect: Dialect, random: Random) -> None:
    row["partner"] = f"{line.partner[:2]}-{random.randint(7000, 7999)}"


def _unknown_product(row: Row, line: Line, dialect: Dialect, random: Random) -> None:
    row["product"] = line.product.replace("TB-", "TP-")


def _missing_id(row: Row, line: Line, dialect: Dialect, random: Random) -> None:
    row["id"] = ""


def _missing_partner(row: Row, line: Line, dialect: Dialect, random: Random) -> None:
    row["partner"] = ""


def _words_for_a_quantity(row: Row, line: Line, dialect: Dialect, random: Random) -> None:
    row["quantity"] = random.choice(("two", "1 pallet", "n/a"))


def _same_line_again(row: Row, line: Line, dialect: Dialect, random: Random) -> None:
    row["id"] = line.id


KINDS: tuple[Callable[[Row, Line, Dialect, Random], None], ...] = (
    _impossible_date,
    _date_of_another_country,
    _broken_amount,
    _words_for_an_amount,
    _unknown_partner,
    _unknown_product,
    _missing_id,
    _missing_partner,
    _words_for_a_quantity,
    _same_line_again,
)


def spoil(lines: Sequence[Line], random: Random) -> dict[int, Row]:
    """Bad rows by the index of the good line behind which each is to stand."""
    count = min(len(lines), len(KINDS) * FLAWS_OF_A_KIND)
    spoilt = {}
    for number, index in enumerate(random.sample(range(len(lines)), count)):
        line = lines[index]
        dialect = dialect_of(line.source)
        row = {**dialect.row(line), "id": f"{line.id}B"}
        KINDS[number % len(KINDS)](row, line, dialect, random)
        spoilt[index] = row
    return spoilt
