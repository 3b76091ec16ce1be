"""Deadlines: who decides when a step is overdue, and that a request lapses."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from headrace.base import jobs
from headrace.base.approvals.deadlines import keep_deadlines, look_after, look_after_all
from headrace.base.approvals.rule_changes import Scope, Step
from headrace.base.approvals.tests.conftest import Ask, Cast, Purchases, agree, refused_with, rule_in_force
from headrace.base.models import ApprovalRequest, AuditEvent, Job, Mail, Organisation, Role, User

HANDLERS = {"approvals.look_after": jobs.Handler(look_after)}


@pytest.fixture
def chief(cast: Cast) -> User:
    return cast("Chief", Role.SENIOR_MANAGEMENT)


@pytest.fixture
def overdue(organisation: Organisation, ask: Ask, chief: User) -> ApprovalRequest:
    """A purchase that an approver had three days for, four days ago."""
    three_days = Step(Role.APPROVER, deadline_days=3, escalates_to=Role.SENIOR_MANAGEMENT)
    rule_in_force(organisation, Scope("purchase"), three_days)
    request = ask()
    request.steps.update(due_at=timezone.now() - timedelta(days=1))
    return request


def perform_all(at: datetime | None = None) -> None:
    """Does the jobs of approvals as they are due at a moment."""
    found = Job.objects.filter(kind="approvals.look_after", done_at=None)
    for job in found.filter(wanted_at__lte=at or timezone.now()):
        Job.objects.filter(pk=job.pk).update(worker="w")
        job.worker = "w"
        assert jobs.perform(job, HANDLERS)


def test_it_is_looked_after_on_the_day_it_is_due_and_when_it_lapses(overdue: ApprovalRequest) -> None:
    jobs_of = Job.objects.filter(kind="approvals.look_after", payload={"request": overdue.pk})
    today = timezone.now().date()
    assert {job.wanted_at.date() - today for job in jobs_of} == {timedelta(days=3), timedelta(days=60)}


def test_an_overdue_step_is_decided_by_the_next_role_too(
    overdue: ApprovalRequest, chief: User, approver: User
) -> None:
    refused_with("not_entitled", overdue, chief)
    perform_all(timezone.now() + timedelta(days=4))
    decision = agree(overdue, chief)
    assert decision.role == Role.SENIOR_MANAGEMENT


def test_the_first_role_may_still_decide(overdue: ApprovalRequest, approver: User) -> None:
    approver.role_grants.update(granted_at=overdue.requested_at)
    perform_all(timezone.now() + timedelta(days=4))
    assert agree(overdue, approver).role == Role.APPROVER


def test_looking_again_changes_nothing(overdue: ApprovalRequest) -> None:

    for _ in range(3):
        keep_deadlines(request=overdue)
    assert AuditEvent.objects.filter(action="approval.escalate").count() == 1
    assert Mail.objects.filter(to="chief@acme.example").count() == 1


def test_an_escalated_step_is_not_decided_by_who_asked(
    organisation: Organisation, ask: Ask, chief: User
) -> None:

    three_days = Step(Role.APPROVER, deadline_days=3, escalates_to=Role.SENIOR_MANAGEMENT)
    rule_in_force(organisation, Scope("purchase"), three_days)
    request = ask(requested_by=chief)
    request.steps.update(due_at=timezone.now())
    keep_deadlines(request=request)
    refused_with("own", request, chief)


def test_what_nobody_decides_lapses(ask: Ask, purchases: Purchases) -> None:
    request = ask()
    ApprovalRequest.objects.filter(pk=request.pk).update(lapses_at=timezone.now())
    perform_all(timezone.now() + timedelta(days=61))
    request.refresh_from_db()
    assert (request.state, purchases.told) == ("lapsed", ["lapsed purchase:1"])


def test_what_was_decided_stays_so(ask: Ask, approver: User, purchases: Purchases) -> None:
    request = ask()
    agree(request, approver)
    perform_all(timezone.now() + timedelta(days=61))
    request.refresh_from_db()
    assert (request.state, purchases.told) == ("approved", ["approved purchase:1"])


def test_what_was_missed_is_found_on_the_day(
    organisation: Organisation, overdue: ApprovalRequest, chief: User
) -> None:
    """Also where the job of the deadline was set aside."""
    look_after_all(Job(organisation=organisation))
    assert agree(overdue, chief).role == Role.SENIOR_MANAGEMENT
