"""Returns that name no sale: which sale they may take back; and returns that take back more than was sold."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection

from headrace.sales.doubt_search import CANDIDATES_MAX, Pair, days
from headrace.sales.models import Doubt, Import

RETURN_DAYS_MAX = 365
SCORE_MIN = 60
# The likeliest sales of a return; the first of them of which enough is left is proposed.
SALES_TRIED_MAX = 5

# Both new returns and new sales of what was returned before: whichever comes last finds the other.
SALES_OF_RETURNS = """
WITH fresh AS (
    SELECT DISTINCT partner_id, product_id FROM sales_line
    WHERE import_run_id = %(run)s AND product_id IS NOT NULL),
wanted AS (
    SELECT line.* FROM fresh JOIN sales_line line
        ON line.partner_id = fresh.partner_id AND line.product_id = fresh.product_id
    WHERE line.quantity_e4 < 0 AND line.returns = ''
        AND NOT EXISTS (SELECT 1 FROM sales_line_withdrawal gone WHERE gone.line_id = line.id)
        AND NOT EXISTS (
            SELECT 1 FROM sales_doubt doubt
            WHERE doubt.later_id = line.id AND doubt.kind = 'return' AND doubt.state <> 'dismissed')),
matched AS (
    SELECT back.id AS back_id, sale.id AS sale_id, sale.external_id AS sale_number, sale.quantity_e4 AS sold,
        back.quantity_e4 AS returned, sale."on" AS sold_on, {days} AS days,
        CASE WHEN NOT (back.serial = '') AND back.serial = sale.serial THEN 1 ELSE 0 END AS same_serial,
        CASE WHEN back.order_key = sale.order_key THEN 1 ELSE 0 END AS same_order,
        CASE WHEN back.customer_id = sale.customer_id THEN 1 ELSE 0 END AS same_customer,
        CASE WHEN ABS({price_back} - {price_sale}) <= 0.01 * ABS({price_sale}) THEN 1 ELSE 0 END AS same_price
    FROM wanted back JOIN sales_line sale ON sale.partner_id = back.partner_id
        AND sale.product_id = back.product_id AND sale."on" <= back."on"
    WHERE {days} <= %(days_max)s AND sale.quantity_e4 >= -back.quantity_e4
        AND sale.currency = back.currency AND sale.flow = back.flow
        AND (back.customer_id IS NULL OR sale.customer_id IS NULL OR back.customer_id = sale.customer_id)
        AND (back.serial = '' OR sale.serial = '' OR back.serial = sale.serial)
        AND NOT EXISTS (SELECT 1 FROM sales_line_withdrawal gone WHERE gone.line_id = sale.id)
        AND NOT EXISTS (
            SELECT 1 FROM sales_doubt doubt WHERE doubt.later_id = back.id AND doubt.earlier_id = sale.id)),
ranked AS (
    SELECT matched.*, ROW_NUMBER() OVER (
        PARTITION BY back_id
        ORDER BY same_serial DESC, same_order DESC, same_customer DESC, same_price DESC, sold_on DESC, sale_id
    ) AS place FROM matched)
SELECT back_id, sale_id, days, same_serial, same_order, same_customer, same_price, sold = -returned
FROM ranked
WHERE place <= %(tried_max)s AND sold + returned + COALESCE((
    SELECT SUM(other.quantity_e4) FROM sales_line other
    WHERE other.organisation_id = %(organisation)s AND NOT (other.returns = '') AND other.returns = sale_number
        AND NOT EXISTS (SELECT 1 FROM sales_line_withdrawal gone WHERE gone.line_id = other.id)
    ), 0) >= 0
    AND NOT EXISTS (
        SELECT 1 FROM sales_line correction WHERE correction.organisation_id = %(organisation)s
        AND NOT (correction.supersedes = '') AND correction.supersedes = sale_number)
ORDER BY back_id, place
LIMIT %(candidates_max)s"""

EXCESSES = """
WITH named AS (
    SELECT DISTINCT returns FROM sales_line WHERE import_run_id = %(run)s AND NOT (returns = '')),
taken_back AS (
    SELECT line.returns, SUM(line.quantity_e4) AS quantity_e4, MAX(line.id) AS last_id
    FROM named JOIN sales_line line ON line.organisation_id = %(organisation)s
        AND NOT (line.returns = '') AND line.returns = named.returns
    LEFT JOIN sales_line_withdrawal withdrawal ON withdrawal.line_id = line.id
    WHERE withdrawal.id IS NULL GROUP BY line.returns)
SELECT taken_back.last_id, sale.id
FROM taken_back CROSS JOIN sales_line sale  -- in this order: few returns look their sales up
LEFT JOIN sales_line_withdrawal withdrawal ON withdrawal.line_id = sale.id
WHERE sale.organisation_id = %(organisation)s AND sale.external_id = taken_back.returns
    AND withdrawal.id IS NULL AND sale.quantity_e4 + taken_back.quantity_e4 < 0
LIMIT %(candidates_max)s"""


def sales_of_returns(run: Import) -> list[Pair]:
    """For each return that names no sale the sale it most likely takes back, where one is likely enough."""
    found: dict[int, Pair] = {}
    for pair in _proposals(run):
        if pair.score >= SCORE_MIN and pair.later not in found:
            found[pair.later] = pair
    return list(found.values())


def excesses(run: Import) -> list[Pair]:
    """The last of the returns of each sale of which more was returned than sold, among those the import names."""
    given = {"run": run.pk, "organisation": run.organisation_id, "candidates_max": CANDIDATES_MAX}
    with connection.cursor() as cursor:
        cursor.execute(EXCESSES, given)
        return [
            Pair(Doubt.Kind.EXCESS, earlier=sale, later=back, score=100, reasons=("more_returned",))
            for back, sale in cursor.fetchall()
        ]


def _proposals(run: Import) -> Iterator[Pair]:
    sql = SALES_OF_RETURNS.format(
        days=days("back", "sale"), price_back=_price("back"), price_sale=_price("sale")
    )
    given = {
        "run": run.pk,
        "organisation": run.organisation_id,
        "days_max": RETURN_DAYS_MAX,
        "tried_max": SALES_TRIED_MAX,
        "candidates_max": CANDIDATES_MAX,
    }
    with connection.cursor() as cursor:
        cursor.execute(sql, given)
        for back, sale, apart, *same in cursor.fetchall():
            serial, order, customer, price, whole = map(bool, same)
            weights = (
                (True, 30, "sold_before"),
                (serial, 50, "same_serial"),
                (order, 35, "same_order"),
                (customer, 25, "same_customer"),
                (price, 20, "same_price"),
                (whole, 5, "same_quantity"),
                (apart <= 30, 10, "within_month"),
                (30 < apart <= 90, 5, "within_quarter"),
            )
            holding = [(weight, reason) for holds, weight, reason in weights if holds]
            score = min(100, sum(weight for weight, _reason in holding))
            yield Pair(Doubt.Kind.RETURN, sale, back, score, tuple(reason for _weight, reason in holding))


def _price(line: str) -> str:
    """SQL for the price of a piece: only to tell whether two are about equal, nothing is paid by it."""
    return f"CAST({line}.net_amount_e4 AS DOUBLE PRECISION) / NULLIF(CAST({line}.quantity_e4 AS DOUBLE PRECISION), 0)"
