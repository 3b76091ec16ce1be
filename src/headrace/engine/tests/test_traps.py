"""Silent mistakes of SQL engines and formats, each reproduced: that the plan does not step into them."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from headrace.engine import money, sql
from headrace.engine.backends.database import OutOfRoomError
from headrace.engine.backends.duckdb import DuckDB
from headrace.engine.expressions import parse
from headrace.engine.money import Exact
from headrace.engine.programme import Audience, Calendar, Every, Programme, Rule
from headrace.engine.run import calculate
from headrace.engine.scales import Flat
from headrace.engine.sql import Stage, TooWideError

from .tables_of import inputs_of

LOST_ROWS = """
create table line as
  select 'f' || i as id, 'p' || (i % 3) as partner, i as day, null::varchar as returns, null::varchar as credits
  from range(6) t(i);
create table days as select i as day, i // 90 as quarter, i // 90 + 1 as ends from range(6) t(i);
create table credits as select 'x' as text, 'p9' as recipient;
create table deducted as select id as fact, partner as recipient, 1 as given from line;
create view admitted as
  select line.id as fact, coalesce(credits.recipient, line.partner) as recipient, days.quarter, days.ends
  from line left join line sold on sold.id = line.returns
  join days on days.day = coalesce(sold.day, line.day)
  left join credits on credits.text = line.credits;
"""
LOST_ROWS_QUERY = """
select sum(other.given)
from (select recipient, quarter, max(ends) as ends from admitted group by recipient, quarter) own
left join (
  select a.recipient, a.quarter, sum(d.given) as given
  from admitted a join deducted d on a.fact = d.fact and a.recipient = d.recipient
  group by a.recipient, a.quarter
) other on own.recipient = other.recipient and own.quarter = other.quarter
where own.ends > 0
"""


def test_duckdb_shares_subplans_only_at_the_price_of_rows() -> None:
    """With all its optimizers DuckDB 2.0.0 finds no match in this join (as in its issue 25819): nothing instead of 6.

    When this fails because stock DuckDB finds 6 as well, the optimizer can be used again.
    """
    stock, ours = duckdb.connect(), DuckDB().connection
    for connection in (stock, ours):
        for statement in LOST_ROWS.split(";")[:-1]:
            connection.execute(statement).fetchall()
    assert stock.sql(LOST_ROWS_QUERY).fetchall() == [(None,)]
    assert ours.sql(LOST_ROWS_QUERY).fetchall() == [(6,)]


def test_wide_numbers_leave_as_decimals_not_as_doubles(tmp_path: Path) -> None:
    """DuckDB writes HUGEINT to Parquet as DOUBLE."""
    database, exact = DuckDB(), 2**53 + 1
    query = sql.select({"n": sql.wide(sql.whole(exact))}, sql.exp.select("1"))
    table = database.rows(query)
    assert table.schema.field("n").type == pa.decimal128(38, 0)
    pq.write_table(table, tmp_path / "n.parquet")
    assert int(pq.read_table(tmp_path / "n.parquet")["n"][0].as_py()) == exact
    file = tmp_path / "hugeint.parquet"
    database.connection.execute(f"copy (select {exact}::hugeint as n) to '{file}'").fetchall()
    assert database.connection.sql(f"select n::bigint from '{file}'").fetchall() == [(2**53,)]


def test_numbers_of_39_digits_leave_as_text() -> None:
    """HUGEINT holds numbers that no decimal of Arrow's 128 bits does."""
    widest = sql.add(sql.multiply(sql.wide(sql.whole(17 * 10**35)), sql.whole(100)), sql.whole(1))
    (row,) = DuckDB().rows(sql.select({"n": widest}, sql.exp.select("1"))).to_pylist()
    assert int(row["n"]) == 17 * 10**37 + 1


def test_a_literal_past_128_bits_is_refused() -> None:
    """DuckDB reads it as a number of a third kind, others as a floating-point number."""
    assert duckdb.sql(f"select typeof({10**39})").fetchall() != [("HUGEINT",)]
    with pytest.raises(TooWideError):
        sql.whole(10**37)


