"""Sales of a made-up market, as many as asked for and always the same by one seed."""

import sys
from pathlib import Path

import duckdb

from headrace.bench.ways import WARM_UP

# Sales of a partner in two years, in the mean.
_PER_PARTNER = 500
_PRODUCTS = 600
_WARM_UP_FACTS = 1000
CATEGORIES = ("Bikes", "Accessories", "Clothing", "Components", "Services", "Tools")
TIERS = ("registered", "silver", "gold")

# A number below `most` that looks like chance: of the row, the seed and what it is for.
_CHANCE = "(hash(i, {seed}, '{what}') % {most})::BIGINT"


def make(folder: Path, facts: int, seed: int = 1) -> None:
    """Writes sales.parquet (sorted by partner), partners.parquet and products.parquet into a folder.

    Partners differ in size; a tenth of the lines are of listed products; amounts are whole cents.
    """
    folder.mkdir(parents=True, exist_ok=True)
    partners = max(10, facts // _PER_PARTNER)
    database = duckdb.connect()
    # The rows of one range come out in their order, so that nothing has to be sorted.
    database.execute("SET preserve_insertion_order = true")
    for name, query in (
        ("sales", _sales(facts, partners, seed)),
        ("partners", _partners(partners, seed)),
        ("products", _products(seed)),
    ):
        file = str(folder / f"{name}.parquet")
        database.execute(f"COPY ({query}) TO $file (FORMAT parquet, ROW_GROUP_SIZE 122880)", {"file": file})


def _chance(what: str, most: int, seed: int) -> str:
    return _CHANCE.format(seed=int(seed), what=what, most=int(most))


def _sales(facts: int, partners: int, seed: int) -> str:
    quantity = f"1 + {_chance('quantity', 5, seed)}"
    return f"""
        SELECT 's' || lpad(i::VARCHAR, 10, '0') AS id,
            'p' || lpad(floor({partners} * pow(i / {facts}, 1.4))::BIGINT::VARCHAR, 7, '0') AS partner,
            DATE '2025-01-01' + {_chance("on", 730, seed)}::INTEGER AS "on",
            'x' || lpad({_chance("product", _PRODUCTS, seed)}::VARCHAR, 4, '0') AS product,
            'c' || lpad({_chance("customer", max(10, facts // 2), seed)}::VARCHAR, 8, '0') AS customer,
            ({quantity})::BIGINT AS quantity,
            (({quantity}) * (500 + {_chance("price", 12000, seed)}) * 0.01::DECIMAL(3, 2))::DECIMAL(15, 2)
                AS net_amount
        FROM range({facts}) AS r(i)"""


def _partners(partners: int, seed: int) -> str:
    tiers = ", ".join(f"'{tier}'" for tier in TIERS)
    return f"""
        SELECT 'p' || lpad(i::VARCHAR, 7, '0') AS id, [{tiers}][1 + {_chance("tier", len(TIERS), seed)}] AS tier
        FROM range({partners}) AS r(i)"""


def _products(seed: int) -> str:
    categories = ", ".join(f"'{category}'" for category in CATEGORIES)
    return f"""
        SELECT 'x' || lpad(i::VARCHAR, 4, '0') AS id,
            [{categories}][1 + {_chance("category", len(CATEGORIES), seed)}] AS category,
            CASE WHEN {_chance("brand", 10, seed)} = 0 THEN 'Listed' ELSE 'Other' END AS brand
        FROM range({_PRODUCTS}) AS r(i)"""


if __name__ == "__main__":
    target, facts, seed = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    make(target / WARM_UP, _WARM_UP_FACTS, seed)
    make(target, facts, seed)
