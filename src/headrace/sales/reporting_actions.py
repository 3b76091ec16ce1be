"""Verbs of the reporting calendar: set it, waive a report, remind whoever is late."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from headrace.base import audit, formats, mail
from headrace.base.models import Job, Organisation, Role, User
from headrace.sales.models import ReportingCalendar, ReportWaiver, Source
from headrace.sales.report_periods import period_of
from headrace.sales.reporting import LATE, REPORT_IS_LATE, Report, mail_key, reports

REMIND = "sales.remind_reporters"
REASON_MAX = 500


@transaction.atomic
def set_calendar(*, calendar: ReportingCalendar, user: User | None = None) -> ReportingCalendar:
    """Keeps when a source is to report and who is reminded; in force from now on, for past periods too."""
    calendar.full_clean()
    calendar.save()
    audit.record(
        organisation=calendar.organisation,
        user=user,
        action="source.set_calendar",
        subject=f"source:{calendar.source_id}",
        every=calendar.every,
        starts_on=calendar.starts_on.isoformat(),
        grace_days=calendar.grace_days,
        contact_email=calendar.contact_email,
    )
    return calendar


@transaction.atomic
def waive_report(*, source: Source, period_starts: date, reason: str, user: User) -> ReportWaiver:
    """Expects no report of a period any more, and reminds nobody of it.

    Raises ValidationError without a reason, or where the calendar has no such period.
    """
    calendar = ReportingCalendar.objects.filter(source=source).first()
    is_period = (
        calendar is not None
        and calendar.every != ReportingCalendar.Every.NONE
        and period_of(period_starts, calendar.every).starts == period_starts
    )
    if not is_period:
        raise ValidationError(_("The reporting calendar has no such period."))
    if not reason.strip():
        raise ValidationError(_("Say in a few words why no report is expected."))
    waiver, _is_new = ReportWaiver.objects.get_or_create(
        organisation=source.organisation,
        source=source,
        period_starts=period_starts,
        withdrawn_at=None,
        defaults={"reason": reason.strip()[:REASON_MAX], "waived_by": user},
    )
    _record(waiver, "report.waive", user)
    return waiver


@transaction.atomic
def expect_report(*, source: Source, period_starts: date, user: User) -> None:
    """Expects the report of a period again that had been waived."""
    open_waivers = ReportWaiver.objects.select_for_update().filter(
        source=source, period_starts=period_starts, withdrawn_at=None
    )
    for waiver in open_waivers:
        waiver.withdrawn_by, waiver.withdrawn_at = user, timezone.now()
        waiver.save(update_fields=["withdrawn_by", "withdrawn_at"])
        _record(waiver, "report.expect", user)


def _record(waiver: ReportWaiver, action: str, user: User) -> None:
    audit.record(
        organisation=waiver.organisation,
        user=user,
        action=action,
        subject=f"source:{waiver.source_id}",
        period_starts=waiver.period_starts.isoformat(),
        reason=waiver.reason,
    )


def remind(job: Job) -> None:
    """The daily job: asks for the reminders of the day."""
    remind_reporters(organisation=job.organisation)


@transaction.atomic
def remind_reporters(*, organisation: Organisation, today: date | None = None) -> int:
    """Asks for an e-mail about each late report whose next step has come; gives how many are new.

    Step 1 comes on the day after the day due, each further one `remind_every_days` later; after the last, the
    channel managers are told. A step that nobody took in its time is left out: no flood after a long stop, nor
    when a calendar begins in the past. Each step of a period is asked for once, by the key of its message.
    """
    calendars = ReportingCalendar.objects.filter(organisation=organisation).select_related(
        "source", "organisation"
    )
    found = reports(organisation, list(calendars), today=today)
    late = [report for told in found.values() for report in told if report.state == LATE]
    managers = _channel_managers(organisation) if late else []
    return sum(_remind(report, managers) for report in late)


def step_of(report: Report) -> int:
    """The step whose time it is: 1 to `reminders_max` for the reporter, one more for the channel managers; else 0."""
    calendar = report.calendar
    step = (report.days_late - 1) // calendar.remind_every_days + 1
    return step if step <= steps_of(calendar) + 1 else 0


def steps_of(calendar: ReportingCalendar) -> int:
    """How many times the reporter is reminded."""
    return calendar.reminders_max if calendar.contact_email else 0


def _remind(report: Report, managers: Sequence[User]) -> int:
    step, calendar = step_of(report), report.calendar
    if step == 0:
        return 0
    if step <= steps_of(calendar):
        return _ask(report, step, calendar.contact_email, calendar.language)
    return sum(_ask(report, step, user.email, user.language, user) for user in managers)


def _ask(report: Report, step: int, to: str, language: str, user: User | None = None) -> bool:
    """To the reporter, or to a channel manager: `user`."""
    source = report.calendar.source
    key = f"{mail_key(source.pk, report.period)}:step:{step}"
    with mail.written_in(language):
        subject, body = _escalation(report, user) if user else _reminder(report)
        return mail.ask_to_send(
            organisation=report.calendar.organisation,
            to=to,
            language=language,
            subject=subject,
            body=body,
            kind=REPORT_IS_LATE,
            subject_ref=f"source:{source.pk}",
            key=f"{key}:user:{user.pk}" if user else key,
        )


def _reminder(report: Report) -> tuple[str, str]:
    told = _told(report)
    name = report.calendar.contact_name or report.calendar.source.name
    parts = [
        _("Hello %(name)s,") % {"name": name},
        _(
            "the sales report of %(source)s for %(period)s has not reached %(brand)s yet. It was due on %(due)s."
        )
        % told,
        _("Please send it as soon as you can. If there were no sales in that time, tell us so.") % told,
        told["brand"],
    ]
    return _("The sales report for %(period)s is missing") % told, "\n\n".join(parts) + "\n"


def _escalation(report: Report, user: User) -> tuple[str, str]:
    told = _told(report)
    page = reverse("console:reporting_source", args=[report.calendar.source_id])
    address = report.calendar.contact_email
    if any(one.to == address for one in report.mails):
        reminded = _("Reminders were sent to %(address)s without an answer.") % {"address": address}
    else:
        reminded = _("Nobody was reminded of it.")
    parts = [
        _("Hello %(name)s,") % {"name": user.name},
        _("the sales report of %(source)s for %(period)s is still missing. It was due on %(due)s.") % told,
        reminded,
        _("What is expected of this source: %(address)s") % {"address": mail.link(page)},
    ]
    return _("%(source)s has not reported %(period)s") % told, "\n\n".join(parts) + "\n"


def _told(report: Report) -> dict[str, str]:
    return {
        "source": report.calendar.source.name,
        "brand": report.calendar.organisation.name,
        "period": formats.period(report.period.starts, report.period.ends),
        "due": formats.long_day(report.due),
    }


def _channel_managers(organisation: Organisation) -> list[User]:
    holding = User.objects.filter(
        organisation=organisation,
        is_active=True,
        role_grants__role=Role.CHANNEL_MANAGER,
        role_grants__revoked_at=None,
    )
    return list(holding.order_by("pk"))
