"""Giving and taking roles, by the command line too."""

import io

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command

from headrace.base.actions import grant_role, revoke_role
from headrace.base.models import AuditEvent, Organisation, Role, User


def test_nobody_gives_a_role_to_themself(channel_manager: User) -> None:
    with pytest.raises(ValidationError, match="to themself"):
        grant_role(user=channel_manager, role=Role.APPROVER, by=channel_manager)
    assert not channel_manager.has_role(Role.APPROVER)


def test_what_is_taken_away_is_told(channel_manager: User, approver: User) -> None:
    revoke_role(user=approver, role=Role.APPROVER, by=channel_manager)
    revoke_role(user=approver, role=Role.APPROVER, by=channel_manager)
    assert not approver.has_role(Role.APPROVER)
    assert AuditEvent.objects.get(action="role.revoke").user == channel_manager


def test_the_command_gives_and_takes(channel_manager: User, approver: User) -> None:
    call_command("role", approver.email, "finance", by=channel_manager.email)
    grant = approver.role_grants.get(role=Role.FINANCE)
    assert grant.granted_by == channel_manager
    call_command("role", approver.email, "finance", revoke=True)
    assert not approver.has_role(Role.FINANCE)


def test_the_command_lets_somebody_new_in(
    organisation: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("correct horse battery\n"))
    call_command("role", "fiona@acme.example", "finance", name="Fiona")
    assert User.objects.get(email="fiona@acme.example").has_role(Role.FINANCE)


def test_the_command_tells_who_is_not_known(organisation: Organisation) -> None:
    with pytest.raises(CommandError, match="may not sign in at Acme"):
        call_command("role", "nobody@acme.example", "finance", revoke=True)
