"""Lines of an import that may be told twice: found set by set in the database, never row by row.

Two views of one sale are no duplicate: where the distributor reports what it sold to a reseller (sell-through) and
the reseller what it sold on (sell-out), both lines are right. So lines of different flows are never suspected. Lines
of one flow, or where a flow is not told, are: by their serial number, by their invoice (of one partner in several
files, or of two partners one of which is the other's parent or distributor), or because they are much alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection

from headrace.sales.models import Doubt, Import

ALIKE_DAYS_MAX = 3
INVOICE_DAYS_MAX = 7
# What stands on more lines of a file than this is no number, but a text in its stead: “CASH”, “N/A”.
LINES_PER_NUMBER_MAX = 20
# So many equal sales to one customer on one day are a way of selling, and tell nothing about duplicates.
LINES_A_DAY_MAX = 3
CANDIDATES_MAX = 20_000
SCORE_MIN = 65


@dataclass(frozen=True, slots=True)
class Pair:
    """Two lines with what speaks for their being one: codes of doubt_reasons."""

    kind: Doubt.Kind
    earlier: int
    later: int
    score: int
    reasons: tuple[str, ...]


# What is compared of two lines, beside what each search demands.
COMPARED = """one.id, other.id, {days}, one.partner_id = other.partner_id,
    one.net_amount_e4 = other.net_amount_e4 AND one.currency = other.currency,
    CASE WHEN one.order_key IS NULL OR other.order_key IS NULL THEN NULL
         ELSE one.order_key = other.order_key END,
    one.import_run_id = other.import_run_id, one.flow = other.flow"""

# Both stand, neither corrects the other, and neither is corrected by a third.
STAND = """
    AND NOT EXISTS (SELECT 1 FROM sales_line_withdrawal gone WHERE gone.line_id IN (one.id, other.id))
    AND NOT EXISTS (
        SELECT 1 FROM sales_line correction WHERE correction.organisation_id = one.organisation_id
        AND NOT (correction.supersedes = '') AND correction.supersedes IN (one.external_id, other.external_id))"""
SAME_STEP = "(one.flow = other.flow OR one.flow = '' OR other.flow = '')"

SERIAL = """
WITH numbers AS (
    SELECT serial FROM sales_line WHERE import_run_id = %(run)s AND NOT (serial = '')
    GROUP BY serial HAVING COUNT(*) <= %(number_max)s)
SELECT {compared} FROM sales_line one
JOIN sales_line other ON other.organisation_id = one.organisation_id AND other.serial = one.serial
    AND NOT (other.serial = '') AND other.product_id = one.product_id AND other.external_id <> one.external_id
WHERE one.import_run_id = %(run)s AND one.serial IN (SELECT serial FROM numbers)
    AND (other.import_run_id <> one.import_run_id OR other.id < one.id)
    AND one.quantity_e4 > 0 AND other.quantity_e4 > 0 AND {same_step} {stand}
    AND NOT EXISTS (
        SELECT 1 FROM sales_line back WHERE back.organisation_id = one.organisation_id
        AND back.serial = one.serial AND NOT (back.serial = '') AND back.quantity_e4 < 0)
LIMIT %(candidates_max)s"""

INVOICE = """
WITH fresh AS (
    SELECT id, COUNT(*) OVER (PARTITION BY order_key, product_id, quantity_e4) AS lines FROM sales_line
    WHERE import_run_id = %(run)s AND order_key IS NOT NULL AND product_id IS NOT NULL AND quantity_e4 > 0),
family AS (
    SELECT partner_id AS one, parent_id AS other FROM partners_attributes
    WHERE organisation_id = %(organisation)s AND parent_id IS NOT NULL
    UNION SELECT parent_id, partner_id FROM partners_attributes
    WHERE organisation_id = %(organisation)s AND parent_id IS NOT NULL
    UNION SELECT partner_id, distributor_id FROM partners_attributes
    WHERE organisation_id = %(organisation)s AND distributor_id IS NOT NULL
    UNION SELECT distributor_id, partner_id FROM partners_attributes
    WHERE organisation_id = %(organisation)s AND distributor_id IS NOT NULL)
SELECT {compared} FROM fresh JOIN sales_line one ON one.id = fresh.id
JOIN sales_line other ON other.order_key = one.order_key AND other.product_id = one.product_id
    AND other.quantity_e4 = one.quantity_e4 AND other.import_run_id <> one.import_run_id
    AND other.external_id <> one.external_id
LEFT JOIN family ON family.one = one.partner_id AND family.other = other.partner_id
WHERE fresh.lines <= %(number_max)s AND (other.partner_id = one.partner_id OR family.one IS NOT NULL)
    AND ABS({days}) <= %(days_max)s AND {same_step} {stand}
LIMIT %(candidates_max)s"""

# Of lines that are equal in all that makes a sale, each is compared with the one before it: by sorting, so that a
# thousand equal lines are a thousand pairs and not half a million.
ALIKE = """
WITH fresh AS (
    SELECT DISTINCT line.customer_id, line.partner_id, line.product_id FROM sales_line line
    WHERE line.import_run_id = %(run)s AND line.customer_id IS NOT NULL AND line.product_id IS NOT NULL
        AND line.quantity_e4 > 0
        AND EXISTS (  -- most have none, and need not be sorted
            SELECT 1 FROM sales_line twin WHERE twin.customer_id = line.customer_id
            AND twin.partner_id = line.partner_id AND twin.product_id = line.product_id
            AND twin.quantity_e4 = line.quantity_e4 AND twin.id <> line.id)),
