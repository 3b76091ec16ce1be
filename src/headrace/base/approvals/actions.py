"""Verbs of approvals: ask, decide, withdraw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from headrace.base import audit
from headrace.base.approvals import notices, rights
from headrace.base.approvals.kinds import kind_of
from headrace.base.approvals.links import check_usable
from headrace.base.approvals.rules import rule_for, steps_of
from headrace.base.approvals.seen import content_hash
from headrace.base.models import (
    ApprovalDecision,
    ApprovalLink,
    ApprovalRequest,
    ApprovalStep,
    Organisation,
    User,
)

Choice = ApprovalDecision.Choice
State = ApprovalRequest.State
LAPSES_AFTER_DAYS = 60


@transaction.atomic
def ask_for_approval(
    *,
    organisation: Organisation,
    kind: str,
    subject: str,
    title: str,
    amount_minor: int | None = None,
    unit: str = "",
    seen: Mapping[str, Any],
    requested_by: User | None = None,
    risk: str = "",
    segments: Sequence[str] = (),
) -> ApprovalRequest:
    """Asks people to agree to `subject`, by the rule that is for it; see `seen` for what they are shown.

    The same content again gives the request that waits; with other content that one becomes stale and a new one
    begins from its first step, which none of those may decide who asked before. `requested_by` None: the system.
    """
    digest = content_hash(seen, amount_minor=amount_minor, unit=unit, risk=risk, segments=segments)
    before = waiting_request(organisation, kind, subject)
    askers = [] if requested_by is None else [requested_by.pk]
    if before is not None:
        askers = sorted({*before.askers, *askers})
        if before.seen_hash == digest and timezone.now() < before.lapses_at:
            before.askers = askers
            before.save(update_fields=["askers"])
            return before
        close(before, State.STALE)
    rule = rule_for(organisation, kind, amount_minor, unit, risk, segments)
    days = LAPSES_AFTER_DAYS if rule is None else rule.lapses_after_days
    request = ApprovalRequest(
        organisation=organisation,
        kind=kind,
        subject=subject,
        title=title,
        amount_minor=amount_minor,
        unit=unit,
        risk=risk,
        segments=list(segments),
        seen=dict(seen),
        seen_hash=digest,
        requested_by=requested_by,
        askers=askers,
        rule=rule,
        lapses_at=timezone.now() + timedelta(days=days),
    )
    return _begin(request)


def _begin(request: ApprovalRequest) -> ApprovalRequest:
    try:
        with transaction.atomic():
            request.save()
    except IntegrityError as error:  # another asks for the same at this very moment
        raise ValidationError(
            _("Somebody asks for an approval of the same at this moment. Try again.")
        ) from error
    for step in steps_of(request.rule, request.kind):
        ApprovalStep.objects.create(
            organisation=request.organisation,
            request=request,
            position=step.position,
            role=step.role,
            person=step.person,
            needed=step.needed,
            deadline_days=step.deadline_days,
            escalates_to=step.escalates_to,
        )
    record_of(request, "approval.ask", request.requested_by, seen_hash=request.seen_hash)
    _open_next(request)
    notices.look_after(request, request.lapses_at)
    return request


def _open_next(request: ApprovalRequest) -> ApprovalStep | None:
    """Opens the first step that is not done; gives None where all are."""
    step = request.steps.filter(done_at=None).order_by("position").first()
    if step is None:
        return None
    step.opened_at = timezone.now()
    if step.deadline_days is not None:
        step.due_at = step.opened_at + timedelta(days=step.deadline_days)
        notices.look_after(request, step.due_at)
    step.save(update_fields=["opened_at", "due_at"])
    notices.tell_deciders(standing_of(request, step))
    return step


def decide(
    *,
    request: ApprovalRequest,
    user: User,
    decision: str,
    comment: str = "",
    seen_hash: str,
    is_by_link: bool = False,
) -> ApprovalDecision:
    """Approves or refuses (`ApprovalDecision.Choice`) the open step for `user`, who saw what has this hash.

    Raises ValidationError that says why not: decided already, lapsed, changed since it was seen, changed since it
    was asked for (then the request is stale, also where this is raised), one's own, twice, not entitled, or refused
    without a reason.
    """
    with transaction.atomic():
        found = locked(request)
        _check_open(found, seen_hash)
        if _is_current(found):
            return _decide(found, user, Choice(decision), comment.strip(), is_by_link)
        close(found, State.STALE)
        notices.tell_asker(found)
        kind_of(found.kind).lapsed(found)
    raise ValidationError(
        _("“%(title)s” has changed since the approval was asked for. It has to be asked for again.")
        % {"title": request.title},
        code="stale",
    )


def locked(request: ApprovalRequest) -> ApprovalRequest:
    """The request as it is now, locked, so that of two who decide at the same moment one comes second."""
    found = ApprovalRequest.objects.select_for_update(of=("self",)).select_related("organisation", "rule")
    return found.get(pk=request.pk)


def _check_open(request: ApprovalRequest, seen_hash: str) -> None:
    if not request.is_waiting:
        raise ValidationError(
            _("“%(title)s” waits for nobody any more: %(state)s.")
            % {"title": request.title, "state": request.get_state_display()},
            code="closed",
        )
    if request.lapses_at <= timezone.now():
        raise ValidationError(
            _("“%(title)s” was not decided in time and has lapsed. It has to be asked for again.")
            % {"title": request.title},
            code="lapsed",
        )
    if request.seen_hash != seen_hash:
        raise ValidationError(
            _("“%(title)s” has changed since you saw it. Look at it again, then decide.")
            % {"title": request.title},
            code="changed",
        )


def _is_current(request: ApprovalRequest) -> bool:
    """Whether the subject still is what was asked for."""
    now = kind_of(request.kind).current(request)
    return now is not None and request.seen_hash == content_hash(
        now,
        amount_minor=request.amount_minor,
        unit=request.unit,
        risk=request.risk,
        segments=request.segments,
    )


def _decide(
    request: ApprovalRequest, user: User, choice: Choice, comment: str, is_by_link: bool
) -> ApprovalDecision:
    step = request.steps.select_related("person").filter(done_at=None).order_by("position").first()
    assert step is not None, "a request that waits has a step that is not done"
    right = rights.right_of(rights.voter_of(user), standing_of(request, step))
    if choice == Choice.REFUSE and not comment:
        raise ValidationError(_("Say why: whoever asked reads the reason."), code="reason")
    decision = ApprovalDecision.objects.create(
        organisation=request.organisation,
        request=request,
        step=step,
        user=user,
        role=right.grant.role if right.grant else "",
        grant=right.grant,
        delegation=right.delegation,
        on_behalf_of=right.delegation.delegator if right.delegation else None,
        choice=choice,
        comment=comment,
        is_by_link=is_by_link,
        seen={
            "title": request.title,
            "amount_minor": request.amount_minor,
            "unit": request.unit,
            "seen": request.seen,
        },
        seen_hash=request.seen_hash,
    )
    record_of(request, f"approval.{choice.value}", user, step=step.position, decision=decision.pk)
    _go_on(request, step, decision)
    return decision


def _go_on(request: ApprovalRequest, step: ApprovalStep, decision: ApprovalDecision) -> None:
    """What follows from a decision: the end, the next step, or waiting for the others of this one."""
    if decision.choice == Choice.REFUSE:
        close(request, State.REFUSED)
        notices.tell_asker(request)
        kind_of(request.kind).refused(request, decision.comment)
    elif step.decisions.filter(choice=Choice.APPROVE).count() >= step.needed:
        step.done_at = decision.decided_at
        step.save(update_fields=["done_at"])
        if _open_next(request) is None:
            close(request, State.APPROVED)
            notices.tell_asker(request)
            kind_of(request.kind).approved(request)


@transaction.atomic
def withdraw_request(
    *, organisation: Organisation, kind: str, subject: str, user: User | None = None
) -> ApprovalRequest | None:
    """Takes back what waits for the subject, as when it is dropped. Gives None where nothing waits."""
    request = waiting_request(organisation, kind, subject)
    if request is not None:
        close(request, State.WITHDRAWN, user)
    return request


def waiting_request(organisation: Organisation, kind: str, subject: str) -> ApprovalRequest | None:
    """The request that waits for the subject, locked; to be called in a transaction."""
    found = ApprovalRequest.objects.select_for_update(of=("self",)).select_related("organisation")
    return found.filter(organisation=organisation, kind=kind, subject=subject, state=State.WAITING).first()


def standing_of(request: ApprovalRequest, step: ApprovalStep) -> rights.Standing:
    decisions = list(request.decisions.select_related("user", "on_behalf_of"))
    heard = [one.user for one in decisions] + [one.on_behalf_of for one in decisions if one.on_behalf_of]
    return rights.Standing(request, step, tuple(User.objects.filter(pk__in=request.askers)), tuple(heard))


def close(request: ApprovalRequest, state: State, user: User | None = None) -> None:
    request.state, request.closed_at = state, timezone.now()
    request.save(update_fields=["state", "closed_at"])
    record_of(request, "approval.close", user, state=state.value)


def record_of(request: ApprovalRequest, action: str, user: User | None, **details: Any) -> None:
    audit.record(
        organisation=request.organisation,
        user=user,
        action=action,
        subject=f"approval:{request.pk}",
        of=request.subject,
        kind=request.kind,
        **details,
    )


def decide_by_link(*, link: ApprovalLink, decision: str, comment: str = "") -> ApprovalDecision:
    """As `decide`, for the person, step and content that a link was sent for. Raises ValidationError as it does.

    A link that was refused, as for want of a reason, may be used again.
    """
    check_usable(link)
    made = decide(
        request=link.request,
        user=link.user,
        decision=decision,
        comment=comment,
        seen_hash=link.seen_hash,
        is_by_link=True,
    )
    ApprovalLink.objects.filter(pk=link.pk).update(used_at=made.decided_at)
    return made
