"""Which groups of a programme can be worked out without the others."""

from headrace.engine.programme import Programme, Rule
from headrace.engine.scales import Rank


def is_separable(programme: Programme) -> bool:
    """Whether what a recipient earns depends on that recipient's facts alone.

    Not where recipients compete for places or for a budget, nor where a cap of the programme is used up by what
    comes from the groups of others, or a rule deducts it.
    """
    compete = any(isinstance(rule.scale, Rank) for rule in programme.rules)
    meet = bool(programme.caps) and any(
        rule.splits or rule.to != programme.rules[0].to for rule in programme.rules
    )
    deduct = any(_meets(rule, programme) for rule in programme.rules)
    return not (compete or meet or deduct or programme.budget is not None)


def _meets(rule: Rule, programme: Programme) -> bool:
    """Whether a rule deducts what a recipient may have from the groups of others."""
    deducted = [other for other in programme.rules if other.key in rule.deduct]
    return any(other.splits or other.to != rule.to for other in deducted)


def periods_stand_alone(programme: Programme) -> bool:
    """Whether, of one recipient, no period depends on another."""
    apart = all(_stands_alone(rule) for rule in programme.rules)
    return apart and not programme.caps and programme.budget is None


def _stands_alone(rule: Rule) -> bool:
    """An order is named by its earliest fact, so that its period is known only once all of it was looked at."""
    limits = [limit for limit in (rule.cap, rule.floor) if limit is not None and limit.every is not None]
    is_period = rule.every.kind not in ("fact", "order")
    return is_period and not limits and not rule.deduct and rule.returns != "original_rate"
