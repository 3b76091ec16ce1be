"""What partners took in against what they sold on: the change of their stock, as far as reports tell it.

A partner takes in what its own lines of sell-in (from the brand) and of sell-through (from its distributor) tell. It
sells on what its own lines of sell-out tell, and what the sell-through lines of those partners tell whose distributor
it was on that day. Returns count with their minus; what was withdrawn or corrected does not count. Quantities are
integers at 1e-4.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from headrace.base.models import Organisation
from headrace.partners.models import Partner, PartnerAttributes
from headrace.sales.models import Product, SalesLine
from headrace.sales.withdrawals import standing_lines

TAKEN_IN = (SalesLine.Flow.SELL_IN, SalesLine.Flow.SELL_THROUGH)
ROWS_AT_ONCE = 1_000

# Both sides of each partner and product, and only partners of whom both sides are reported at all.
GAPS = """
WITH counted AS (
    SELECT line.partner_id, line.product_id, line."on", line.flow, line.quantity_e4
    FROM sales_line line LEFT JOIN sales_line_withdrawal withdrawal ON withdrawal.line_id = line.id
    WHERE line.organisation_id = %(organisation)s AND line."on" >= %(first)s AND line."on" <= %(last)s
        AND line.flow <> '' AND line.product_id IS NOT NULL AND withdrawal.id IS NULL
        AND NOT EXISTS (
            SELECT 1 FROM sales_line later
            LEFT JOIN sales_line_withdrawal undone ON undone.line_id = later.id
            WHERE later.organisation_id = line.organisation_id AND NOT (later.supersedes = '')
                AND later.supersedes = line.external_id AND undone.id IS NULL
        )
), moved AS (
    SELECT partner_id, product_id,
        CASE WHEN flow = 'sell_out' THEN 0 ELSE quantity_e4 END AS taken_in,
        CASE WHEN flow = 'sell_out' THEN quantity_e4 ELSE 0 END AS sold_on
    FROM counted
    UNION ALL
    SELECT held.distributor_id, counted.product_id, 0, counted.quantity_e4
    FROM counted JOIN partners_attributes held ON held.partner_id = counted.partner_id
        AND (held.valid_from IS NULL OR held.valid_from <= counted."on")
        AND (held.valid_to IS NULL OR held.valid_to >= counted."on")
    WHERE counted.flow = 'sell_through' AND held.distributor_id IS NOT NULL
), gaps AS (
    SELECT partner_id, product_id,
        CAST(SUM(taken_in) AS BIGINT) AS taken_in, CAST(SUM(sold_on) AS BIGINT) AS sold_on
    FROM moved GROUP BY partner_id, product_id
), told AS (
    SELECT partner_id FROM gaps GROUP BY partner_id
    HAVING SUM(ABS(taken_in)) > 0 AND SUM(ABS(sold_on)) > 0
)
"""
FOUND = """
FROM gaps JOIN told ON told.partner_id = gaps.partner_id
    JOIN partners_partner partner ON partner.id = gaps.partner_id
    JOIN sales_product product ON product.id = gaps.product_id
WHERE (%(partner)s = '' OR LOWER(partner.code) = %(partner)s OR LOWER(partner.name) LIKE %(partner_like)s ESCAPE '!')
    AND (%(product)s = '' OR LOWER(product.code) = %(product)s OR LOWER(product.name) LIKE %(product_like)s ESCAPE '!')
"""
SELECTED = """
SELECT partner.id, partner.code, partner.name, product.id, product.code, product.name, taken_in, sold_on
"""
GREATEST_FIRST = "ORDER BY ABS(taken_in - sold_on) DESC, partner.code, product.code"


@dataclass(frozen=True, slots=True)
class Asked:
    """A period, both days included, and a part of the name or the whole code of a partner or product."""

    first: date
    last: date
    partner: str = ""
    product: str = ""


@dataclass(frozen=True, slots=True)
class Gap:
    """A partner's movement of a product. A gap above zero has stayed in its stock, one below came out of it."""

    partner: int
    partner_code: str
    partner_name: str
    product: int
    product_code: str
    product_name: str
    taken_in_e4: int
    sold_on_e4: int

    @property
    def gap_e4(self) -> int:
        return self.taken_in_e4 - self.sold_on_e4

    @property
    def share(self) -> Decimal | None:
        """What was sold on of what was taken in; None where nothing was."""
        return Decimal(self.sold_on_e4) / self.taken_in_e4 if self.taken_in_e4 > 0 else None


