"""What the generated brand is, read back from its files alone."""

import csv
import hashlib
from collections import Counter
from datetime import date
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from pathlib import Path

import pytest

from headrace.demo.generate import Written, write

TODAY = date(2026, 5, 17)
LINES = 4_000


@pytest.fixture(scope="module")
def brand(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Written]:
    directory = tmp_path_factory.mktemp("brand")
    return directory, write(directory, today=TODAY, lines=LINES)


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


FIELDS = (
    "id",
    "order",
    "on",
    "partner",
    "person",
    "customer",
    "product",
    "quantity",
    "list",
    "net",
    "channel",
    "returns",
)


def sales(directory: Path) -> list[dict[str, str]]:
    """All rows of all reports by field, dates and amounts brought to one form."""
    return [row for path in sorted((directory / "sales").iterdir()) for row in report(path)]


def report(path: Path) -> list[dict[str, str]]:
    german, southern = path.name[:2] in ("DE", "AT"), path.name[:2] in ("IT", "ES", "FR")
    with path.open(encoding="windows-1252" if german else "utf-8-sig", newline="") as file:
        _, *lines = csv.reader(file, delimiter=";" if german or southern else ",")
    found = []
    for line in lines:
        row = dict(zip(FIELDS, line, strict=True))
        if german or southern:
            row["net"] = row["net"].replace(",", ".")
        if not path.name.startswith("direct"):
            row["on"] = "-".join(reversed(row["on"].split("." if german else "/")))
        found.append(row)
    return found


def is_good(row: dict[str, str], known: dict[str, set[str]]) -> bool:
    """Whether a reader without mercy would take the row."""
    try:
        date.fromisoformat(row["on"])
        Decimal(row["net"])
        int(row["quantity"])
    except (ValueError, InvalidOperation):
        return False
    return bool(row["id"]) and row["partner"] in known["partners"] and row["product"] in known["products"]


@pytest.fixture(scope="module")
def good(brand: tuple[Path, Written]) -> dict[str, dict[str, str]]:
    """The good lines by id; of two rows with one id the first."""
    directory, _ = brand
    known = {
        name: {row["id"] for row in rows(directory / f"{name}.csv")} for name in ("partners", "products")
    }
    lines: dict[str, dict[str, str]] = {}
    for row in sales(directory):
        if is_good(row, known):
            lines.setdefault(row["id"], row)
    return lines


