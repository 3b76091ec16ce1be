"""Keys of the API: shown once, kept as a hash, revoked; by the console and by the command."""

import re

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from headrace.base.api.keys import Scope, key_of, make_key
from headrace.base.models import ApiKey, AuditEvent, Organisation, User

TOKEN = re.compile(r"hr_[0-9a-f]{12}_[\w-]{43}")


@pytest.fixture
def manager(client: Client, channel_manager: User) -> Client:
    client.force_login(channel_manager)
    return client


def test_a_key_is_shown_once_and_kept_as_a_hash(manager: Client, organisation: Organisation) -> None:
    page = manager.post(reverse("console:api_keys"), {"name": "Till in Turin"}).content.decode()
    (token,) = TOKEN.findall(page)
    key = key_of(token)
    assert key is not None
    assert key.name == "Till in Turin"
    assert token not in str(ApiKey.objects.values().get())
    again = manager.get(reverse("console:api_keys")).content.decode()
    assert TOKEN.findall(again) == []
    assert key.start in again
    assert AuditEvent.objects.filter(action="api_key.make", subject=f"api_key:{key.pk}").exists()


def test_a_name_stands_for_one_valid_key(manager: Client, organisation: Organisation) -> None:
    key, _token = make_key(organisation=organisation, name="Till", scopes=[Scope.SEND_SALES])
    page = manager.post(reverse("console:api_keys"), {"name": "Till"}).content.decode()
    assert "There is a valid key named “Till”." in page
    manager.post(reverse("console:revoke_api_key", args=[key.pk]))
    assert TOKEN.search(manager.post(reverse("console:api_keys"), {"name": "Till"}).content.decode())


def test_revoking_asks_first(manager: Client, organisation: Organisation) -> None:
    key, token = make_key(organisation=organisation, name="Till", scopes=[Scope.SEND_SALES])
    address = reverse("console:revoke_api_key", args=[key.pk])
    assert "Revoke “Till”?" in manager.get(address).content.decode()
    assert key_of(token) == key
    page = manager.post(address, follow=True).content.decode()
    assert "The key “Till” is revoked." in page
    assert key_of(token) is None
    assert manager.post(address).status_code == 404


def test_the_day_it_was_used_is_noted(organisation: Organisation) -> None:
    key, token = make_key(organisation=organisation, name="Till", scopes=[])
    assert key.last_used_on is None
    key_of(token)
    key.refresh_from_db()
    assert key.last_used_on is not None


def test_the_command_prints_the_key(organisation: Organisation, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("make_key", "Till")
    assert key_of(capsys.readouterr().out.strip()) == ApiKey.objects.get()
    with pytest.raises(CommandError, match="There is a valid key named “Till”"):
        call_command("make_key", "Till")
