"""Asking for an approval: by which rule, once for the same, anew for other content."""

from __future__ import annotations

import pytest

from headrace.base.approvals.tests.conftest import Ask, Purchases
from headrace.base.models import ApprovalRequest, AuditEvent, Job, Role, User

State = ApprovalRequest.State


def test_without_a_rule_one_approver_is_asked(ask: Ask) -> None:
    (step,) = ask().steps.all()
    assert (step.role, step.needed, step.opened_at is not None) == (Role.APPROVER, 1, True)


def test_the_same_content_again_gives_the_request_that_waits(ask: Ask, purchases: Purchases) -> None:
    assert ask() == ask(seen={"figures": [{"text": "red", "label": "price"}]})
    assert ApprovalRequest.objects.count() == 1


@pytest.mark.parametrize(
    "other", [{"amount_minor": 500_01}, {"unit": "USD"}, {"seen": {"figures": []}}, {"risk": "high"}]
)
def test_other_content_makes_the_request_that_waits_stale(ask: Ask, other: dict[str, object]) -> None:
    first = ask()
    second = ask(**other)
    first.refresh_from_db()
    assert (first.state, second.state) == (State.STALE, State.WAITING)


def test_whoever_asked_before_has_asked_for_what_takes_its_place(
    ask: Ask, channel_manager: User, approver: User
) -> None:
    ask()
    assert ask(amount_minor=600_00, requested_by=approver).askers == sorted([channel_manager.pk, approver.pk])


def test_figures_with_a_float_are_refused(ask: Ask) -> None:
    with pytest.raises(TypeError, match="float"):
        ask(seen={"figures": [{"label": "price", "minor": 1.5}]})


def test_asking_is_told_in_the_audit_trail_and_looked_after(ask: Ask) -> None:
    request = ask()
    event = AuditEvent.objects.get(action="approval.ask")
    assert (event.subject, event.details["of"]) == (f"approval:{request.pk}", "purchase:1")
    assert Job.objects.get(kind="approvals.look_after").wanted_at == request.lapses_at
