"""Deciding by a link from an e-mail: for one person, one content, once, for some days."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.utils import timezone

from headrace.base.approvals.links import link_of, path_of
from headrace.base.approvals.tests.conftest import Ask, Purchases, agree
from headrace.base.models import ApprovalDecision, ApprovalLink, ApprovalRequest, Mail, User


def address_in(mail: Mail) -> str:
    found = re.search(r"http://localhost:8000(\S+)", mail.body)
    assert found, mail.body
    return found[1]


@pytest.fixture
def path(ask: Ask, approver: User) -> str:
    """As it stands in the message that the approver got."""
    ask()
    return address_in(Mail.objects.get(to=approver.email))


def send(path: str, **given: str) -> int:
    return Client().post(path, {"decision": "approve", "comment": "", **given}).status_code


def test_who_may_decide_is_told_who_asked_is_not(ask: Ask, approver: User) -> None:
    ask()
    assert [mail.to for mail in Mail.objects.all()] == [approver.email]


def test_opening_it_decides_nothing(path: str) -> None:
    response = Client().get(path)
    assert response.status_code == 200
    assert "A red bicycle" in response.content.decode()
    assert "no-store" in response["Cache-Control"]
    assert not ApprovalDecision.objects.exists()


def test_its_form_decides(path: str, purchases: Purchases, approver: User) -> None:
    assert send(path, comment="From the train.") == 200
    decision = ApprovalDecision.objects.get()
    assert (decision.user, decision.is_by_link, decision.comment) == (approver, True, "From the train.")
    assert purchases.told == ["approved purchase:1"]


def test_it_works_once(path: str) -> None:
    send(path)
    assert send(path) == 410
    assert Client().get(path).status_code == 410
    assert ApprovalDecision.objects.count() == 1


def test_a_refusal_without_a_reason_does_not_use_it_up(path: str, purchases: Purchases) -> None:
    assert send(path, decision="refuse") == 200
    assert not ApprovalDecision.objects.exists()
    send(path, decision="refuse", comment="Too red.")
    assert purchases.told == ["refused purchase:1: Too red."]


def test_it_expires(path: str) -> None:
    ApprovalLink.objects.update(expires_at=timezone.now())
    response = Client().post(path, {"decision": "approve"})
    assert (response.status_code, "expired" in response.content.decode()) == (410, True)
    assert not ApprovalDecision.objects.exists()


def test_it_is_for_one_content(path: str, ask: Ask) -> None:
    ask(amount_minor=900_00)
    assert send(path) == 410
    assert not ApprovalDecision.objects.exists()


def test_what_changed_meanwhile_is_stale_by_link_too(path: str, purchases: Purchases) -> None:
    purchases.seen = {"figures": []}
    assert "has changed since" in Client().post(path, {"decision": "approve"}).content.decode()
    assert ApprovalRequest.objects.get().state == "stale"


def test_a_forged_link_is_none(path: str) -> None:
    token = path.rstrip("/").rpartition("/")[2]
    assert link_of(token) is not None
    forged = path.replace(token, token[:-2] + ("AA" if token[-2:] != "AA" else "BB"))
    assert Client().get(forged).status_code == 404
    assert send(forged) == 404


def test_a_link_for_one_is_none_for_another(path: str, channel_manager: User) -> None:
    client = Client()
    client.force_login(channel_manager)
    assert client.get(path).status_code == 404
    assert client.post(path, {"decision": "approve"}).status_code == 404


def test_rights_are_looked_at_again(path: str, approver: User) -> None:
    approver.role_grants.update(revoked_at=timezone.now())
    assert "you are not among them" in Client().post(path, {"decision": "approve"}).content.decode()
    User.objects.filter(pk=approver.pk).update(is_active=False)
    assert send(path) == 404
    assert not ApprovalDecision.objects.exists()


def test_a_delegate_of_an_asker_gets_no_link(ask: Ask, approver: User) -> None:
    ask(requested_by=approver)
    assert not ApprovalLink.objects.exists()


def test_who_asked_is_told_what_became_of_it(ask: Ask, approver: User, channel_manager: User) -> None:
    request = ask()
    agree(request, approver, decision="refuse", comment="Too red.")
    told = Mail.objects.get(to=channel_manager.email)
    assert "Too red." in told.body
    assert f"/console/approvals/{request.pk}/" in told.body


def test_it_is_in_the_language_of_its_person(ask: Ask, approver: User) -> None:
    User.objects.filter(pk=approver.pk).update(language="de")
    ask()
    response = Client().get(path_of(ApprovalLink.objects.get()))
    assert '<html lang="de"' in response.content.decode()
