"""The calendar of a source: what is expected, what came, who is reminded, and never twice."""

from collections.abc import Callable
from datetime import date, timedelta
from threading import Event
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from tests.databases import OwnDatabase
from tests.together import in_threads

from headrace.base import jobs, mail
from headrace.base.jobs import Handler
from headrace.base.models import AuditEvent, Mail, Organisation, User
from headrace.sales import reporting_actions as actions
from headrace.sales.models import ReportingCalendar, ReportWaiver, Source
from headrace.sales.report_periods import due_on, period_of, periods
from headrace.sales.reporting import reports
from headrace.sales.tests.conftest import Desk, row, sales

HANDLERS = {
    actions.REMIND: Handler(actions.remind),
    mail.SEND: Handler(mail.send, whole=False),
}


def calendar_of(organisation: Organisation, **given: Any) -> ReportingCalendar:
    """North reports every month from January on until the 5th; reminded every 3 days, twice."""
    source, _ = Source.objects.get_or_create(
        organisation=organisation, code="north", defaults={"name": "North"}
    )
    told = {
        "every": "month",
        "starts_on": date(2026, 1, 1),
        "grace_days": 5,
        "contact_name": "Anna",
        "contact_email": "anna@north.example",
        "remind_every_days": 3,
        "reminders_max": 2,
        **given,
    }
    return actions.set_calendar(calendar=ReportingCalendar(organisation=organisation, source=source, **told))


@pytest.fixture
def calendar(organisation: Organisation) -> ReportingCalendar:
    return calendar_of(organisation)


def states(calendar: ReportingCalendar, today: date) -> list[str]:
    found = reports(calendar.organisation, [calendar], today=today)[calendar.source_id]
    return [report.state for report in found]


def asked(calendar: ReportingCalendar, *days: date) -> list[tuple[str, str]]:
    """Day by day: (to, step) of what is asked for on those days."""
    for day in days:
        actions.remind_reporters(organisation=calendar.organisation, today=day)
    kept = Mail.objects.order_by("pk")
    return [(one.to, one.key.split(":step:")[1].split(":")[0]) for one in kept]


def test_periods_have_their_days() -> None:
    assert period_of(date(2026, 3, 1), "week").starts == date(2026, 2, 23)
    assert period_of(date(2026, 12, 31), "quarter").starts == date(2026, 10, 1)
    assert period_of(date(2028, 2, 29), "month").ends == date(2028, 2, 29)
    assert [one.starts.month for one in periods(date(2026, 11, 15), date(2027, 1, 1), "month")] == [11, 12, 1]
    assert due_on(period_of(date(2026, 2, 1), "month"), 5) == date(2026, 3, 5)


def test_a_report_is_expected_then_late(calendar: ReportingCalendar) -> None:
    assert states(calendar, date(2026, 1, 31)) == ["open"]
    assert states(calendar, date(2026, 2, 5)) == ["open", "expected"]
    assert states(calendar, date(2026, 2, 6)) == ["open", "late"]


def test_a_report_is_received_by_its_first_rows(desk: Desk) -> None:
    run = desk.take("sales.csv", sales(row("L1", Date="28.02.2026"))).run
    assert run
    calendar = calendar_of(desk.organisation, starts_on=date(2026, 2, 1), grace_days=90)
    type(run).objects.update(started_at=run.started_at.replace(year=2026, month=5, day=29, hour=12))
    assert states(calendar, date(2026, 6, 1))[-1] == "received"
    type(run).objects.update(started_at=run.started_at.replace(year=2026, month=5, day=30, hour=12))
    assert states(calendar, date(2026, 6, 1))[-1] == "received_late"
    type(run).objects.update(withdrawn_at=run.started_at)
    assert states(calendar, date(2026, 6, 1))[-1] == "late"


def test_reminders_come_on_their_days_and_then_the_channel_manager_is_told(
    calendar: ReportingCalendar, channel_manager: User
) -> None:
    first = date(2026, 2, 6)
    assert asked(calendar, first - timedelta(days=1)) == []
    to_anna = [("anna@north.example", "1"), ("anna@north.example", "2")]
    assert asked(calendar, first, first, first + timedelta(days=2)) == to_anna[:1]
    assert asked(calendar, first + timedelta(days=3), first + timedelta(days=5)) == to_anna
    told = [*to_anna, ("manager@acme.example", "3")]
    assert asked(calendar, first + timedelta(days=6), first + timedelta(days=7)) == told
    assert asked(calendar, *(first + timedelta(days=days) for days in range(8, 20))) == told
    assert "Reminders were sent to anna@north.example" in Mail.objects.latest("pk").body


