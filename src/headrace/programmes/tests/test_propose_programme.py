"""Putting a programme in force where a rule wants others to approve it."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command

from headrace.base.approvals.rule_changes import Scope, Step
from headrace.base.approvals.tests.conftest import agree, refused_with, rule_in_force
from headrace.base.models import ApprovalRequest, Organisation, Role, User
from headrace.programmes.actions import launch_programme, propose_programme
from headrace.programmes.models import ProgrammeVersion

DOCUMENT = """
programme: rebate
title: {en: Rebate}
currency: EUR
from: 2026-01-01
earns:
  - key: volume
    facts: sale
    to: partner
    every: quarter
    base: sum(net_amount)
    scale: {mode: flat, rate: 1%}
"""


@pytest.fixture
def ruled(organisation: Organisation) -> Organisation:
    rule_in_force(organisation, Scope("programme"), Step(Role.APPROVER))
    return organisation


def propose(organisation: Organisation, user: User, document: str = DOCUMENT) -> ApprovalRequest:
    outcome = propose_programme(organisation=organisation, document=document, user=user)
    assert isinstance(outcome, ApprovalRequest)
    return outcome


def test_without_a_rule_it_is_in_force_at_once(organisation: Organisation, channel_manager: User) -> None:
    outcome = propose_programme(organisation=organisation, document=DOCUMENT, user=channel_manager)
    assert isinstance(outcome, ProgrammeVersion)


def test_it_is_in_force_once_another_has_approved_it(
    ruled: Organisation, channel_manager: User, approver: User
) -> None:
    request = propose(ruled, channel_manager)
    assert not ProgrammeVersion.objects.exists()
    refused_with("own", request, channel_manager)
    agree(request, approver)
    assert ProgrammeVersion.objects.get().document == DOCUMENT


def test_nobody_passes_by_the_rule(ruled: Organisation, channel_manager: User) -> None:
    with pytest.raises(ValidationError, match="others have to agree"):
        launch_programme(organisation=ruled, document=DOCUMENT, user=channel_manager)
    with pytest.raises(ValidationError, match="say who asks"):
        propose_programme(organisation=ruled, document=DOCUMENT, user=None)


def test_another_text_takes_the_place_of_the_one_that_waits(
    ruled: Organisation, channel_manager: User, approver: User
) -> None:
    first = propose(ruled, channel_manager)
    propose(ruled, channel_manager, DOCUMENT.replace("1%", "2%"))
    refused_with("closed", first, approver)


def test_by_the_command_line(ruled: Organisation, channel_manager: User, tmp_path: Path) -> None:
    path = tmp_path / "rebate.yaml"
    path.write_text(DOCUMENT)
    with pytest.raises(CommandError, match="say who asks"):
        call_command("launch", str(path))
    call_command("launch", str(path), by=channel_manager.email)
    assert ApprovalRequest.objects.get(kind="programme").requested_by == channel_manager
