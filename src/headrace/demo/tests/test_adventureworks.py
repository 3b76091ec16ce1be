"""What the AdventureWorks programmes pay, computed by plain fractions over the raw files, without the engine.

The rates and bands stand here a second time on purpose: were they read from the documents, a document read
wrongly would go unnoticed.
"""

import csv
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

import pytest
from lxml import etree
from schwifty import IBAN

from headrace.base import files
from headrace.base.models import Organisation
from headrace.cli import main
from headrace.demo import brands, cast, loading, paying
from headrace.demo.documents import adventureworks_documents
from headrace.earnings.models import Earning
from headrace.payouts.bank import pain001
from headrace.payouts.models import PayoutBatch
from headrace.payouts.payable import payables

pytestmark = [pytest.mark.shared, pytest.mark.slow]

Earnings = dict[tuple[str, str, str], int]
"""Cents by reseller, first and last day of the period."""

BANDS = ((100_000, "0.03"), (60_000, "0.0225"), (30_000, "0.015"), (10_000, "0.01"))
PREMIUM = Fraction("12.50")


def read(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        yield from csv.DictReader(file)


def write(path: Path, header: str, rows: Iterable[Iterable[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header.split(","))
        writer.writerows(rows)


def cents(amount: Fraction) -> int:
    """Half up, for amounts that are not negative."""
    return (amount * 200 + 1) // 2


def months(first: date, count: int) -> tuple[str, str]:
    """First and last day of `count` months that begin on `first`."""
    number = first.year * 12 + first.month - 1 + count
    return first.isoformat(), (date(number // 12, number % 12 + 1, 1) - timedelta(days=1)).isoformat()


def rebates(folder: Path) -> Earnings:
    """Per reseller and quarter: the rate of the highest band reached, on all it bought of bikes."""
    bikes = {
        row["ProductKey"]
        for row in read(folder / "Product.csv")
        if row["EnglishProductCategoryName"] == "Bikes"
    }
    bought: dict[tuple[str, str, str], Fraction] = defaultdict(Fraction)
    for row in read(folder / "FactResellerSales.csv"):
        if row["ProductKey"] in bikes:
            on = date.fromisoformat(row["OrderDate"])
            quarter = months(date(on.year, (on.month - 1) // 3 * 3 + 1, 1), 3)
            bought[row["ResellerKey"], *quarter] += Fraction(row["SalesAmount"])
    earned = {}
    for key, amount in bought.items():
        rate = next((Fraction(rate) for bound, rate in BANDS if amount >= bound), Fraction(0))
        earned[key] = cents(amount * rate)
    return {key: amount for key, amount in earned.items() if amount}


def premiums(folder: Path) -> Earnings:
    """Per reseller and month from July 2019: a fixed sum for each touring bike."""
    touring = {
        row["ProductKey"] for row in read(folder / "Product.csv") if row["Subcategory"] == "Touring Bikes"
    }
    units: dict[tuple[str, str, str], int] = defaultdict(int)
    for row in read(folder / "FactResellerSales.csv"):
        on = date.fromisoformat(row["OrderDate"])
        if row["ProductKey"] in touring and on >= date(2019, 7, 1):
            units[row["ResellerKey"], *months(on.replace(day=1), 1)] += int(row["OrderQuantity"])
    return {key: cents(PREMIUM * count) for key, count in units.items()}


@pytest.fixture(scope="module")
def converted(adventureworks_files: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same rows in the columns that the calculator reads."""
    folder = tmp_path_factory.mktemp("adventureworks")
    write(
        folder / "sales.csv",
        "id,order_id,on,partner,product,quantity,net_amount,currency",
        (
            (
                f"{row['SalesOrderNumber']}-{row['ProductKey']}",
                row["SalesOrderNumber"],
                row["OrderDate"],
                row["ResellerKey"],
                row["ProductKey"],
                row["OrderQuantity"],
                row["SalesAmount"],
                "USD",
            )
            for row in read(adventureworks_files / "FactResellerSales.csv")
        ),
    )
    write(
        folder / "partners.csv",
        "id,name,type,country",
        (
            (row["ResellerKey"], row["ResellerName"], row["BusinessType"], row["Country_Region"])
            for row in read(adventureworks_files / "Resellers.csv")
        ),
    )
    write(
        folder / "products.csv",
        "id,name,category,subcategory",
        (
            (row["ProductKey"], row["Product"], row["EnglishProductCategoryName"], row["Subcategory"])
            for row in read(adventureworks_files / "Product.csv")
        ),
    )
    return folder


def calculated(folder: Path, name: str) -> Earnings:
    """What `headrace calculate` pays by the programme of that name."""
    programme, out = folder / name, folder / f"{name}.csv"
    programme.write_text(adventureworks_documents()[name], encoding="utf-8")
    files = [f"--{kind}={folder / kind}.csv" for kind in ("sales", "partners", "products")]
    assert main(["calculate", str(programme), *files, f"--out={out}"]) == 0
    return {
        (row["recipient"], row["period_from"], row["period_to"]): int(row["amount"].replace(".", ""))
        for row in read(out)
    }


def test_the_files_are_the_ones_that_were_described(adventureworks_files: Path) -> None:
    sales = list(read(adventureworks_files / "FactResellerSales.csv"))
    assert len(sales) == 57_851
    assert sum(Fraction(row["SalesAmount"]) for row in sales) == Fraction("77548570.20")


def test_the_quarterly_rebate_agrees_with_plain_fractions_to_the_cent(
    adventureworks_files: Path, converted: Path
) -> None:
    expected = rebates(adventureworks_files)
    assert len(expected) > 1_000
    assert calculated(converted, "quarterly-rebate.yaml") == expected


def test_the_premium_per_bike_agrees_with_plain_fractions_to_the_cent(
    adventureworks_files: Path, converted: Path
) -> None:
    expected = premiums(adventureworks_files)
    assert len(expected) > 300
    assert calculated(converted, "touring-premium.yaml") == expected


@pytest.fixture
def loaded(adventureworks_files: Path, database: None) -> Organisation:
    """The brand as `headrace demo --data` loads it: imported, calculated, published."""
    brand = brands.adventureworks(adventureworks_files)
    organisation = cast.found_organisation(brand)
    manager = cast.cast_staff(organisation, cast.MANAGER, "correct horse battery").user
    loading.import_files(organisation, brand, manager)
    loading.launch_programmes(organisation, brand, manager)
    for programme in loading.late_programmes(organisation):
        loading.calculate(programme, manager)
    return organisation


def published(organisation: Organisation, programme: str) -> Earnings:
    """What stands of a programme after its run was published."""
    rows = Earning.objects.filter(organisation=organisation, programme__key=programme, corrected_by=None)
    return {
        (code, period_from.isoformat(), period_to.isoformat()): amount
        for code, period_from, period_to, amount in rows.values_list(
            "partner__code", "period_from", "period_to", "amount_minor"
        )
    }


def test_what_is_imported_and_published_agrees_too(adventureworks_files: Path, loaded: Organisation) -> None:
    assert published(loaded, "aw-quarterly-rebate") == rebates(adventureworks_files)
    assert published(loaded, "aw-touring-premium") == premiums(adventureworks_files)


def test_the_batch_of_payouts_is_a_valid_bank_file(loaded: Organisation) -> None:
    """All that three years of quarters made payable to those who have an account, to the cent."""
    staff = [
        cast.cast_staff(loaded, part, "correct horse battery").user
        for part in (cast.MANAGER, cast.APPROVER, cast.FINANCE)
    ]
    manager, approver, finance = staff
    loading.settle_past(loaded, date(2020, 7, 1), manager, approver)
    paying.enter_accounts(loaded, finance)
    ready = [row.amount_minor for row in payables(loaded) if not row.blocked]
    assert len(ready) == paying.ACCOUNTS_MAX
    paying.pay_past(loaded, date(2020, 7, 1), finance, approver)
    batch = PayoutBatch.objects.get(organisation=loaded)
    document = etree.fromstring(files.path_of(batch.file_sha256).read_bytes())
    pain001.check(document)
    amounts = document.iter(f"{{{pain001.NAMESPACE}}}InstdAmt")
    assert sorted(int(one.text.replace(".", "")) for one in amounts) == sorted(ready)
    assert all(IBAN(one.text).is_valid for one in document.iter(f"{{{pain001.NAMESPACE}}}IBAN"))
    outcomes = Counter(batch.payouts.values_list("state", flat=True))
    assert outcomes == {"paid": len(ready) - 1, "returned": 1}