def test_what_was_received_or_waived_is_not_asked_for(
    calendar: ReportingCalendar, channel_manager: User
) -> None:
    actions.waive_report(
        source=calendar.source, period_starts=date(2026, 1, 1), reason="On holiday", user=channel_manager
    )
    assert asked(calendar, date(2026, 2, 6)) == []
    assert states(calendar, date(2026, 2, 6)) == ["open", "waived"]
    actions.expect_report(source=calendar.source, period_starts=date(2026, 1, 1), user=channel_manager)
    assert len(asked(calendar, date(2026, 2, 6))) == 1
    taken = AuditEvent.objects.filter(subject=f"source:{calendar.source_id}").order_by("pk")
    assert list(taken.values_list("action", flat=True)) == [
        "source.set_calendar",
        "report.waive",
        "report.expect",
    ]


@pytest.mark.parametrize(("starts", "reason"), [(date(2026, 1, 2), "Why"), (date(2026, 1, 1), " ")])
def test_only_a_period_is_waived_and_with_a_reason(
    calendar: ReportingCalendar, channel_manager: User, starts: date, reason: str
) -> None:
    with pytest.raises(ValidationError):
        actions.waive_report(
            source=calendar.source, period_starts=starts, reason=reason, user=channel_manager
        )
    assert not ReportWaiver.objects.exists()


def test_a_calendar_that_begins_in_the_past_floods_nobody(organisation: Organisation) -> None:
    calendar = calendar_of(organisation, starts_on=date(2020, 1, 1))
    assert len(asked(calendar, date(2026, 2, 6))) == 1


def test_after_a_long_stop_only_the_step_of_the_day_is_taken(calendar: ReportingCalendar) -> None:
    assert asked(calendar, date(2026, 2, 10)) == [("anna@north.example", "2")]


def test_without_an_address_the_channel_managers_are_told_at_once(
    organisation: Organisation, channel_manager: User
) -> None:
    calendar = calendar_of(organisation, contact_email="")
    assert asked(calendar, date(2026, 2, 6), date(2026, 2, 9)) == [("manager@acme.example", "1")]
    assert "Nobody was reminded of it." in Mail.objects.get().body


@pytest.mark.parametrize(
    ("language", "period"),
    [
        ("en", "January 2026"),
        ("de", "Januar 2026"),
        ("it", "gennaio 2026"),
        ("ms", "Januari 2026"),
        ("ar", "يناير 2026"),
    ],
)
def test_it_is_written_in_the_language_of_the_recipient(
    organisation: Organisation, language: str, period: str
) -> None:
    calendar = calendar_of(organisation, language=language)
    asked(calendar, date(2026, 2, 6))
    told = Mail.objects.get()
    assert told.language == language
    assert period in told.subject
    assert period in told.body
    assert ("has not reached" in told.body) == (language == "en")


def test_another_brands_managers_are_told_nothing(
    calendar: ReportingCalendar, channel_manager: User, outsider: User
) -> None:
    assert asked(calendar, date(2026, 2, 12)) == [("manager@acme.example", "3")]


def test_who_left_is_told_nothing(calendar: ReportingCalendar, channel_manager: User) -> None:
    User.objects.filter(pk=channel_manager.pk).update(is_active=False)
    assert asked(calendar, date(2026, 2, 12)) == []


def test_the_daily_job_asks_and_the_worker_sends(organisation: Organisation, mailoutbox: list[Any]) -> None:
    last_week = organisation.today - timedelta(days=7)
    calendar_of(organisation, every="week", starts_on=last_week, grace_days=0, remind_every_days=7)
    for _again in range(2):
        jobs.ask_for(organisation=organisation, kind=actions.REMIND)
        jobs.work(HANDLERS, stop=Event(), until_empty=True)
    kept = Mail.objects.get()
    assert kept.sent_at is not None
    assert [message.to for message in mailoutbox] == [["anna@north.example"]]


def test_a_worker_that_dies_leaves_all_or_nothing_and_the_next_asks_once(
    calendar: ReportingCalendar,
) -> None:
    jobs.ask_for(organisation=calendar.organisation, kind=actions.REMIND)
    job = jobs.claim("dead", timezone.now())

    def dies(_job: object) -> None:
        actions.remind_reporters(organisation=calendar.organisation, today=date(2026, 2, 6))
        raise SystemError("the power went")

    assert job
    assert not jobs.perform(job, {actions.REMIND: Handler(dies)})
    assert not Mail.objects.exists()
    assert len(asked(calendar, date(2026, 2, 6), date(2026, 2, 6))) == 1


def test_two_workers_at_once_ask_once(own_database: OwnDatabase) -> None:
    organisation = Organisation.objects.create(code="acme", name="Acme", currency="EUR")
    calendar_of(organisation)

    def remind() -> int:
        return actions.remind_reporters(organisation=organisation, today=date(2026, 2, 6))

    work: list[Callable[[], int]] = [remind] * 4
    in_threads(work)
    assert Mail.objects.count() == 1