def test_a_sum_past_128_bits_raises() -> None:
    database = DuckDB()
    huge = sql.multiply(sql.wide(sql.whole(10**37 - 1)), sql.whole(17))
    with pytest.raises(OutOfRoomError):
        database.run(Stage("huge", sql.select({"n": sql.add(huge, huge)}, sql.exp.select("1"))))


@pytest.mark.parametrize("top", [-7, -6, -1, 0, 1, 6, 7])
def test_a_quotient_is_rounded_down_also_below_zero(top: int) -> None:
    """DuckDB's integer division cuts towards zero."""
    assert duckdb.sql("select -7 // 2").fetchall() == [(-3,)]
    quotient = money.quotient_down(sql.whole(top), sql.whole(3))
    (row,) = DuckDB().rows(sql.select({"n": quotient}, sql.exp.select("1"))).to_pylist()
    assert row["n"] == top // 3


def _flat(rate: str) -> Programme:
    rule = Rule("r", "sale", "partner", Every("month"), Flat(rate=Decimal(rate)))
    return Programme(
        "test", 1, {}, "EUR", 2, date(2026, 1, 1), date(2026, 12, 31), Calendar(), Audience(), (rule,)
    )


def test_nine_decimals_are_exact() -> None:
    """A double has 0.1 + 0.2 = 0.30000000000000004, and cents of ten million lines drift."""
    sales = [
        {"id": f"s{n}", "partner": "p1", "on": "2026-01-05", "net_amount": amount}
        for n, amount in enumerate(("0.100000001", "0.200000002", "90071992547.000000003"))
    ]
    result = calculate(_flat("1"), inputs_of(sales=sales))
    assert result.backend == "duckdb"
    assert result.earnings["amount_minor"].to_pylist() == [9007199254730]
    (receipt,) = result.receipts()
    assert receipt["measures"][0]["value"] == "90071992547.300000006"


def test_what_128_bits_cannot_hold_the_reference_calculator_does() -> None:
    rule = Rule("r", "sale", "partner", Every("month"), Flat(rate=Decimal("0.000001")))
    wide = "9007199254740993.123456789"
    sales = [{"id": "s", "partner": "p1", "on": "2026-01-05", "net_amount": wide, "list_amount": wide}]
    squared = parse("sum(net_amount * list_amount) / 1000000000000000")
    programme = replace(_flat("1"), rules=(replace(rule, base=squared),))
    result = calculate(programme, inputs_of(sales=sales))
    assert result.backend == "reference"
    expected = Fraction(wide) ** 2 / 10**15 / 10**6 * 100
    assert result.earnings["amount_minor"].to_pylist() == [int(expected + Fraction(1, 2))]


def test_shares_that_128_bits_cannot_hold_the_reference_calculator_gives() -> None:
    """The earning fits; its product with the weight of a fact does not."""
    wide = "9007199254740993.123456789"
    sales = [
        {"id": f"s{n}", "partner": "p1", "on": "2026-01-05", "net_amount": amount}
        for n, amount in enumerate((wide, "1"))
    ]
    result = calculate(_flat("1"), inputs_of(sales=sales))
    assert result.earnings["amount_minor"].to_pylist() == [900719925474099412]
    assert result.shares["share_minor"].to_pylist() == [900719925474099312, 100]
    assert result.backend == "reference"
    (receipt,) = result.receipts()
    assert receipt["amount"] == "9007199254740994.12"


def test_a_constant_is_multiplied_by_the_plan_not_the_database() -> None:
    """1E+4 is a double in DuckDB; here no number but a whole one is ever written."""
    product = money.multiply(Exact(sql.column("n"), Fraction(1, 100)), money.number(Decimal("1E+4")))
    assert product.whole.sql(dialect="duckdb") == '"n"'
    assert product.unit == 100
