"""Sales lines in the console: a list with filters, and the same as CSV."""

from __future__ import annotations

import csv
from collections.abc import Iterator

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render

from headrace.base import formats
from headrace.base.access import user_of
from headrace.sales import line_queries
from headrace.sales.access import for_channel_managers
from headrace.sales.line_forms import LineFilter
from headrace.sales.models import SalesLine, Source
from headrace.sales.rejects import BYTE_ORDER_MARK, Echo
from headrace.sales.tables import neutralised

ROWS_A_PAGE = 50
COLUMNS = (
    "id", "order_id", "on", "partner", "product", "customer", "is_new_to_partner", "is_new", "quantity",
    "net_amount", "currency", "flow", "serial", "returns", "supersedes", "source", "import", "row", "withdrawn",
)  # fmt: skip


@for_channel_managers
def lines(request: HttpRequest) -> HttpResponse:
    """The lines that were asked for, the last reported first."""
    form = _form(request)
    wanted = form.wanted()
    found = line_queries.lines(user_of(request).organisation, wanted)
    page = Paginator(found, ROWS_A_PAGE).get_page(request.GET.get("page"))
    return render(
        request, "sales/console/lines.html", {"form": form, "page": page, "is_filtered": bool(wanted)}
    )


@for_channel_managers
def lines_csv(request: HttpRequest) -> StreamingHttpResponse:
    """The same lines as a file; no spreadsheet runs what is in it."""
    found = line_queries.lines(user_of(request).organisation, _form(request).wanted())
    response = StreamingHttpResponse(_as_csv(found), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="sales-lines.csv"'
    return response


def _form(request: HttpRequest) -> LineFilter:
    sources = Source.objects.filter(organisation=user_of(request).organisation).order_by("name")
    return LineFilter(sources, request.GET)


def _as_csv(found: QuerySet[SalesLine]) -> Iterator[str]:
    writer = csv.writer(Echo())
    yield BYTE_ORDER_MARK + writer.writerow(COLUMNS)
    for line in found.iterator(chunk_size=2000):
        yield writer.writerow(neutralised(cell) for cell in _cells(line))


def _cells(line: SalesLine) -> list[str]:
    return [
        line.external_id,
        line.order_id,
        line.on.isoformat(),
        line.partner.code,
        line.product.code if line.product else "",
        line.customer.code if line.customer else "",
        _told(line.is_new_to_partner),  # type: ignore[attr-defined]  # annotated
        _told(line.is_new),  # type: ignore[attr-defined]  # annotated
        str(formats.from_e4(line.quantity_e4)),
        str(formats.from_e4(line.net_amount_e4)),
        line.currency,
        line.flow,
        line.serial,
        line.returns,
        line.supersedes,
        line.import_run.source.code,
        str(line.import_run_id),
        str(line.row_number),
        _told(hasattr(line, "withdrawal")),
    ]


def _told(truth: bool | None) -> str:
    return {True: "yes", False: "no", None: ""}[truth]
