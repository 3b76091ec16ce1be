"""Data quality in the console: every source with its score, one over time, and the rows behind a figure."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from headrace.base import formats
from headrace.base.access import user_of
from headrace.base.charts import Series, bar_chart, sparkline
from headrace.sales import quality as reads
from headrace.sales import quality_queries, queries
from headrace.sales.access import for_channel_managers, get_source
from headrace.sales.drafting.labels import LABELS
from headrace.sales.line_forms import EMPTY
from headrace.sales.models import Import, Source
from headrace.sales.quality import MonthQuality, SourceQuality
from headrace.sales.quality_words import MEANINGS, NAMES, tell_worst
from headrace.sales.report_periods import month_after

ROWS_A_PAGE = 50


@for_channel_managers
def quality(request: HttpRequest) -> HttpResponse:
    """Every source that sent sales, those with the lowest score first."""
    found = sorted(
        reads.sources_quality(user_of(request).organisation),
        key=lambda one: (one.latest.score, one.source.name),
    )
    page = Paginator(found, ROWS_A_PAGE).get_page(request.GET.get("page"))
    lines = [
        {
            "one": one,
            "worst": tell_worst(one.latest.worst),
            "trend": sparkline(
                title=_("Score by month: %(scores)s")
                % {"scores": ", ".join(formats.number(month.score) for month in one.months)},
                values=[month.score for month in one.months],
                low=0,
                high=100,
            ),
        }
        for one in page.object_list
    ]
    return render(request, "sales/console/quality.html", {"page": page, "lines": lines})


@for_channel_managers
def quality_source(request: HttpRequest, pk: int) -> HttpResponse:
    """A source over time, and a month of it figure by figure."""
    source = get_source(request, pk)
    found = reads.sources_quality(source.organisation, source)
    if not found:
        return render(request, "sales/console/quality_source.html", {"source": source})
    one = found[0]
    month = one.of(_month(request)) or one.latest
    return render(
        request,
        "sales/console/quality_source.html",
        {
            "source": source,
            "one": one,
            "month": month,
            "worst": tell_worst(month.worst),
            "chart": _chart(one),
            "dimensions": [_dimension(month, name) for name in reads.DIMENSIONS],
            "names": list(NAMES.values()),
            "history": [(told, _shares(told)) for told in reversed(one.months)],
        },
    )


def _chart(one: SourceQuality) -> str:
    return bar_chart(
        title=_("Score by month"),
        labels=[formats.short_month(month.month) for month in one.months],
        series=[Series(_("Score"), [month.score for month in one.months])],
        write=formats.number,
        label_heading=_("Month"),
    )


def _dimension(month: MonthQuality, name: str) -> dict[str, Any]:
    return {
        "key": name,
        "name": NAMES[name],
        "meaning": MEANINGS[name],
        "weight": reads.WEIGHTS[name],
        "ratio": next((ratio for ratio in month.ratios if ratio.dimension == name), None),
    }


def _shares(month: MonthQuality) -> list[tuple[Promise, Decimal | None]]:
    shares = {ratio.dimension: ratio.share for ratio in month.ratios}
    return [(NAMES[name], shares.get(name)) for name in reads.DIMENSIONS]


@for_channel_managers
def quality_rows(request: HttpRequest, pk: int) -> HttpResponse:
    """The rows behind a figure of a month."""
    source = get_source(request, pk)
    dimension = request.GET.get("of", reads.VALIDITY)
    if dimension not in reads.DIMENSIONS:
        raise Http404
    month = _month(request)
    runs = reads.imports_of_month(source, month)
    context: dict[str, Any] = {
        "source": source,
        "dimension": dimension,
        "month": month,
        "heading": NAMES[dimension],
        "meaning": MEANINGS[dimension],
    }
    if dimension == reads.COMPLETENESS:
        context["fields"] = _fields(source, month)
    else:
        page = Paginator(_rows(source, runs, dimension), ROWS_A_PAGE).get_page(request.GET.get("page"))
        context["page"] = page
        if dimension in (reads.VALIDITY, reads.UNIQUENESS):
            told = queries.told_rejects(page.object_list)
            context["rejects"] = list(zip(page.object_list, told, strict=True))
    return render(request, "sales/console/quality_rows.html", context)


def _rows(source: Source, runs: QuerySet[Import], dimension: str) -> Any:
    if dimension == reads.TIMELINESS:
        return quality_queries.late_days(source, runs)
    if dimension == reads.MATCHES:
        return quality_queries.unknown_rows(runs)
    return quality_queries.rejects(runs, dimension)


def _fields(source: Source, month: date) -> list[dict[str, Any]]:
    """The fields with empty cells, and the query that asks for their lines."""
    runs = reads.imports_of_month(source, month)
    last = month_after(month, 1) - timedelta(days=1)
    asked = {
        "source": source.code,
        "reported_first": month.isoformat(),
        "reported_last": last.isoformat(),
    }
    return [
        {
            "label": LABELS[one.field],
            "cells": one.cells,
            "is_needed": one.is_needed,
            "query": urlencode({**asked, "empty": one.field}) if one.field in EMPTY else "",
        }
        for one in quality_queries.empty_fields(runs)
    ]


def _month(request: HttpRequest) -> date:
    """The month that is asked for, as 2026-10; else this one."""
    try:
        return date.fromisoformat(f"{request.GET.get('month', '')}-01")
    except ValueError:
        return user_of(request).organisation.today.replace(day=1)