@dataclass(frozen=True, slots=True)
class Totals:
    """How many gaps there are, and both sides of all of them together."""

    count: int
    taken_in_e4: int
    sold_on_e4: int

    @property
    def gap_e4(self) -> int:
        return self.taken_in_e4 - self.sold_on_e4


class Gaps:
    """The gaps that were asked for, the greatest first: counted once, read page by page."""

    def __init__(self, organisation: Organisation, asked: Asked) -> None:
        self.params: dict[str, int | str | date] = {
            "organisation": organisation.pk,
            "first": asked.first,
            "last": asked.last,
            **_named("partner", asked.partner),
            **_named("product", asked.product),
        }

    def __len__(self) -> int:
        return self.totals.count

    @cached_property
    def totals(self) -> Totals:
        """Of all that were asked for."""
        sums = "COALESCE(CAST(SUM(taken_in) AS BIGINT), 0), COALESCE(CAST(SUM(sold_on) AS BIGINT), 0)"
        with connection.cursor() as cursor:
            cursor.execute(f"{GAPS} SELECT COUNT(*), {sums} {FOUND}", self.params)
            return Totals(*cursor.fetchone())

    def __getitem__(self, places: slice) -> list[Gap]:
        start, stop, _step = places.indices(len(self))
        return self._read(max(stop - start, 0), start)

    def __iter__(self) -> Iterator[Gap]:
        """All of them, read at once: for a file."""
        with connection.chunked_cursor() as cursor:
            cursor.execute(f"{GAPS} {SELECTED} {FOUND} {GREATEST_FIRST}", self.params)
            while rows := cursor.fetchmany(ROWS_AT_ONCE):
                yield from (Gap(*row) for row in rows)

    def _read(self, count: int, start: int) -> list[Gap]:
        with connection.cursor() as cursor:
            cursor.execute(
                f"{GAPS} {SELECTED} {FOUND} {GREATEST_FIRST} LIMIT {int(count)} OFFSET {int(start)}",
                self.params,
            )
            return [Gap(*row) for row in cursor.fetchall()]


def _named(what: str, words: str) -> dict[str, str]:
    text = words.strip().lower()
    escaped = text.replace("!", "!!").replace("%", "!%").replace("_", "!_")
    return {what: text, f"{what}_like": f"%{escaped}%"}


def lines_of(partner: Partner, product: Product, asked: Asked) -> QuerySet[SalesLine]:
    """The lines that a gap is made of, the last sold first."""
    supplied = PartnerAttributes.objects.filter(
        Q(valid_from=None) | Q(valid_from__lte=OuterRef("on")),
        Q(valid_to=None) | Q(valid_to__gte=OuterRef("on")),
        partner=OuterRef("partner"),
        distributor=partner,
    )
    corrected = SalesLine.objects.filter(
        ~Q(supersedes=""),
        organisation=partner.organisation_id,
        supersedes=OuterRef("external_id"),
        withdrawal=None,
    )
    sold_on = Q(flow=SalesLine.Flow.SELL_THROUGH) & Q(Exists(supplied))
    lines = standing_lines(partner.organisation).filter(
        Q(partner=partner) & ~Q(flow="") | sold_on,
        ~Exists(corrected),
        product=product,
        on__gte=asked.first,
        on__lte=asked.last,
    )
    return lines.select_related("partner", "customer", "import_run__source").order_by("-on", "-pk")


def is_taken_in(line: SalesLine, partner: Partner) -> bool:
    """Whether the partner took in what a line of `lines_of` tells; else it sold it on."""
    return line.partner_id == partner.pk and line.flow in TAKEN_IN
