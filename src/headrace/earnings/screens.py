"""What both doors show of an earning: its calculation, the lines behind it, and the chart of months."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from headrace.base import charts, formats
from headrace.earnings import queries, results
from headrace.earnings.explain import Explanation
from headrace.earnings.models import Earning
from headrace.sales.models import SalesLine
from headrace.sales.queries import standing_lines

LINES_SHOWN_MAX = 10
LINES_A_PAGE = 50


@dataclass(frozen=True)
class LineShare:
    """A sales line with the part of the earning that it brought."""

    line: SalesLine
    share_minor: int


def receipt_context(earning: Earning) -> dict[str, Any]:
    """All that the page of an earning shows."""
    receipts = results.receipts(earning)
    shares = line_shares(earning)
    programme = earning.version.parsed
    rule = next(rule for rule in programme.rules if rule.key == earning.rule)
    explanations = [Explanation(receipt, programme, rule) for receipt in receipts]
    when = formats.period(earning.period_from, earning.period_to)
    return {
        "earning": earning,
        "explanations": explanations,
        "summaries": [one.summary(earning.recipient.name, when) for one in explanations],
        "shares": shares[:LINES_SHOWN_MAX],
        "shares_count": len(shares),
        "history": history(earning),
    }


def line_shares(earning: Earning) -> list[LineShare]:
    """The lines that made an earning, the largest share first."""
    shares = results.shares(earning)
    known = standing_lines(earning.organisation, as_of=earning.run.snapshot.as_of)
    lines = known.filter(external_id__in=list(shares)).select_related("product", "customer", "partner")
    found = [LineShare(line, shares[line.external_id]) for line in lines]
    return sorted(found, key=lambda share: (-share.share_minor, share.line.external_id))


def history(earning: Earning) -> list[Earning]:
    """The rows of the earning's chain, oldest first."""
    return list(
        Earning.objects.filter(programme_id=earning.programme_id, key=earning.key)
        .select_related("run")
        .order_by("pk")
    )


def lines_csv(earning: Earning) -> HttpResponse:
    """All lines behind an earning as a file."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="earning-{earning.pk}-lines.csv"'
    writer = csv.writer(response)
    writer.writerow(
        ["id", "order_id", "on", "product", "quantity", "net_amount", "currency", "share", "unit"]
    )
    for share in line_shares(earning):
        line = share.line
        writer.writerow(
            [
                *(spreadsheet_safe(text) for text in (line.external_id, line.order_id)),
                line.on.isoformat(),
                spreadsheet_safe(line.product.code if line.product else ""),
                formats.from_e4(line.quantity_e4),
                formats.from_e4(line.net_amount_e4),
                line.currency,
                formats.from_minor(share.share_minor, earning.unit),
                earning.unit,
            ]
        )
    return response


def spreadsheet_safe(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def month_chart(title: str, earnings: QuerySet[Earning], unit: str, today: date) -> SafeString:
    """What was earned in each of the last twelve months; the present one is still open."""
    months = queries.months_until(today)
    return charts.bar_chart(
        title=title,
        labels=[formats.short_month(month) for month in months],
        label_heading=_("Month"),
        series=[charts.Series(_("Earned"), queries.cost_by_month(earnings, unit, months))],
        write=lambda minor: formats.money(minor, unit),
        write_tick=lambda minor: formats.short_money(minor, unit),
        open_from=len(months) - 1,
    )


def main_unit(totals: Sequence[queries.Total], fallback: str) -> str:
    """The unit that most was earned in: what a chart of one unit shows."""
    return totals[0].unit if totals else fallback
