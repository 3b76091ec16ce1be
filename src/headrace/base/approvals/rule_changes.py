"""Changing the rules themselves: proposed by one person, in force once others have agreed. Nothing is overwritten."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from headrace.base.approvals.actions import ask_for_approval
from headrace.base.approvals.kinds import ApprovalKind, kind_of
from headrace.base.models import (
    ApprovalRequest,
    ApprovalRule,
    ApprovalRuleStep,
    Organisation,
    Role,
    User,
)
from headrace.base.models.approvals import Risk

RULE_CHANGE = "approval_rule"
STEPS_MAX = 5


@dataclass(frozen=True, slots=True)
class Step:
    """A step as it is proposed: a role or a person, how many of them, and who decides when it is overdue."""

    role: str = ""
    person: User | None = None
    needed: int = 1
    deadline_days: int | None = None
    escalates_to: str = ""


@dataclass(frozen=True, slots=True)
class Scope:
    """What a rule is for. Amounts are minor units of `unit`, bounds included; what is empty or None means any."""

    kind: str
    unit: str = ""
    amount_from_minor: int | None = None
    amount_to_minor: int | None = None
    risk: str = ""
    segment: str = ""
    lapses_after_days: int = 60


@transaction.atomic
def propose_rule(
    *,
    organisation: Organisation,
    user: User | None,
    scope: Scope,
    steps: Sequence[Step],
    replaces: ApprovalRule | None = None,
) -> ApprovalRule:
    """A new rule, or the next version of the one it replaces; in force once somebody else has approved it.

    Raises ValidationError where the amounts or the steps can't be, or the version it replaces is not in force.
    """
    _check_scope(scope)
    _check_steps(organisation, steps)
    rule = ApprovalRule(
        organisation=organisation,
        kind=scope.kind,
        unit=scope.unit,
        amount_from_minor=scope.amount_from_minor,
        amount_to_minor=scope.amount_to_minor,
        risk=scope.risk,
        segment=scope.segment,
        lapses_after_days=scope.lapses_after_days,
        proposed_by=user,
    )
    return _propose(rule, steps, replaces)


@transaction.atomic
def propose_end(*, rule: ApprovalRule, user: User) -> ApprovalRule:
    """Proposes that a rule ends: requests that have begun keep it, later ones do without."""
    end = ApprovalRule(organisation=rule.organisation, kind=rule.kind, is_end=True, proposed_by=user)
    return _propose(end, (), rule)


def _propose(rule: ApprovalRule, steps: Sequence[Step], replaces: ApprovalRule | None) -> ApprovalRule:
    if replaces is not None and not is_in_force(replaces):
        raise ValidationError(_("This version is not in force any more. Change the one that is."))
    rule.replaces = replaces
    rule.save()
    rule.key = replaces.key if replaces is not None else rule.pk
    rule.save(update_fields=["key"])
    for position, step in enumerate(steps, start=1):
        ApprovalRuleStep.objects.create(
            organisation=rule.organisation,
            rule=rule,
            position=position,
            role=step.role,
            person=step.person,
            needed=step.needed,
            deadline_days=step.deadline_days,
            escalates_to=step.escalates_to,
        )
    ask_for_approval(
        organisation=rule.organisation,
        kind=RULE_CHANGE,
        subject=f"approval_rule:{rule.pk}",
        title=str(_title(rule)) % {"kind": kind_of(rule.kind).label},
        seen=seen_of(rule),
        requested_by=rule.proposed_by,
    )
    return rule


def _title(rule: ApprovalRule) -> str:
    if rule.is_end:
        return _("End of a rule: %(kind)s")
    return _("Change of a rule: %(kind)s") if rule.replaces else _("New rule: %(kind)s")


def is_in_force(rule: ApprovalRule) -> bool:
    return rule.in_force_at is not None and rule.ended_at is None


def _check_scope(scope: Scope) -> None:
    kind_of(scope.kind)
    least, most = scope.amount_from_minor, scope.amount_to_minor
    if (least is not None or most is not None) and not scope.unit:
        raise ValidationError(_("Name the unit of the amounts, as EUR or points."))
    if least is not None and most is not None and least > most:
        raise ValidationError(_("The amount from which the rule is for is above the one up to which it is."))


def _check_steps(organisation: Organisation, steps: Sequence[Step]) -> None:
    if not 1 <= len(steps) <= STEPS_MAX:
        raise ValidationError(_("A rule has one to %(limit)s steps.") % {"limit": STEPS_MAX})
    for number, step in enumerate(steps, start=1):
        problem = _problem_of(organisation, step)
        if problem:
            raise ValidationError(_("Step %(number)s: %(problem)s") % {"number": number, "problem": problem})


def _problem_of(organisation: Organisation, step: Step) -> str:
    if bool(step.role) == (step.person is not None):
        return _("Choose either a role or a person.")
    if step.person is not None:
        if step.person.organisation_id != organisation.pk or not step.person.is_active:
            return _("Choose somebody of your organisation who may sign in.")
        if step.needed != 1:
            return _("One person agrees once; for more, choose a role.")
    if step.needed < 1:
        return _("At least one has to agree.")
    if (step.deadline_days is None) != (not step.escalates_to):
        return _("A deadline and the role that decides after it belong together. Give both, or neither.")
    return ""


def seen_of(rule: ApprovalRule) -> dict[str, Any]:
    """What an approver of the rule is shown; nothing of it depends on a language."""
    figures: list[dict[str, Any]] = [{"label": "kind", "kind": rule.kind}]
    if rule.is_end:
        figures.append({"label": "end", "code": "is_end"})
    for label, minor in (("amount_from", rule.amount_from_minor), ("amount_to", rule.amount_to_minor)):
        if minor is not None:
            figures.append({"label": label, "minor": minor, "unit": rule.unit})
    if rule.risk:
        figures.append({"label": "risk", "code": rule.risk})
    if rule.segment:
        figures.append({"label": "segment", "text": rule.segment})
    if not rule.is_end:
        figures.append({"label": "lapses_after", "number": rule.lapses_after_days})
    for step in rule.steps.select_related("person").order_by("position"):
        figures += _figures_of_step(step)
    return {"figures": figures, "rule": rule.pk, "replaces": rule.replaces_id}


def _figures_of_step(step: ApprovalRuleStep) -> list[dict[str, Any]]:
    params = {"number": step.position, "needed": step.needed}
    who = {"text": step.person.name, "person": step.person.pk} if step.person else {"code": step.role}
    figures: list[dict[str, Any]] = [{"label": "step", "params": params, **who}]
    if step.deadline_days is not None:
        late = {"number": step.position, "days": step.deadline_days}
        figures.append({"label": "escalates", "params": late, "code": step.escalates_to})
    return figures


LABELS: dict[str, str | Promise] = {
    "kind": gettext_lazy("What it is for"),
    "end": gettext_lazy("Change"),
    "is_end": gettext_lazy("The rule ends"),
    "amount_from": gettext_lazy("Amount from"),
    "amount_to": gettext_lazy("Amount up to"),
    "risk": gettext_lazy("Risk"),
    "segment": gettext_lazy("Segment"),
    "lapses_after": gettext_lazy("Lapses after days"),
    "step": gettext_lazy("Step %(number)s: agreement of %(needed)s"),
    "escalates": gettext_lazy("Step %(number)s: after %(days)s days also"),
    **{role.value: role.label for role in Role},
    **{risk.value: risk.label for risk in Risk},
}


def rule_of(request: ApprovalRequest) -> ApprovalRule:
    rules = ApprovalRule.objects.select_related("replaces", "organisation")
    return rules.get(organisation=request.organisation_id, pk=int(request.subject.partition(":")[2]))


def _approved(request: ApprovalRequest) -> None:
    """Puts the version in force in the place of the one before it."""
    rule, now = rule_of(request), timezone.now()
    if rule.replaces is not None:
        rule.replaces.ended_at = now
        rule.replaces.save(update_fields=["ended_at"])
    rule.in_force_at = now
    rule.ended_at = now if rule.is_end else None
    rule.save(update_fields=["in_force_at", "ended_at"])


def _refused(request: ApprovalRequest, reason: str) -> None:
    _lapsed(request)


def _lapsed(request: ApprovalRequest) -> None:
    rule = rule_of(request)
    rule.refused_at = timezone.now()
    rule.save(update_fields=["refused_at"])


def _current(request: ApprovalRequest) -> dict[str, Any] | None:
    """None once the version that it replaces has been replaced by another."""
    rule = rule_of(request)
    if rule.replaces_id is None:
        return seen_of(rule)
    before = ApprovalRule.objects.select_for_update().get(pk=rule.replaces_id)
    return seen_of(rule) if is_in_force(before) else None


def _address(request: ApprovalRequest) -> str:
    return reverse("console:approval_rule", args=[rule_of(request).pk])


KIND = ApprovalKind(
    code=RULE_CHANGE,
    label=gettext_lazy("Approval rule"),
    approved=_approved,
    refused=_refused,
    lapsed=_lapsed,
    current=_current,
    labels=LABELS,
    address=_address,
)
