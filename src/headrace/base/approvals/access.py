"""Who may see which request, rule and delegation. Another organisation's is a 404."""

from __future__ import annotations

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from headrace.base.access import user_of
from headrace.base.approvals.queries import requests_of
from headrace.base.models import ApprovalRequest, ApprovalRule, Delegation


def get_request(request: HttpRequest, pk: int) -> ApprovalRequest:
    """A request of the organisation of the person who asks: everybody with a role there may see it."""
    return get_object_or_404(requests_of(user_of(request).organisation_id), pk=pk)


def get_rule(request: HttpRequest, pk: int) -> ApprovalRule:
    """A version of a rule, whatever became of it."""
    rules = ApprovalRule.objects.select_related("organisation", "proposed_by", "replaces")
    return get_object_or_404(rules, organisation_id=user_of(request).organisation_id, pk=pk)


def get_own_delegation(request: HttpRequest, pk: int) -> Delegation:
    """One that the person gave themself and has not revoked."""
    given = Delegation.objects.select_related("organisation", "delegator", "delegate")
    return get_object_or_404(given, delegator=user_of(request), revoked_at=None, pk=pk)
