"""The reporting calendar in the console: what every source owes, one source, its calendar, a period that is waived."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from headrace.base.access import user_of
from headrace.sales import reporting as reads
from headrace.sales import reporting_actions as actions
from headrace.sales.access import for_channel_managers, get_source
from headrace.sales.models import ReportingCalendar, Source
from headrace.sales.reporting_forms import CalendarForm

ROWS_A_PAGE = 50
PERIODS_IN_LIST = 4


@for_channel_managers
def reporting(request: HttpRequest) -> HttpResponse:
    """Every source with its last periods, the late ones first."""
    organisation = user_of(request).organisation
    calendars = ReportingCalendar.objects.filter(organisation=organisation).select_related("source")
    found = reads.reports(organisation, list(calendars), count=PERIODS_IN_LIST)
    sources = Source.objects.filter(organisation=organisation).select_related("calendar").order_by("name")
    lines = sorted(
        ((source, found.get(source.pk, [])) for source in sources),
        key=lambda line: -sum(report.state == reads.LATE for report in line[1]),
    )
    page = Paginator(lines, ROWS_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "sales/console/reporting.html", {"page": page})


@for_channel_managers
def reporting_source(request: HttpRequest, pk: int) -> HttpResponse:
    """The periods of a source, with what came and whom it was asked of."""
    source = get_source(request, pk)
    calendar = ReportingCalendar.objects.filter(source=source).select_related("source", "partner").first()
    found = reads.reports(source.organisation, [calendar])[source.pk] if calendar else []
    return render(
        request,
        "sales/console/reporting_source.html",
        {"source": source, "calendar": calendar, "reports": found},
    )


@for_channel_managers
def reporting_calendar(request: HttpRequest, pk: int) -> HttpResponse:
    """When a source is to report, and who is reminded."""
    source = get_source(request, pk)
    calendar = ReportingCalendar.objects.filter(source=source).select_related("partner").first()
    calendar = calendar or ReportingCalendar(
        organisation=source.organisation,
        source=source,
        starts_on=source.organisation.today.replace(day=1),
        language=user_of(request).language,
    )
    form = CalendarForm(request.POST or None, instance=calendar)
    if request.method == "POST" and form.is_valid():
        actions.set_calendar(calendar=form.save(commit=False), user=user_of(request))
        messages.success(request, _("The reporting calendar is set."))
        return redirect("console:reporting_source", source.pk)
    return render(request, "sales/console/reporting_calendar.html", {"source": source, "form": form})


@require_POST
@for_channel_managers
def waive_report(request: HttpRequest, pk: int) -> HttpResponse:
    """Expects no report of a period, or expects it again."""
    source, user = get_source(request, pk), user_of(request)
    try:
        starts = date.fromisoformat(request.POST.get("period", ""))
    except ValueError:
        messages.error(request, _("The reporting calendar has no such period."))
        return redirect("console:reporting_source", source.pk)
    try:
        if request.POST.get("decision") == "expect":
            actions.expect_report(source=source, period_starts=starts, user=user)
        else:
            reason = request.POST.get("reason", "")
            actions.waive_report(source=source, period_starts=starts, reason=reason, user=user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("console:reporting_source", source.pk)