alike AS (
    SELECT line.id, LAG(line.id) OVER equal_lines AS before_id,
        COUNT(*) OVER (
            PARTITION BY line.partner_id, line.product_id, line.customer_id, line.quantity_e4, line."on"
        ) AS that_day
    FROM fresh JOIN sales_line line ON line.customer_id = fresh.customer_id
        AND line.partner_id = fresh.partner_id AND line.product_id = fresh.product_id
    LEFT JOIN sales_line_withdrawal withdrawal ON withdrawal.line_id = line.id
    WHERE withdrawal.id IS NULL AND line.quantity_e4 > 0
    WINDOW equal_lines AS (
        PARTITION BY line.partner_id, line.product_id, line.customer_id, line.quantity_e4, line.currency,
            line.flow
        ORDER BY line."on", line.order_key, line.id))
SELECT {compared} FROM alike
JOIN sales_line one ON one.id = CASE WHEN alike.id > alike.before_id THEN alike.id ELSE alike.before_id END
JOIN sales_line other ON other.id = CASE WHEN alike.id > alike.before_id THEN alike.before_id ELSE alike.id END
WHERE alike.before_id IS NOT NULL AND alike.that_day <= %(day_max)s AND one.import_run_id = %(run)s
    AND ABS({days}) <= %(days_max)s
    AND ABS(one.net_amount_e4 - other.net_amount_e4) <= ABS(other.net_amount_e4) / 100 {stand}
LIMIT %(candidates_max)s"""


def duplicates(run: Import) -> list[Pair]:
    """The suspected duplicates of the lines of an import, for each line at most the likeliest."""
    found: dict[int, Pair] = {}
    for pair in (*_serials(run), *_invoices(run), *_alike(run)):
        known = found.get(pair.later)
        if pair.score >= SCORE_MIN and (known is None or pair.score > known.score):
            found[pair.later] = pair
    return list(found.values())


@dataclass(frozen=True, slots=True)
class _Candidate:
    """Two lines as a search compared them; `same_order` is None where one of them names no order."""

    later: int
    earlier: int
    days: int
    same_partner: bool
    same_amount: bool
    same_order: bool | None
    same_file: bool
    same_flow: bool

    def pair(self, kind: Doubt.Kind, weights: Iterable[tuple[bool, int, str]]) -> Pair:
        """The pair with the sum of the weights that hold, from 0 to 100, and their reasons."""
        holding = [(weight, reason) for holds, weight, reason in weights if holds]
        score = max(0, min(100, sum(weight for weight, _reason in holding)))
        return Pair(kind, self.earlier, self.later, score, tuple(reason for _weight, reason in holding))


def _serials(run: Import) -> Iterator[Pair]:
    for found in _candidates(SERIAL, run):
        yield found.pair(
            Doubt.Kind.SERIAL,
            (
                (True, 90, "same_serial"),
                (found.same_partner, 5, "same_partner"),
                (not found.same_partner, 0, "other_partner"),
                (found.days == 0, 5, "same_day"),
                (not found.same_flow, -10, "flow_not_told"),
            ),
        )


def _invoices(run: Import) -> Iterator[Pair]:
    for found in _candidates(INVOICE, run, days_max=INVOICE_DAYS_MAX):
        yield found.pair(
            Doubt.Kind.INVOICE,
            (
                (True, 60, "same_invoice"),
                (found.same_partner, 20, "same_partner"),
                (not found.same_partner, 10, "related_partner"),
                (found.days == 0, 15, "same_day"),
                (found.days != 0, 0, "days_apart"),
                (found.same_amount, 5, "same_amount"),
                (not found.same_flow, -10, "flow_not_told"),
            ),
        )


def _alike(run: Import) -> Iterator[Pair]:
    for found in _candidates(ALIKE, run, days_max=ALIKE_DAYS_MAX, day_max=LINES_A_DAY_MAX):
        one_invoice = found.same_order is True and found.same_file
        yield found.pair(
            Doubt.Kind.ALIKE,
            (
                (True, 40, "alike"),
                (found.days == 0, 20, "same_day"),
                (abs(found.days) == 1, 10, "days_apart"),
                (abs(found.days) > 1, 0, "days_apart"),
                (found.same_amount, 20, "same_amount"),
                (not found.same_amount, 10, "close_amount"),
                (found.same_order is True and not one_invoice, 20, "same_order"),
                (found.same_order is False, -20, "other_order"),
                # Several lines of one product on one invoice of one file: the invoice's own affair.
                (one_invoice, -30, "same_order"),
                (found.same_file, -10, "same_file"),
                (not found.same_file, 10, "other_file"),
            ),
        )


def _candidates(search: str, run: Import, **bounds: int) -> Iterator[_Candidate]:
    sql = search.format(
        compared=COMPARED.format(days=days("one", "other")),
        days=days("one", "other"),
        same_step=SAME_STEP,
        stand=STAND,
    )
    given: dict[str, Any] = {
        "run": run.pk,
        "organisation": run.organisation_id,
        "number_max": LINES_PER_NUMBER_MAX,
        "candidates_max": CANDIDATES_MAX,
        **bounds,
    }
    with connection.cursor() as cursor:
        cursor.execute(sql, given)
        for later, earlier, apart, *same in cursor.fetchall():
            partner, amount, order, file, flow = (None if told is None else bool(told) for told in same)
            yield _Candidate(
                later, earlier, apart, bool(partner), bool(amount), order, bool(file), bool(flow)
            )


def days(one: str, other: str) -> str:
    """SQL for the days from the date of `other` to that of `one`."""
    if connection.vendor == "postgresql":
        return f'({one}."on" - {other}."on")'
    return f'CAST(julianday({one}."on") - julianday({other}."on") AS INTEGER)'
