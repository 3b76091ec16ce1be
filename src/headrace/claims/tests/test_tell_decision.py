"""Whoever claimed is told by e-mail what was decided, in their language, once."""

from typing import Any

import pytest
from django.core import mail as django_mail
from django.core.exceptions import ValidationError

from headrace.base import mail
from headrace.base.models import Job, Mail, User
from headrace.claims.actions import approve_claim, refuse_claim, withdraw_claim
from headrace.claims.models import Refusal
from headrace.claims.tests.conftest import claim_of
from headrace.partners.models import Person


def test_an_approval_is_told(sven: Person, channel_manager: User) -> None:
    claim = claim_of(sven)
    approve_claim(claim=claim, user=channel_manager)
    told = Mail.objects.get()
    assert (told.to, told.subject) == (
        "sven@north.example",
        "Your claim for invoice INV-2026/0417 is approved",
    )
    assert "Bike, invoice INV-2026/0417, 2 March 2026, €900.00" in told.body
    assert f"http://localhost:8000/portal/claims/{claim.pk}/" in told.body


def test_a_refusal_is_told_with_its_reason_in_their_language(sven: Person, channel_manager: User) -> None:
    User.objects.filter(pk=sven.user_id).update(language="de")
    refuse_claim(
        claim=claim_of(sven), user=channel_manager, refusal=Refusal.UNREADABLE, comment="Seite 2 fehlt."
    )
    told = Mail.objects.get()
    assert told.language == "de"
    assert "Der Beleg ist nicht lesbar." in told.body
    assert "Seite 2 fehlt." in told.body
    assert "2. März 2026" in told.body


def test_it_is_sent_by_the_worker(sven: Person, channel_manager: User, mailoutbox: list[Any]) -> None:
    approve_claim(claim=claim_of(sven), user=channel_manager)
    assert mailoutbox == []
    mail.send(Job.objects.get(kind=mail.SEND))
    assert [message.to for message in django_mail.outbox] == [["sven@north.example"]]


def test_who_decides_twice_tells_once(sven: Person, channel_manager: User) -> None:
    claim = claim_of(sven)
    approve_claim(claim=claim, user=channel_manager)
    with pytest.raises(ValidationError):
        refuse_claim(claim=claim, user=channel_manager, refusal=Refusal.UNREADABLE)
    assert Mail.objects.count() == 1


def test_who_takes_a_claim_back_or_cannot_sign_in_is_told_nothing(
    sven: Person, channel_manager: User
) -> None:
    withdraw_claim(claim=claim_of(sven), user=sven.user or channel_manager)
    Person.objects.filter(pk=sven.pk).update(user=None)
    refuse_claim(
        claim=claim_of(sven, invoice_number="INV-2"), user=channel_manager, refusal=Refusal.UNREADABLE
    )
    assert not Mail.objects.exists()
    assert not Job.objects.filter(kind=mail.SEND).exists()
