"""The reporting calendar: what is expected of each source, what came, what is late."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from zoneinfo import ZoneInfo

from django.db.models import Min
from django.db.models.functions import TruncDate
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from headrace.base.models import Mail, Organisation
from headrace.kernel.period import Period
from headrace.sales.models import Import, ReportedDay, ReportingCalendar, ReportWaiver
from headrace.sales.report_periods import due_on, periods

REPORT_IS_LATE = "sales.report_is_late"
PERIODS_SHOWN = 12
OPEN, EXPECTED, RECEIVED, RECEIVED_LATE, LATE, WAIVED = (
    "open",
    "expected",
    "received",
    "received_late",
    "late",
    "waived",
)
STATES: dict[str, Promise] = {
    OPEN: gettext_lazy("Under way"),
    EXPECTED: gettext_lazy("Expected"),
    RECEIVED: gettext_lazy("Received"),
    RECEIVED_LATE: gettext_lazy("Received late"),
    LATE: gettext_lazy("Late"),
    WAIVED: gettext_lazy("Not expected"),
}


@dataclass(frozen=True, slots=True)
class Report:
    """What became of the report of one period. `received_on` is the first day that brought sales of it."""

    calendar: ReportingCalendar
    period: Period
    due: date
    received_on: date | None
    waiver: ReportWaiver | None
    today: date
    mails: list[Mail] = field(default_factory=list)

    @property
    def state(self) -> str:
        if self.today <= self.period.ends:
            return OPEN
        if self.received_on:
            return RECEIVED if self.received_on <= self.due else RECEIVED_LATE
        if self.waiver:
            return WAIVED
        return EXPECTED if self.today <= self.due else LATE

    @property
    def label(self) -> Promise:
        return STATES[self.state]

    @property
    def days_late(self) -> int:
        return (self.today - self.due).days if self.state == LATE else 0


def reports(
    organisation: Organisation,
    calendars: Sequence[ReportingCalendar],
    *,
    today: date | None = None,
    count: int = PERIODS_SHOWN,
) -> dict[int, list[Report]]:
    """Of each calendar's source (key) the last `count` periods, the latest first; by as many queries for any number."""
    today = today or organisation.today
    spans = {one.source_id: _last_periods(one, today, count) for one in calendars}
    starts = [span[0].starts for span in spans.values() if span]
    if not starts:
        return {source: [] for source in spans}
    arrived = _arrivals(organisation, min(starts))
    waivers = {
        (one.source_id, one.period_starts): one
        for one in ReportWaiver.objects.filter(
            organisation=organisation, withdrawn_at=None, period_starts__gte=min(starts)
        ).select_related("waived_by")
    }
    mails = _mails(organisation, spans)
    found: dict[int, list[Report]] = {}
    for one in calendars:
        found[one.source_id] = [
            Report(
                calendar=one,
                period=period,
                due=due_on(period, one.grace_days),
                received_on=_first_in(arrived.get(one.source_id, {}), period),
                waiver=waivers.get((one.source_id, period.starts)),
                today=today,
                mails=mails.get(mail_key(one.source_id, period), []),
            )
            for period in reversed(spans[one.source_id])
        ]
    return found


def _last_periods(calendar: ReportingCalendar, today: date, count: int) -> list[Period]:
    if calendar.every == ReportingCalendar.Every.NONE:
        return []
    return list(periods(calendar.starts_on, today, calendar.every))[-count:]


def _arrivals(organisation: Organisation, first: date) -> dict[int, dict[date, date]]:
    """Of each source: day of sales -> the first day on which rows of it came."""
    days = (
        ReportedDay.objects.filter(
            organisation=organisation,
            on__gte=first,
            import_run__withdrawn_at=None,
            import_run__state=Import.State.IMPORTED,
        )
        .annotate(
            reported=TruncDate("import_run__started_at", tzinfo=ZoneInfo(organisation.time_zone)),
        )
        .values_list("import_run__source", "on")
        .annotate(Min("reported"))
        .order_by()
    )
    found: dict[int, dict[date, date]] = {}
    for source, on, reported in days:
        found.setdefault(source, {})[on] = reported
    return found


def _first_in(arrived: dict[date, date], period: Period) -> date | None:
    return min((reported for on, reported in arrived.items() if on in period), default=None)


def _mails(organisation: Organisation, sources: Iterable[int]) -> dict[str, list[Mail]]:
    """The reminders by source and period, the first first."""
    found: dict[str, list[Mail]] = {}
    kept = Mail.objects.filter(
        organisation=organisation,
        kind=REPORT_IS_LATE,
        subject_ref__in=[f"source:{source}" for source in sources],
    ).order_by("pk")
    for one in kept:
        found.setdefault(one.key.rpartition(":step:")[0], []).append(one)
    return found


def mail_key(source: int, period: Period) -> str:
    """What the keys of all messages about a period begin with; `:step:` and the step follow."""
    return f"report:{source}:{period.starts}"
