"""Sell-in against sell-out in the console: the gaps, the same as CSV, the lines that one is made of."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, cast

from django import forms
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from headrace.base import formats
from headrace.base.access import user_of
from headrace.sales import sell_through as reads
from headrace.sales.access import for_channel_managers, get_partner_and_product
from headrace.sales.line_forms import DAY
from headrace.sales.rejects import BYTE_ORDER_MARK, Echo
from headrace.sales.report_periods import month_after
from headrace.sales.sell_through import Asked, Gap, Gaps
from headrace.sales.tables import neutralised

ROWS_A_PAGE = 50
MONTHS_AT_FIRST = 12
COLUMNS = (
    "partner", "partner_name", "product", "product_name", "from", "to", "taken_in", "sold_on", "gap",
)  # fmt: skip


class GapFilter(forms.Form):
    """A period and whom and what; a wrong value filters nothing."""

    first = forms.DateField(label=_("From"), required=False, widget=DAY)
    last = forms.DateField(label=_("To"), required=False, widget=DAY)
    partner = forms.CharField(label=_("Partner"), required=False, max_length=200)
    product = forms.CharField(label=_("Product"), required=False, max_length=200)


@for_channel_managers
def gaps(request: HttpRequest) -> HttpResponse:
    """What partners took in and sold on, by product, the greatest gap first."""
    form, asked = _asked(request)
    found = Gaps(user_of(request).organisation, asked)
    page: Page[Gap] = Paginator(cast(Sequence[Gap], found), ROWS_A_PAGE).get_page(request.GET.get("page"))
    context = {"form": form, "asked": asked, "page": page, "totals": found.totals}
    return render(request, "sales/console/sell_through.html", {**context, "gaps": list(page.object_list)})


@for_channel_managers
def gaps_csv(request: HttpRequest) -> StreamingHttpResponse:
    """The same as a file; no spreadsheet runs what is in it."""
    _form, asked = _asked(request)
    found = Gaps(user_of(request).organisation, asked)
    response = StreamingHttpResponse(_as_csv(found, asked), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="sell-through.csv"'
    return response


@for_channel_managers
def gap_lines(request: HttpRequest, partner: int, product: int) -> HttpResponse:
    """The lines that a gap is made of."""
    seller, sold = get_partner_and_product(request, partner, product)
    _form, asked = _asked(request)
    page = Paginator(reads.lines_of(seller, sold, asked), ROWS_A_PAGE).get_page(request.GET.get("page"))
    lines = [(line, reads.is_taken_in(line, seller)) for line in page.object_list]
    context: dict[str, Any] = {"partner": seller, "product": sold, "asked": asked}
    return render(request, "sales/console/sell_through_lines.html", {**context, "page": page, "lines": lines})


def _asked(request: HttpRequest) -> tuple[GapFilter, Asked]:
    """What is asked for; by itself the last twelve months, this one among them."""
    today = user_of(request).organisation.today
    at_first = {"first": month_after(today.replace(day=1), 1 - MONTHS_AT_FIRST), "last": today}
    form = GapFilter(request.GET)
    form.is_valid()
    asked = at_first | {name: value for name, value in form.cleaned_data.items() if value}
    shown = {name: value.isoformat() if name in at_first else value for name, value in asked.items()}
    return GapFilter(initial=shown), Asked(**asked)


def _as_csv(found: Iterable[Gap], asked: Asked) -> Iterator[str]:
    writer = csv.writer(Echo())
    yield BYTE_ORDER_MARK + writer.writerow(COLUMNS)
    for gap in found:
        quantities = (gap.taken_in_e4, gap.sold_on_e4, gap.gap_e4)
        cells = (
            *(gap.partner_code, gap.partner_name, gap.product_code, gap.product_name),
            *(asked.first.isoformat(), asked.last.isoformat()),
            *(str(formats.from_e4(quantity)) for quantity in quantities),
        )
        yield writer.writerow(neutralised(cell) for cell in cells)
