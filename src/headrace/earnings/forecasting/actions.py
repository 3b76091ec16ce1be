"""Verbs of the forecast: forecast the open periods, and test the method on periods that are over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone

from headrace.base import audit
from headrace.base.models import Organisation, User
from headrace.earnings import snapshots
from headrace.earnings.actions import take_snapshot
from headrace.earnings.forecasting.courses import Courses, Part, part_of
from headrace.earnings.forecasting.outlook import BackTest, Course, back_test, outlook
from headrace.earnings.models import Forecast
from headrace.kernel.period import Period

# Where in a period the method is tested: after a quarter, half and three quarters of it.
QUARTERS = (Part(1, 4), Part(2, 4), Part(3, 4))


@dataclass(frozen=True, slots=True)
class Tested:
    """A back-test of one programme in one unit at one part of its periods."""

    programme: str
    unit: str
    part: Part
    result: BackTest


def forecast(
    *, organisation: Organisation, on: date | None = None, user: User | None = None
) -> list[Forecast]:
    """Forecasts the period that is open on a day (None: today) of each programme that runs then, in each unit.

    Made again on the same facts it is the same, and is kept once.
    """
    day = on or timezone.localdate()
    snapshot = take_snapshot(organisation=organisation)
    inputs = snapshots.read(snapshot.manifest)
    drafts: list[Forecast] = []
    for programme in organisation.programmes.prefetch_related("versions").order_by("key"):
        drafts += _drafts(Courses(programme, snapshot, inputs), day)
    with transaction.atomic():
        Forecast.objects.filter(organisation=organisation, on=day).delete()
        made = Forecast.objects.bulk_create(drafts)
        audit.record(
            organisation=organisation,
            user=user,
            action="forecast.make",
            subject=f"snapshot:{snapshot.pk}",
            on=day.isoformat(),
        )
    return made


def _drafts(courses: Courses, day: date) -> list[Forecast]:
    period = courses.period_of(day)
    if period is None:
        return []
    sums, past = courses.at(day), courses.past(period)
    return [
        _draft(courses, day, period, unit, courses.courses(past, part_of(period, day), day, unit))
        for unit in courses.units(sums)
    ]


def _draft(courses: Courses, day: date, period: Period, unit: str, past: Sequence[Course]) -> Forecast:
    reached = courses.at(day).get((period, unit), 0)
    found, tested = outlook(reached, past), back_test(past)
    return Forecast(
        organisation=courses.programme.organisation,
        programme=courses.programme,
        snapshot=courses.snapshot,
        unit=unit,
        on=day,
        period_from=period.starts,
        period_to=period.ends,
        reached_minor=reached,
        low_minor=found.low_minor if found else None,
        expected_minor=found.expected_minor if found else None,
        high_minor=found.high_minor if found else None,
        method=found.method if found else "",
        covers=found.covers if found else 0,
        of=found.of if found else 0,
        tests=tested.tests,
        hits=tested.hits,
        history=[
            {
                "from": one.period.starts.isoformat(),
                "to": one.period.ends.isoformat(),
                "reached_minor": one.reached_minor,
                "final_minor": one.final_minor,
            }
            for one in past
        ],
    )


def back_test_programmes(*, organisation: Organisation, on: date | None = None) -> list[Tested]:
    """The back-test of every programme at a quarter, half and three quarters of its periods that ended before a day."""
    day = on or timezone.localdate()
    snapshot = take_snapshot(organisation=organisation)
    inputs = snapshots.read(snapshot.manifest)
    found = []
    for programme in organisation.programmes.prefetch_related("versions").order_by("key"):
        courses = Courses(programme, snapshot, inputs)
        last = courses.period_of(day) or courses.period_of(programme.current.parsed.ends or day)
        if last is None:
            continue
        past = courses.past(last) + ([last] if last.ends < day else [])
        for unit in courses.units(courses.at(day)):
            for part in QUARTERS:
                result = back_test(courses.courses(past, part, day, unit))
                found.append(Tested(programme.key, unit, part, result))
    return found
