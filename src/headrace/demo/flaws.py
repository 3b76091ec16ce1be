"""Bad rows, as they do come in reports of sales: each a damaged copy of a good row."""

from collections.abc import Callable, Sequence
from random import Random

Row = dict[str, str]

FLAWS_OF_A_KIND = 5


def _impossible_date(row: Row, random: Random) -> None:
    row["Invoice date"] = f"31.02.{row['Invoice date'][-4:]}"


def _american_date(row: Row, random: Random) -> None:
    row["Invoice date"] = f"{random.randint(1, 12):02}/{random.randint(13, 28)}/{row['Invoice date'][-4:]}"


def _broken_amount(row: Row, random: Random) -> None:
    row["Net value"] = f"{random.randint(10, 99)},x"


def _amount_with_words(row: Row, random: Random) -> None:
    row["Net value"] = "see attachment"


def _unknown_partner(row: Row, random: Random) -> None:
    row["Account"] = f"{row['Account'][:2]}-{random.randint(7000, 7999)}"


def _unknown_product(row: Row, random: Random) -> None:
    row["Article"] = row["Article"].replace("TB-", "TP-")


def _missing_id(row: Row, random: Random) -> None:
    row["Line id"] = ""


def _missing_account(row: Row, random: Random) -> None:
    row["Account"] = ""


def _quantity_in_words(row: Row, random: Random) -> None:
    row["Quantity"] = random.choice(("two", "1 pallet", "n/a"))


def _the_same_again(row: Row, random: Random) -> None:
    """Left as it is: the id is there twice."""


KINDS: tuple[Callable[[Row, Random], None], ...] = (
    _impossible_date,
    _american_date,
    _broken_amount,
    _amount_with_words,
    _unknown_partner,
    _unknown_product,
    _missing_id,
    _missing_account,
    _quantity_in_words,
    _the_same_again,
)


def spoil(rows: Sequence[Row], random: Random) -> list[tuple[int, Row]]:
    """Bad copies of some rows, each with the place of the good row it is to stand behind; none twice."""
    count = min(len(rows), len(KINDS) * FLAWS_OF_A_KIND)
    spoilt = []
    for number, place in enumerate(random.sample(range(len(rows)), count)):
        row = dict(rows[place])
        damage = KINDS[number % len(KINDS)]
        if damage is not _the_same_again:
            row["Line id"] += "B"
        damage(row, random)
        spoilt.append((place, row))
    return sorted(spoilt, key=lambda pair: pair[0])