def digests(directory: Path) -> dict[str, str]:
    return {
        str(path.relative_to(directory)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(directory.rglob("*"))
        if path.is_file()
    }


def test_it_writes_the_same_bytes_for_the_same_arguments(brand: tuple[Path, Written], tmp_path: Path) -> None:
    directory, written = brand
    assert write(tmp_path, today=TODAY, lines=LINES) == written
    assert digests(tmp_path) == digests(directory)


def test_it_writes_other_sales_for_another_seed(brand: tuple[Path, Written], tmp_path: Path) -> None:
    write(tmp_path, seed=1, today=TODAY, lines=LINES)
    assert digests(tmp_path)["sales/direct-2025.csv"] != digests(brand[0])["sales/direct-2025.csv"]


def test_it_has_the_people_and_partners_of_a_brand(brand: tuple[Path, Written]) -> None:
    directory, _ = brand
    partners, people = rows(directory / "partners.csv"), rows(directory / "people.csv")
    ids = {row["id"] for row in partners}
    assert len(ids) == 180
    assert len(people) == 420
    assert len({row["email"] for row in people}) == 420
    assert {row["partner"] for row in people if row["role"] == "owner"} == ids
    assert {row["type"] for row in partners} == {"Distributor", "Reseller", "Dealer", "Retailer", "Agent"}
    assert {row["distributor"] for row in partners} - {""} <= ids
    assert len(rows(directory / "customers.csv")) == 2_500
    names = {row["id"]: row["name"] for row in partners}
    assert len(set(names.values())) == 180
    assert any("ü" in name for name in names.values())
    assert any("\u0600" <= name[0] <= "\u06ff" for name in names.values())


def test_dated_rows_of_a_partner_follow_each_other_without_gap(brand: tuple[Path, Written]) -> None:
    spans: dict[str, list[tuple[str, str]]] = {}
    for row in rows(brand[0] / "partners.csv"):
        spans.setdefault(row["id"], []).append((row["valid_from"], row["valid_to"]))
    several = [own for own in spans.values() if len(own) > 1]
    assert len(several) > 20
    for own in spans.values():
        assert own[-1][1] == ""
        for (_, until), (since, _) in pairwise(own):
            assert (date.fromisoformat(since) - date.fromisoformat(until)).days == 1


def test_good_lines_are_as_many_and_as_much_as_it_says(
    brand: tuple[Path, Written], good: dict[str, dict[str, str]]
) -> None:
    _, written = brand
    assert len(good) == written.sales
    assert abs(written.sales - LINES) < LINES * 6 // 100
    assert sum(Decimal(row["net"]) for row in good.values()) == Decimal(written.net_cents) / 100
    assert len(sales(brand[0])) == written.sales + written.flaws
    assert 30 <= written.flaws <= 60


def test_sales_span_three_years_and_end_today(good: dict[str, dict[str, str]]) -> None:
    days = sorted(row["on"] for row in good.values())
    assert days[0][:7] == "2023-04"
    assert "2026-05-10" < days[-1] <= "2026-05-17"


def test_a_return_takes_back_a_part_of_the_line_it_names(good: dict[str, dict[str, str]]) -> None:
    returns = [row for row in good.values() if row["returns"]]
    assert len(good) * 15 <= len(returns) * 1000 <= len(good) * 30
    for row in returns:
        sold = good[row["returns"]]
        assert row["partner"] == sold["partner"]
        assert 0 < -int(row["quantity"]) <= int(sold["quantity"])
        assert Decimal(row["net"]) * int(sold["quantity"]) == Decimal(sold["net"]) * int(row["quantity"])


def test_a_fifth_of_the_resellers_sells_most(
    brand: tuple[Path, Written], good: dict[str, dict[str, str]]
) -> None:
    resellers = {row["id"] for row in rows(brand[0] / "partners.csv") if row["type"] == "Reseller"}
    sold: Counter[str] = Counter()
    for row in good.values():
        if row["partner"] in resellers:
            sold[row["partner"]] += int(Decimal(row["net"]))
    largest = sum(amount for _, amount in sold.most_common(len(resellers) // 5))
    assert 60 < 100 * largest // sold.total() < 90


def test_no_product_is_sold_before_its_launch_or_after_its_end(
    brand: tuple[Path, Written], good: dict[str, dict[str, str]]
) -> None:
    products = {row["id"]: row for row in rows(brand[0] / "products.csv")}
    assert sum(1 for row in products.values() if row["launched_on"]) > 10
    assert sum(1 for row in products.values() if row["ended_on"]) > 5
    for row in good.values():
        product = products[row["product"]]
        assert product["launched_on"] <= row["on"]
        assert row["returns"] or row["on"] <= (product["ended_on"] or "9999")


def test_shops_are_closed_on_sundays_and_offices_on_their_weekend(
    brand: tuple[Path, Written], good: dict[str, dict[str, str]]
) -> None:
    partners = {row["id"]: row for row in rows(brand[0] / "partners.csv")}
    sold = [row for row in good.values() if not row["returns"]]
    weekdays = Counter(
        (
            partners[row["partner"]]["country"] == "SA",
            date.fromisoformat(row["on"]).weekday(),
        )
        for row in sold
        if partners[row["partner"]]["type"] != "Retailer"
    )
    assert weekdays[False, 5] == weekdays[False, 6] == weekdays[True, 4] == weekdays[True, 5] == 0
    assert weekdays[True, 6] > 0
