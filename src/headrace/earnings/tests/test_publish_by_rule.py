"""Publishing by a rule: what moves much waits until others have agreed, and is published as they saw it."""

from __future__ import annotations

import pytest
from tests.market import deliver, open_market, sale

from headrace.base import jobs
from headrace.base.approvals.rule_changes import Scope, Step
from headrace.base.approvals.tests.conftest import agree, refused_with, rule_in_force
from headrace.base.models import ApprovalRequest, Job, Organisation, Role, User
from headrace.earnings.actions import publish_approved_run, refresh_programmes
from headrace.earnings.approvals import PUBLISH, publish
from headrace.earnings.models import Earning
from headrace.programmes.actions import launch_programme

REBATE = """
programme: rebate
title: {en: Rebate}
currency: EUR
from: 2026-01-01
to: 2026-12-31
earns:
  - key: volume
    facts: sale
    to: partner
    every: quarter
    base: sum(net_amount)
    scale: {mode: flat, rate: 1%}
"""


@pytest.fixture
def sold(organisation: Organisation) -> Organisation:
    """North earns 50 euros; publishing more than 40 needs an approver."""
    open_market(organisation)
    deliver(organisation, "sales", sale("1", "north", "2026-02-01", "5000"))
    launch_programme(organisation=organisation, document=REBATE)
    rule_in_force(organisation, Scope("run", unit="EUR", amount_from_minor=40_00), Step(Role.APPROVER))
    return organisation


def do_jobs() -> None:
    for job in Job.objects.filter(kind=PUBLISH, done_at=None):
        Job.objects.filter(pk=job.pk).update(worker="w")
        job.worker = "w"
        assert jobs.perform(job, {PUBLISH: jobs.Handler(publish)})


def waiting() -> ApprovalRequest:
    return ApprovalRequest.objects.get(kind="run", state="waiting")


def test_nothing_is_published_before_it_is_approved(
    sold: Organisation, channel_manager: User, approver: User
) -> None:
    assert refresh_programmes(organisation=sold, user=channel_manager) == []
    request = waiting()
    assert (request.amount_minor, request.unit) == (50_00, "EUR")
    refused_with("own", request, channel_manager)
    agree(request, approver)
    do_jobs()
    assert Earning.objects.get().amount_minor == 50_00


def test_what_moves_little_is_published_at_once(
    sold: Organisation, channel_manager: User, approver: User
) -> None:
    refresh_programmes(organisation=sold, user=channel_manager)
    agree(waiting(), approver)
    do_jobs()
    deliver(sold, "sales", sale("2", "north", "2026-02-02", "1000"))
    assert [one.delta_minor for one in refresh_programmes(organisation=sold)] == [10_00]


def test_a_later_calculation_takes_the_place_of_the_one_that_waits(
    sold: Organisation, channel_manager: User, approver: User
) -> None:
    refresh_programmes(organisation=sold, user=channel_manager)
    first = waiting()
    deliver(sold, "sales", sale("2", "north", "2026-02-02", "1000"))
    refresh_programmes(organisation=sold, user=channel_manager)
    refused_with("closed", first, approver)
    assert waiting().amount_minor == 60_00


def test_doing_it_again_publishes_nothing_more(
    sold: Organisation, channel_manager: User, approver: User
) -> None:
    refresh_programmes(organisation=sold, user=channel_manager)
    request = waiting()
    agree(request, approver)
    do_jobs()
    assert publish_approved_run(request=request) == []
    assert Earning.objects.count() == 1


def test_a_refused_run_is_not_published(sold: Organisation, channel_manager: User, approver: User) -> None:
    refresh_programmes(organisation=sold, user=channel_manager)
    agree(waiting(), approver, decision="refuse", comment="March is missing.")
    do_jobs()
    assert not Earning.objects.exists()
