"""The demo brand's distributors as sources: each reports every quarter, one was late, and one says nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import yaml
from django.db import transaction

from headrace.base.models import Organisation, User
from headrace.demo.brands import Brand
from headrace.demo.timeline import quarter_start
from headrace.partners.models import Partner
from headrace.sales.models import Import, ReportingCalendar, Source
from headrace.sales.reporting_actions import remind_reporters, set_calendar

HEAD = "mapping: talbrunn\nsource: talbrunn-channel\nsource_name: Talbrunn channel reports\n"
GRACE_DAYS = 10
DAYS_TO_REPORT = 6
# One of the distributors takes so much longer.
DAYS_LATE = 12
SILENT = "talbrunn-tills"
LANGUAGES = {"DE": "de", "AT": "de", "IT": "it", "MY": "ms", "AE": "ar"}


def deliveries(brand: Brand, organisation: Organisation) -> Iterator[tuple[str, Sequence[Path]]]:
    """(mapping, files) in turn: what is the brand's own first, then what each distributor reports."""
    by_reporter: dict[str, list[Path]] = {}
    for path in brand.files:
        by_reporter.setdefault(_reporter(path), []).append(path)
    yield brand.mapping, by_reporter.pop("", [])
    for code, files in sorted(by_reporter.items()):
        name = Partner.objects.get(organisation=organisation, code=code).name
        head = {"mapping": code.lower(), "source": code.lower(), "source_name": name}
        yield brand.mapping.replace(HEAD, yaml.safe_dump(head, sort_keys=False, allow_unicode=True)), files


def _reporter(path: Path) -> str:
    """The distributor that a file of sales is of: that of sales/AT-1001-2025.csv is AT-1001; none's is empty."""
    country, _, rest = path.stem.partition("-")
    is_theirs = path.parent.name == "sales" and len(country) == 2
    return f"{country}-{rest.partition('-')[0]}" if is_theirs else ""


@transaction.atomic
def tell_when_reports_came(organisation: Organisation, today: date, user: User) -> int:
    """Files of past quarters came soon after their end, as they do; each distributor has a calendar.

    Gives how many sources report regularly. What was set once stays as it is.
    """
    calendars = ReportingCalendar.objects.filter(organisation=organisation)
    if not calendars.exists():
        distributors = {
            partner.code.lower(): partner for partner in Partner.objects.filter(organisation=organisation)
        }
        sources = Source.objects.filter(organisation=organisation, code__in=distributors).order_by("code")
        for number, source in enumerate(sources):
            late = DAYS_LATE if number == 1 else 0
            _date_imports(source, today, DAYS_TO_REPORT + late)
            _set(source, today, distributors[source.code], user)
        silent = Source.objects.create(organisation=organisation, code=SILENT, name="Talbrunn tills")
        _set(silent, today, None, user)
        remind_reporters(organisation=organisation)
    return calendars.count()


def _date_imports(source: Source, today: date, days: int) -> None:
    for run in Import.objects.filter(source=source):
        ends = _ends_of(run.file_name)
        if ends + timedelta(days=days) < today:
            came = datetime.combine(ends + timedelta(days=days), datetime.min.time(), UTC).replace(hour=9)
            Import.objects.filter(pk=run.pk).update(started_at=came)


def _ends_of(name: str) -> date:
    """The last day of the quarter or year that a file is of: AT-1001-2025.csv, AT-1001-2026-Q1.csv."""
    parts = Path(name).stem.split("-")
    quarter = int(parts[3].removeprefix("Q")) if parts[3:] else 4
    return quarter_start(date(int(parts[2]), quarter * 3, 1), 1) - timedelta(days=1)


def _set(source: Source, today: date, partner: Partner | None, user: User) -> None:
    country = partner.code[:2] if partner else ""
    set_calendar(
        calendar=ReportingCalendar(
            organisation=source.organisation,
            source=source,
            every=ReportingCalendar.Every.QUARTER if partner else ReportingCalendar.Every.WEEK,
            starts_on=quarter_start(today, -3) if partner else today - timedelta(weeks=3),
            grace_days=GRACE_DAYS if partner else 0,
            partner=partner,
            contact_name=partner.name if partner else "",
            contact_email=f"reports@{source.code}.example",
            language=LANGUAGES.get(country, "en"),
        ),
        user=user,
    )
