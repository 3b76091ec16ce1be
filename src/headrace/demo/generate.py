"""Writes the demo brand as files, the way a brand would receive them."""

import csv
import shutil
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random

from headrace.demo.catalogue import MATERIAL, load_products
from headrace.demo.countries import load_countries
from headrace.demo.dialects import Row, dialect_of, euros
from headrace.demo.flaws import spoil
from headrace.demo.lines import Line, Numbers
from headrace.demo.market import Market, World
from headrace.demo.partners import Partner, build_customers, build_partners, build_people, value_on
from headrace.demo.restock import restock, take_back
from headrace.demo.timeline import Timeline

SEED = 2718
LINES = 60_000
LINES_MIN = 1_000
SOLD_ON_PERCENT = 80  # of all lines; the rest are the distributors' own orders and the returns


@dataclass(frozen=True, slots=True)
class Written:
    """What was written: counts of rows, header left out."""

    partners: int
    people: int
    products: int
    customers: int
    targets: int
    sales: int
    """Good lines, returns among them."""
    returns: int
    flaws: int
    """Bad rows, in the sales files beside the good lines."""
    net_cents: int
    """Sum of the net amounts of the good lines, in cents of EUR."""


def write(directory: Path, *, seed: int = SEED, today: date, lines: int = LINES) -> Written:
    """Writes CSV files and the mapping document of a fictional brand with sales up to `today`.

    The same arguments write the same bytes. `lines` is met to within a few per cent
    and at least 1,000.
    """
    if lines < LINES_MIN:
        raise ValueError(f"lines: {lines}, at least {LINES_MIN} would be right")
    timeline = Timeline(today)
    countries = load_countries()
    partners = build_partners(countries, timeline, Random(f"{seed} partners"))
    world = World(
        timeline=timeline,
        products=load_products(timeline),
        partners=partners,
        people=build_people(partners, Random(f"{seed} people")),
        customers=build_customers(countries, timeline, Random(f"{seed} customers")),
    )
    sales = _sales(world, seed, lines)
    directory.mkdir(parents=True, exist_ok=True)
    _table(directory / "partners.csv", (row for partner in partners for row in _partner_rows(partner)))
    _table(directory / "people.csv", _people_rows(world))
    _table(directory / "products.csv", _product_rows(world))
    _table(directory / "customers.csv", _customer_rows(world))
    targets = _target_rows(world, sales, Random(f"{seed} targets"))
    _table(directory / "targets.csv", targets)
    flaws = _write_sales(directory / "sales", sales, Random(f"{seed} flaws"))
    shutil.copyfile(MATERIAL / "demo.yaml", directory / "demo.yaml")
    return Written(
        partners=len(partners),
        people=len(world.people),
        products=len(world.products),
        customers=len(world.customers),
        targets=len(targets),
        sales=len(sales),
        returns=sum(1 for line in sales if line.returns),
        flaws=flaws,
        net_cents=sum(line.net_cents for line in sales),
    )


def _sales(world: World, seed: int, lines: int) -> list[Line]:
    random, numbers = Random(f"{seed} sales"), Numbers()
    sold = list(Market(world, random, numbers).lines(lines * SOLD_ON_PERCENT // 100))
    sold += restock(sold, world, random, numbers)
    sold += take_back(sold, world, random, numbers)
    return sorted(sold, key=lambda line: (line.source, line.on, line.order, line.position))


def _partner_rows(partner: Partner) -> list[Row]:
    """A row for each span in which nothing changed."""
    changes = sorted({since for since, _ in (*partner.tiers, *partner.distributors)})
    ends: list[date | None] = [since - timedelta(days=1) for since in changes[1:]]
    return [
        {
            "id": partner.id,
            "name": partner.name.local,
            "latin_name": partner.name.latin,
            "type": partner.type,
            "parent": partner.parent,
            "distributor": value_on(partner.distributors, since),
            "country": partner.country.code,
            "region": partner.country.region,
            "city": partner.city.latin,
            "tier": value_on(partner.tiers, since),
            "valid_from": since.isoformat(),
            "valid_to": until.isoformat() if until else "",
        }
        for since, until in zip(changes, [*ends, None], strict=True)
    ]


def _people_rows(world: World) -> list[Row]:
    return [
        {
            "id": person.id,
            "partner": person.partner,
            "name": person.name.local,
            "role": person.role,
            "email": person.email,
            "language": person.language,
        }
        for person in world.people
    ]


def _product_rows(world: World) -> list[Row]:
    return [
        {
            "id": product.id,
            "name": product.name,
            "category": product.category,
            "subcategory": product.subcategory,
            "brand": product.brand,
            "list_price": euros(product.list_cents),
            "launched_on": product.launched_on.isoformat() if product.launched_on else "",
            "ended_on": product.ended_on.isoformat() if product.ended_on else "",
        }
        for product in world.products
    ]


def _customer_rows(world: World) -> list[Row]:
    return [
        {
            "id": customer.id,
            "name": customer.name.local,
            "segment": customer.segment,
            "country": customer.country.code,
            "city": customer.city.latin,
        }
        for customer in world.customers
    ]


def _target_rows(world: World, sales: Sequence[Line], random: Random) -> list[Row]:
    """A target for each partner and quarter: a bit above the year before; in full hundreds."""
    quarters = world.timeline.quarters()
    sold: dict[tuple[str, date], int] = defaultdict(int)
    for line in sales:
        start = next(first for first, last in reversed(quarters) if first <= line.on)
        sold[line.partner, start] += line.net_cents
    rows = []
    for number, (first, last) in enumerate(quarters):
        for partner in world.partners:
            before = sold.get((partner.id, quarters[number - 4][0] if number >= 4 else first), 0)
            target = before * random.randrange(102, 113) // 100 // 10_000 * 100
            if partner.type in ("Distributor", "Reseller", "Dealer") and target > 0:
                rows.append(
                    {
                        "partner": partner.id,
                        "person": "",
                        "measure": "net_amount",
                        "from": first.isoformat(),
                        "to": last.isoformat(),
                        "value": f"{target}.00",
                    }
                )
    return rows


def _write_sales(directory: Path, sales: Sequence[Line], random: Random) -> int:
    """A file for each source and year, of the last year one a quarter, bad rows among the good; gives their number."""
    directory.mkdir(exist_ok=True)
    bad = spoil(sales, random)
    last_year = max(line.on.year for line in sales)
    files: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for index, line in enumerate(sales):
        quarter = f"-Q{(line.on.month + 2) // 3}" if line.on.year == last_year else ""
        rows = files[line.source, f"{line.on.year}{quarter}"]
        rows.append(dialect_of(line.source).row(line))
        if index in bad:
            rows.append(bad[index])
    for (source, span), rows in files.items():
        dialect_of(source).write(directory / f"{source}-{span}.csv", rows)
    return len(bad)


def _table(path: Path, rows: Iterable[Row]) -> None:
    """Writes rows with the same keys, the keys as header."""
    rows = list(rows)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
