"""How long a made-up file of a million sales takes to come in, by the clock, and how much memory.

python bench/import_million.py [--rows 1000000]
python tests/postgres.py -- python bench/import_million.py

Founds a brand with 2,000 partners and 600 products in an empty database (HEADRACE_DATABASE, else SQLite in a
temporary folder), imports the file as the browser's job does, and checks that no row was lost. Of the 50,000
customers none is known.
"""

import argparse
import os
import random
import resource
import tempfile
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

PARTNERS, PRODUCTS, CUSTOMERS = 2_000, 600, 50_000
MAPPING = """
mapping: million
files:
  - file: million.csv
    kind: sales
    format: {delimiter: ";", decimal: ",", date: DD.MM.YYYY}
    columns:
      id: Line
      order_id: Order
      partner: Dealer
      product: Article
      customer: {column: Buyer, unknown: create}
      "on": Date
      quantity: Pieces
      net_amount: Net
    attributes:
      discount: {column: Discount, type: number}
      channel: Channel
"""
HEADER = "Line;Order;Dealer;Article;Buyer;Date;Pieces;Net;Discount;Channel\n"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=1_000_000)
    rows = parser.parse_args().rows
    with tempfile.TemporaryDirectory() as home:
        os.environ |= {"HEADRACE_HOME": home, "DJANGO_SETTINGS_MODULE": "headrace.config.settings"}
        path = Path(home, "million.csv")
        with path.open("w") as file:
            file.write(HEADER)
            file.writelines(made_up(rows))
        size = path.stat().st_size
        begun, processor = time.perf_counter(), processor_seconds()
        import_file(path, rows)
    print(
        f"{rows:,} rows, {size / 1e6:.0f} MB: {time.perf_counter() - begun:.1f} s by the clock, "
        f"{processor_seconds() - processor:.1f} s of processors, {peak_mib():.0f} MiB at most in one process"
    )


def made_up(rows: int) -> Iterator[str]:
    chance = random.Random(1)
    days = [f"{date(2026, 1, 1) + timedelta(day):%d.%m.%Y}" for day in range(365)]
    for number in range(rows):
        cents = chance.randrange(100, 1_000_000)
        yield (
            f"L{number:08};O{number // 3:07};d{chance.randrange(PARTNERS)};p{chance.randrange(PRODUCTS)};"
            f"c{chance.randrange(CUSTOMERS)};{chance.choice(days)};{chance.randrange(1, 20)};"
            f"{cents // 100},{cents % 100:02};{chance.randrange(30)};{chance.choice(('shop', 'web'))}\n"
        )


def import_file(path: Path, rows: int) -> None:
    import django

    django.setup()
    from django.core.management import call_command

    from headrace.base import files
    from headrace.base.models import Organisation
    from headrace.partners.models import Partner
    from headrace.sales import actions
    from headrace.sales.models import Product, SalesLine

    call_command("migrate", verbosity=0)
    brand = Organisation.objects.create(code="bench", name="Bench", currency="EUR")
    for model, letter, count in ((Partner, "d", PARTNERS), (Product, "p", PRODUCTS)):
        names = [f"{letter}{number}" for number in range(count)]
        model.objects.bulk_create([model(organisation=brand, code=name, name=name) for name in names])
    document = actions.keep_mapping(organisation=brand, text=MAPPING)
    file = actions.receive_file(organisation=brand, name=path.name, chunks=files.chunks_of(path))
    begun = time.perf_counter()
    run = actions.import_file(organisation=brand, file=file, document=document).run
    print(f"import alone: {time.perf_counter() - begun:.1f}")
    assert run is not None
    assert run.accepted == rows == SalesLine.objects.count(), "a row was lost"


def processor_seconds() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def peak_mib() -> float:
    who = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return max(resource.getrusage(one).ru_maxrss for one in who) / 1024


if __name__ == "__main__":
    main()
