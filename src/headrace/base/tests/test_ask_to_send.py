"""E-mail: asked for with the change, sent to a real server by the worker, again after a death, under one id."""

import email
import smtplib
import socket
from collections.abc import Iterator
from datetime import timedelta
from email.message import Message
from email.policy import default
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.utils import timezone

from headrace.base import jobs, mail
from headrace.base.jobs import Handler
from headrace.base.mail_server import email_settings
from headrace.base.models import Job, Mail, Organisation

HANDLERS = {mail.SEND: Handler(mail.send, whole=False)}


class Server:
    """Keeps what it is sent; answers with `says` to whoever names a recipient."""

    def __init__(self) -> None:
        self.kept: list[Message] = []
        self.says = "250 OK"

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        if self.says.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.says

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self.kept.append(email.message_from_bytes(envelope.content, policy=default))
        return "250 OK"


@pytest.fixture
def server(settings: Any, tmp_path: Path) -> Iterator[Server]:
    kept = Server()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(kept, hostname="127.0.0.1", port=port)
    controller.start()
    for name, value in email_settings(f"smtp://127.0.0.1:{port}", tmp_path).items():
        setattr(settings, name, value)
    yield kept
    controller.stop()


def ask(organisation: Organisation, key: str = "k1", **given: str) -> bool:
    message = {
        "to": "anna@north.example",
        "language": "de",
        "subject": "Ihr Bericht für März",
        "body": "Guten Tag,\n\nder Bericht für März fehlt noch.",
        "kind": "test.hello",
        "subject_ref": "test:1",
    }
    return mail.ask_to_send(organisation=organisation, key=key, **{**message, **given})


def work() -> int:
    return jobs.work(HANDLERS, stop=Event(), until_empty=True)


def test_a_message_reaches_the_server_once(organisation: Organisation, server: Server) -> None:
    ask(organisation)
    assert server.kept == []
    assert work() == 1
    (message,) = server.kept
    assert message["To"] == "anna@north.example"
    assert message["From"] == "Acme <headrace@localhost>"
    assert message["Subject"] == "Ihr Bericht für März"
    assert message["Content-Language"] == "de"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message.get_content().splitlines()[-1] == "der Bericht für März fehlt noch."  # type: ignore[attr-defined]
    kept = Mail.objects.get()
    assert kept.sent_at is not None
    assert message["Message-ID"] == kept.message_id
    assert work() == 0


def test_a_key_is_asked_for_once_for_good(organisation: Organisation, server: Server) -> None:
    assert ask(organisation)
    assert not ask(organisation, subject="another")
    work()
    assert not ask(organisation)
    assert work() == 0
    assert len(server.kept) == 1


def test_organisations_have_keys_of_their_own(
    organisation: Organisation, other_organisation: Organisation
) -> None:
    assert ask(organisation)
    assert ask(other_organisation)


def test_a_change_that_is_rolled_back_sends_nothing(organisation: Organisation, server: Server) -> None:
    with transaction.atomic():
        ask(organisation)
        transaction.set_rollback(True)
    assert (work(), server.kept, Mail.objects.count()) == (0, [], 0)


def test_a_worker_that_died_after_sending_sends_the_same_again(
    organisation: Organisation, server: Server
) -> None:
    ask(organisation)
    claimed = jobs.claim("dead", timezone.now())
    assert claimed is not None
    mail.send(claimed)
    # It died before it could note that: the worker that takes over sends again.
    Mail.objects.update(sent_at=None)
    later = jobs.claim("other", timezone.now() + jobs.LEASE * 2)
    assert later is not None
    assert jobs.perform(later, HANDLERS)
    first, second = server.kept
    assert first["Message-ID"] == second["Message-ID"]
    assert first["Date"] == second["Date"]


def test_a_server_that_is_busy_is_asked_again_later(organisation: Organisation, server: Server) -> None:
    server.says = "451 come back later"
    ask(organisation)
    assert work() == 1
    kept = Mail.objects.get()
    assert (kept.sent_at, kept.given_up_at, kept.attempts) == (None, None, 1)
    assert "come back later" in kept.problem
    server.says = "250 OK"
    assert Job.objects.get(done_at=None).wanted_at > timezone.now()
    Job.objects.filter(done_at=None).update(wanted_at=timezone.now() - timedelta(seconds=1))
    assert work() == 1
    kept.refresh_from_db()
    assert kept.sent_at is not None
    assert (kept.problem, len(server.kept)) == ("", 1)


def test_an_address_that_is_refused_is_given_up_and_told(organisation: Organisation, server: Server) -> None:
    server.says = "550 nobody of that name"
    ask(organisation)
    assert work() == 1
    kept = Mail.objects.get()
    assert kept.given_up_at is not None
    assert "nobody of that name" in kept.problem
    assert work() == 0
    server.says = "250 OK"
    mail.try_again(kept)
    assert work() == 1
    assert len(server.kept) == 1


def test_a_server_that_is_gone_for_days_is_given_up(organisation: Organisation, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        settings.EMAIL_HOST, settings.EMAIL_PORT = probe.getsockname()
    ask(organisation)
    for _attempt in range(mail.ATTEMPTS_MAX):
        assert Mail.objects.get().given_up_at is None
        Job.objects.filter(done_at=None).update(wanted_at=timezone.now() - timedelta(seconds=1))
        assert work() == 1
    assert Mail.objects.get().given_up_at is not None
    assert work() == 0


def test_a_line_break_in_a_subject_makes_no_header(organisation: Organisation, server: Server) -> None:
    ask(organisation, subject="Hello\r\nBcc: everybody@example.com")
    work()
    (message,) = server.kept
    assert message["Bcc"] is None
    assert message["Subject"] == "Hello Bcc: everybody@example.com"


def test_a_wrong_password_is_no_reason_to_give_a_message_up() -> None:
    assert not mail._is_refused(smtplib.SMTPAuthenticationError(535, b"wrong"))
    assert mail._is_refused(smtplib.SMTPSenderRefused(550, b"not you", "headrace@localhost"))


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("smtp://localhost", {"EMAIL_HOST": "localhost", "EMAIL_PORT": 25}),
        ("smtp+starttls://u%40x:p%2F@mail.example", {"EMAIL_HOST_USER": "u@x", "EMAIL_HOST_PASSWORD": "p/"}),
        ("smtp+starttls://mail.example", {"EMAIL_PORT": 587, "EMAIL_USE_TLS": True}),
        ("smtps://mail.example:2465", {"EMAIL_PORT": 2465, "EMAIL_USE_SSL": True}),
        ("files:", {"EMAIL_FILE_PATH": Path("home/mail")}),
        ("console:", {"EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend"}),
    ],
)
def test_an_address_says_where_mail_goes(address: str, expected: dict[str, Any]) -> None:
    found = email_settings(address, Path("home"))
    assert {name: found.get(name) for name in expected} == expected


@pytest.mark.parametrize("address", ["mail.example.com", "http://mail.example", "smtp://", "smtp"])
def test_an_address_that_is_none_is_told(address: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="HEADRACE_EMAIL names no mail server"):
        email_settings(address, Path("home"))
