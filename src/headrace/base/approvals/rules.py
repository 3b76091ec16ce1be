"""Which rule is for a subject, and the steps that follow from it."""

from __future__ import annotations

from collections.abc import Sequence

from headrace.base.approvals.kinds import kind_of
from headrace.base.models import ApprovalRule, ApprovalRuleStep, Organisation


def needs_approval(
    *,
    organisation: Organisation,
    kind: str,
    amount_minor: int | None = None,
    unit: str = "",
    risk: str = "",
    segments: Sequence[str] = (),
) -> bool:
    """Whether somebody has to agree: where a rule says so, and always for a kind that is not `only_by_rule`."""
    if not kind_of(kind).only_by_rule:
        return True
    return rule_for(organisation, kind, amount_minor, unit, risk, segments) is not None


def rule_for(
    organisation: Organisation,
    kind: str,
    amount_minor: int | None,
    unit: str,
    risk: str,
    segments: Sequence[str],
) -> ApprovalRule | None:
    """The rule in force that fits best: the one from the highest amount, then for the risk, the segment, the newest.

    An amount in a unit that no rule of the kind is in can't be compared with their bounds, so that it counts as
    beyond all of them: a payout in dollars does not slip past rules in euros. What is taken back counts as what is
    paid.
    """
    in_force = ApprovalRule.objects.filter(
        organisation=organisation, kind=kind, in_force_at__isnull=False, ended_at=None, is_end=False
    )
    fitting = [
        rule
        for rule in in_force
        if rule.risk in ("", risk) and (not rule.segment or rule.segment in segments)
    ]
    is_known_unit = any(rule.unit == unit for rule in fitting if rule.unit)
    fitting = [rule for rule in fitting if _is_within(rule, amount_minor, unit, is_known_unit)]
    return max(fitting, key=_rank, default=None)


def _is_within(rule: ApprovalRule, amount_minor: int | None, unit: str, is_known_unit: bool) -> bool:
    if not rule.unit or amount_minor is None:
        return True
    if rule.unit != unit:
        return not is_known_unit
    size = abs(amount_minor)
    is_enough = rule.amount_from_minor is None or rule.amount_from_minor <= size
    return is_enough and (rule.amount_to_minor is None or size <= rule.amount_to_minor)


def _rank(rule: ApprovalRule) -> tuple[int, bool, bool, int]:
    return rule.amount_from_minor or 0, bool(rule.risk), bool(rule.segment), rule.pk


def steps_of(rule: ApprovalRule | None, kind: str) -> list[ApprovalRuleStep]:
    """The steps of a rule in order; without one, a single step of the kind's own role."""
    if rule is not None:
        return list(rule.steps.order_by("position"))
    return [ApprovalRuleStep(position=1, role=kind_of(kind).role, needed=1)]
