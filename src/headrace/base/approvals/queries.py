"""What the screens show: what waits for a person, what they asked for, what was decided, and how it was seen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Prefetch, Q, QuerySet

from headrace.base import formats
from headrace.base.approvals.kinds import ApprovalKind, kind_of
from headrace.base.approvals.rights import Standing, Voter, may_decide, voters
from headrace.base.models import ApprovalDecision, ApprovalRequest, ApprovalStep, User

WITH_ALL = ("organisation", "requested_by", "rule")


@dataclass(frozen=True, slots=True)
class Line:
    """A figure as it is shown: what it is, and its value written out."""

    label: str
    value: str


def waiting_for(user: User) -> list[ApprovalRequest]:
    """What the person may decide now, the longest waiting first. In as many queries for many as for one."""
    open_steps = ApprovalStep.objects.filter(
        organisation=user.organisation_id, request__state=ApprovalRequest.State.WAITING, done_at=None
    ).exclude(opened_at=None)
    if not open_steps.exists():
        return []
    voter = voters([user])[0]
    standings = _standings(open_steps.filter(_of_interest(voter)))
    return [one.request for one in standings if may_decide(voter, one)]


def _of_interest(voter: Voter) -> Q:
    """Steps that the person could decide, if nothing else spoke against it."""
    delegators = [one.delegator for one in voter.delegations]
    roles = {grant.role for grant in voter.grants}
    roles |= {grant.role for one in delegators for grant in one.open_grants}  # type: ignore[attr-defined]
    people = [voter.user.pk, *(one.pk for one in delegators)]
    return Q(role__in=roles) | Q(person__in=people) | Q(escalates_to__in=roles, escalated_at__isnull=False)


def _standings(steps: QuerySet[ApprovalStep]) -> list[Standing]:
    decisions = ApprovalDecision.objects.select_related("user", "on_behalf_of")
    found = list(
        steps.select_related("person", *(f"request__{name}" for name in WITH_ALL))
        .prefetch_related(Prefetch("request__decisions", decisions))
        .order_by("request__requested_at", "request_id", "position")
    )
    users = User.objects.in_bulk({pk for step in found for pk in step.request.askers})
    return [
        Standing(
            step.request,
            step,
            tuple(users[pk] for pk in step.request.askers),
            tuple(_heard(step.request.decisions.all())),
        )
        for step in found
    ]


def _heard(decisions: Iterable[ApprovalDecision]) -> Iterable[User]:
    for one in decisions:
        yield one.user
        if one.on_behalf_of is not None:
            yield one.on_behalf_of


def requests_of(organisation_id: int) -> QuerySet[ApprovalRequest]:
    return ApprovalRequest.objects.filter(organisation=organisation_id).select_related(*WITH_ALL)


def waiting_on(organisation_id: int, kind: str, subject: str) -> ApprovalRequest | None:
    """What waits for the approval of a subject, for its own page to tell."""
    found = requests_of(organisation_id).filter(kind=kind, subject=subject)
    return found.filter(state=ApprovalRequest.State.WAITING).first()


def asked_by(user: User) -> QuerySet[ApprovalRequest]:
    """What the person asked for, the newest first."""
    return requests_of(user.organisation_id).filter(requested_by=user).order_by("-requested_at", "-pk")


def closed(organisation_id: int) -> QuerySet[ApprovalRequest]:
    """What was decided or came to nothing, the newest first."""
    found = requests_of(organisation_id).exclude(state=ApprovalRequest.State.WAITING)
    return found.order_by("-closed_at", "-pk")


def earlier(request: ApprovalRequest) -> QuerySet[ApprovalRequest]:
    """What was asked for the same subject before, the newest first."""
    found = requests_of(request.organisation_id).filter(
        kind=request.kind, subject=request.subject, pk__lt=request.pk
    )
    return found.order_by("-pk")


def lines_of(kind_code: str, seen: Mapping[str, Any]) -> list[Line]:
    """The figures of what is seen, in the reader's language."""
    kind = kind_of(kind_code)
    figures: Sequence[Mapping[str, Any]] = seen.get("figures", ())
    return [Line(_label(kind, figure), _value(kind, figure)) for figure in figures]


def _label(kind: ApprovalKind, figure: Mapping[str, Any]) -> str:
    text = str(kind.labels.get(figure["label"], figure["label"]))
    params = figure.get("params")
    return text % params if params else text


def _value(kind: ApprovalKind, figure: Mapping[str, Any]) -> str:
    if "minor" in figure:
        return formats.money(figure["minor"], figure["unit"])
    if "e4" in figure:
        return formats.amount(formats.from_e4(figure["e4"]), figure["unit"])
    if "number" in figure:
        return formats.number(figure["number"])
    if "on" in figure:
        return formats.day(date.fromisoformat(figure["on"]))
    if "kind" in figure:
        return str(kind_of(figure["kind"]).label)
    if "code" in figure:
        return str(kind.labels.get(figure["code"], figure["code"]))
    return str(figure.get("text", ""))
