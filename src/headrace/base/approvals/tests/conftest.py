"""A purchase that needs an approval: a kind of its own, whose figures lie in a dictionary a test may change."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from headrace.base.actions import grant_role
from headrace.base.approvals import kinds
from headrace.base.approvals.actions import ask_for_approval, decide
from headrace.base.approvals.kinds import ApprovalKind
from headrace.base.approvals.rule_changes import Scope, Step, propose_rule
from headrace.base.models import (
    ApprovalDecision,
    ApprovalRequest,
    ApprovalRule,
    Organisation,
    Role,
    User,
)


@dataclass
class Purchases:
    """What the room of purchases knows, and what it was told."""

    seen: dict[str, Any] = field(default_factory=lambda: {"figures": [{"label": "price", "text": "red"}]})
    told: list[str] = field(default_factory=list)

    def kind(self) -> ApprovalKind:
        return ApprovalKind(
            code="purchase",
            label="Purchase",
            approved=lambda request: self.told.append(f"approved {request.subject}"),
            refused=lambda request, reason: self.told.append(f"refused {request.subject}: {reason}"),
            current=lambda _request: self.seen,
            lapsed=lambda request: self.told.append(f"lapsed {request.subject}"),
            labels={"price": "Price"},
        )


@pytest.fixture
def purchases() -> Iterator[Purchases]:
    before = kinds.all_kinds()
    room = Purchases()
    kinds.use([*before, room.kind()])
    yield room
    kinds.use(before)


Ask = Callable[..., ApprovalRequest]


@pytest.fixture
def ask(organisation: Organisation, channel_manager: User, purchases: Purchases) -> Ask:
    """Asks for the approval of a purchase for 500 euros, in the name of the channel manager."""

    def ask(**more: Any) -> ApprovalRequest:
        given: dict[str, Any] = {
            "organisation": organisation,
            "kind": "purchase",
            "subject": "purchase:1",
            "title": "A red bicycle",
            "amount_minor": 500_00,
            "unit": "EUR",
            "seen": purchases.seen,
            "requested_by": channel_manager,
        }
        return ask_for_approval(**{**given, **more})

    return ask


Cast = Callable[..., User]


@pytest.fixture
def cast(organisation: Organisation) -> Cast:
    """Lets another person in, with roles that nobody in particular gave."""

    def cast(name: str, *roles: Role, by: User | None = None, email: str = "") -> User:
        user = User.objects.create_user(
            email or f"{name.lower()}@acme.example", "x", name=name, organisation=organisation
        )
        for role in roles:
            grant_role(user=user, role=role, by=by)
        return user

    return cast


def rule_in_force(organisation: Organisation, scope: Scope, *steps: Step) -> ApprovalRule:
    """A rule that was approved by the people of another day."""
    rule = propose_rule(organisation=organisation, user=None, scope=scope, steps=steps)
    rule.in_force_at = timezone.now()
    rule.save(update_fields=["in_force_at"])
    ApprovalRequest.objects.filter(subject=f"approval_rule:{rule.pk}").update(state="withdrawn")
    return rule


def agree(request: ApprovalRequest, user: User, **more: Any) -> ApprovalDecision:
    """Approves what the request is now, unless told otherwise."""
    given: dict[str, Any] = {"decision": "approve", "seen_hash": request.seen_hash}
    return decide(request=request, user=user, **{**given, **more})


def refused_with(code: str, request: ApprovalRequest, user: User, **more: Any) -> None:
    with pytest.raises(ValidationError) as told:
        agree(request, user, **more)
    assert told.value.code == code, told.value.messages
