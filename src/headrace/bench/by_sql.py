"""The five programmes as SQL that a careful analyst would write by hand for DuckDB: the limit to measure against.

Amounts are whole numbers: cents, and shares of them by the denominators of the rates. Numbers of 64 bits are enough
for these facts; the analyst knows that, the plan must work it out.
"""

from collections.abc import Mapping
from pathlib import Path

import duckdb
import pyarrow as pa

from headrace.bench.ways import Limits, files

_CENTS = "(net_amount * 100)::BIGINT"
_LIFE = "\"on\" BETWEEN DATE '2026-01-01' AND DATE '2026-12-31'"

# The facts that each programme admits: recipient, period_from, fact, v (what it weighs).
ADMITTED = {
    "a": f"""
        SELECT partner AS recipient, date_trunc('month', "on")::DATE AS period_from, id AS fact, {_CENTS} AS v
        FROM sales WHERE {_LIFE} AND product IN (SELECT id FROM products WHERE category <> 'Services')""",
    "b": f"""
        SELECT partner AS recipient, date_trunc('quarter', "on")::DATE AS period_from, id AS fact, {_CENTS} AS v
        FROM sales WHERE {_LIFE}""",
    "c": """
        SELECT partner AS recipient, DATE '2026-03-01' AS period_from, id AS fact, quantity AS v
        FROM sales AS f
        WHERE "on" BETWEEN DATE '2026-03-01' AND DATE '2026-05-31'
            AND product IN (SELECT id FROM products WHERE brand = 'Listed')
            AND NOT EXISTS (
                SELECT 1 FROM sales AS s
                WHERE s.customer = f.customer AND s."on" < f."on" AND s."on" >= f."on" - INTERVAL 12 MONTHS
                    AND (s.quantity > 0 OR s.net_amount > 0)
                    AND s."on" BETWEEN DATE '2025-03-01' AND DATE '2026-05-31')""",
    # Weights in twentieths of a point's cent: 2 × 1.5 × 1.25 has three binary places.
    "d": f"""
        SELECT partner AS recipient, date_trunc('month', "on")::DATE AS period_from, sales.id AS fact,
            {_CENTS} * CASE category WHEN 'Bikes' THEN 4 WHEN 'Clothing' THEN 3 ELSE 2 END
                * CASE tier WHEN 'gold' THEN 5 ELSE 4 END AS v
        FROM sales JOIN products ON products.id = product JOIN partners ON partners.id = partner WHERE {_LIFE}""",
    "e": f"""
        SELECT partner AS recipient, date_trunc('month', "on")::DATE AS period_from, sales.id AS fact, {_CENTS} AS v
        FROM sales WHERE {_LIFE}""",
}

# The groups: recipient, period_from, amount, whole (the sum of the weights).
EARNED = {
    "a": """
        SELECT recipient, period_from, whole,
            least((greatest(whole, 0) * 10 + greatest(whole - 200000, 0) * 10 + greatest(whole - 600000, 0) * 15
                + 500) // 1000, 15000) AS amount
        FROM (SELECT recipient, period_from, sum(v)::BIGINT AS whole FROM a_admitted GROUP BY ALL)""",
    "b": f"""
        SELECT now.recipient, now.period_from, whole,
            CASE WHEN x * 100 >= was * 115 THEN (whole * 25 + 500) // 1000
                WHEN x * 100 >= was * 105 THEN (whole * 125 + 5000) // 10000
                WHEN x >= was THEN (whole * 5 + 500) // 1000 ELSE 0 END AS amount
        FROM (SELECT partner AS recipient, date_trunc('quarter', "on")::DATE AS period_from,
                sum(quantity)::BIGINT AS x, sum({_CENTS})::BIGINT AS whole
            FROM sales WHERE {_LIFE} GROUP BY ALL) AS now
        JOIN (SELECT partner AS recipient, (date_trunc('quarter', "on") + INTERVAL 1 YEAR)::DATE AS period_from,
                sum(quantity)::BIGINT AS was
            FROM sales WHERE "on" BETWEEN DATE '2025-01-01' AND DATE '2025-12-31' GROUP BY ALL) AS before
        ON before.recipient = now.recipient AND before.period_from = now.period_from
        WHERE was > 0""",
    "c": """
        SELECT recipient, period_from, whole, least(whole * 750, 7500) AS amount
        FROM (SELECT recipient, period_from, sum(v)::BIGINT AS whole FROM c_admitted GROUP BY ALL)""",
    "d": """
        SELECT recipient, period_from, whole, whole // 800 AS amount
        FROM (SELECT recipient, period_from, sum(v)::BIGINT AS whole FROM d_admitted GROUP BY ALL)""",
    "e": f"""
        SELECT partner AS recipient, date_trunc('month', "on")::DATE AS period_from,
            sum({_CENTS})::BIGINT AS whole,
            CASE WHEN sum(CASE category WHEN 'Bikes' THEN {_CENTS} END) >= 40000
                AND sum(CASE category WHEN 'Accessories' THEN {_CENTS} END) >= 30000
                AND sum(CASE category WHEN 'Clothing' THEN {_CENTS} END) >= 30000 THEN 5000 ELSE 0 END AS amount
        FROM sales JOIN products ON products.id = product WHERE {_LIFE} GROUP BY ALL""",
}

# By largest remainder, ties by fact: only facts of groups that earn anything are looked at.
SHARED = """
    SELECT recipient, period_from, fact,
        lower + (place <= left_over)::BIGINT AS share
    FROM (
        SELECT *, row_number() OVER (PARTITION BY recipient, period_from ORDER BY rest DESC, fact) AS place,
            amount - (sum(lower) OVER (PARTITION BY recipient, period_from))::BIGINT AS left_over
        FROM (
            SELECT f.recipient, f.period_from, fact, amount, amount * v // whole AS lower,
                amount * v % whole AS rest
            FROM {name}_admitted AS f JOIN {name}_earnings AS g
            ON g.recipient = f.recipient AND g.period_from = f.period_from
            WHERE amount > 0))"""


class BySql:
    """DuckDB with the statements above."""

    def __init__(self, folder: Path, limits: Limits) -> None:
        self.database = duckdb.connect(config={"temp_directory": str(folder / "spill")})
        if limits.memory_gib is not None:
            self.database.execute(f"SET memory_limit = '{limits.memory_gib}GiB'")
        if limits.threads is not None:
            self.database.execute(f"SET threads = {limits.threads}")
        for name, file in files(folder).items():
            self.database.read_parquet(file).create_view(name)

    def earn(self, programme: str) -> None:
        self.database.execute(f"CREATE VIEW {programme}_admitted AS {ADMITTED[programme]}")
        self.database.execute(f"CREATE TABLE {programme}_earnings AS {EARNED[programme]}")

    def attribute(self, programme: str) -> None:
        self.database.execute(f"CREATE TABLE {programme}_shares AS {SHARED.format(name=programme)}")

    def found(self, programme: str) -> Mapping[str, pa.Table]:
        return {
            name: self.database.sql(f"FROM {programme}_{name}").to_arrow_table()
            for name in ("earnings", "shares")
        }
