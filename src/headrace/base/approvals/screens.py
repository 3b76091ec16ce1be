"""What pages show of requests, by whatever door they are opened."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.functional import Promise

from headrace.base.approvals import queries, rights
from headrace.base.approvals.actions import standing_of
from headrace.base.approvals.kinds import kind_of
from headrace.base.models import ApprovalDecision, ApprovalRequest, ApprovalStep, User

TONES = {
    ApprovalRequest.State.WAITING: "warn",
    ApprovalRequest.State.APPROVED: "good",
    ApprovalRequest.State.REFUSED: "bad",
}
DECIDERS_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Row:
    """A request in a list."""

    request: ApprovalRequest
    kind: str | Promise
    tone: str


@dataclass(frozen=True, slots=True)
class StepLine:
    """A step with whom it waits for and who decided on it."""

    step: ApprovalStep
    who: str
    decisions: list[ApprovalDecision]
    is_open: bool


def rows(requests: Iterable[ApprovalRequest]) -> list[Row]:
    return [Row(one, kind_of(one.kind).label, tone_of(one)) for one in requests]


def tone_of(request: ApprovalRequest) -> str:
    return TONES.get(ApprovalRequest.State(request.state), "plain")


def context_of(request: ApprovalRequest, user: User) -> dict[str, Any]:
    """All that is needed to decide: figures, rule, steps with decisions, what was asked before, and whether one may."""
    kind = kind_of(request.kind)
    steps = _steps(request)
    open_step = next((line.step for line in steps if line.is_open), None)
    deciders, problem = [], ""
    if open_step is not None:
        standing = standing_of(request, open_step)
        deciders = rights.deciders(standing)
        problem = _problem(user, standing)
    return {
        "request_of": request,
        "kind": kind.label,
        "tone": tone_of(request),
        "address": kind.address(request) if kind.address else "",
        "lines": queries.lines_of(request.kind, request.seen),
        "steps": steps,
        "earlier": rows(queries.earlier(request)[:10]),
        "deciders": deciders[:DECIDERS_SHOWN],
        "is_stuck": open_step is not None and not deciders,
        "problem": problem,
        "may_decide": open_step is not None and not problem,
    }


def _problem(user: User, standing: rights.Standing) -> str:
    """Why the person may not decide; empty where they may."""
    try:
        rights.right_of(rights.voters([user])[0], standing)
    except ValidationError as error:
        return " ".join(error.messages)
    return ""


def _steps(request: ApprovalRequest) -> list[StepLine]:
    found = list(request.steps.select_related("person").order_by("position"))
    decisions = list(request.decisions.select_related("user", "on_behalf_of").order_by("decided_at", "pk"))
    first_open = next((step.pk for step in found if step.done_at is None), None)
    return [
        StepLine(
            step,
            rights.told_step(step),
            [one for one in decisions if one.step_id == step.pk],
            request.is_waiting and step.pk == first_open,
        )
        for step in found
    ]
