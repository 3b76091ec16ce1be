"""E-mail: asked for in the transaction of a change, sent by a worker after it, told where it can't be.

A message is sent at least once: a worker that dies between the server's answer and the note of it sends it again,
under the same Message-ID, by which mail programs know it for the same. Within an organisation a `key` is asked for
once, for good. Nothing is sent while a transaction is open.
"""

from __future__ import annotations

import smtplib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from email.utils import format_datetime, formataddr, make_msgid, parseaddr

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.utils import timezone, translation

from headrace.base import jobs
from headrace.base.models import Job, Mail, Organisation

SEND = "base.send_mail"
ATTEMPTS_MAX = 12
SUBJECT_LENGTH_MAX = 300
BACK_OFF = timedelta(minutes=1)  # doubled with each attempt: given up after somewhat more than two days
REFUSED_FROM, REFUSED_TO = 500, 599  # SMTP: the server will never take it, RFC 5321 section 4.2.1


def ask_to_send(
    *,
    organisation: Organisation,
    to: str,
    language: str,
    subject: str,
    body: str,
    kind: str,
    subject_ref: str,
    key: str,
) -> bool:
    """Asks for a message of plain text; False where the organisation asked for one with this `key` before.

    Call it in the transaction of the change that it tells of. Write `subject` and `body` within
    `written_in(language)`. `kind` says what it is about, as "sales.report_is_late"; `subject_ref` names what, as
    the audit trail does ("claim:12").
    """
    asked = {
        "to": to,
        "language": language,
        # A header is one line, whatever a name in it holds.
        "subject": " ".join(subject.split())[:SUBJECT_LENGTH_MAX],
        "body": body,
        "kind": kind,
        "subject_ref": subject_ref,
        "message_id": make_msgid(domain=_domain()),
    }
    with transaction.atomic():
        mail, is_new = Mail.objects.get_or_create(organisation=organisation, key=key, defaults=asked)
        if is_new:
            _ask_for_job(mail)
    return is_new


@contextmanager
def written_in(language: str) -> Iterator[None]:
    """Texts, numbers and dates in the recipient's language; in English where it is none of ours."""
    known = dict(settings.LANGUAGES)
    with translation.override(language if language in known else settings.LANGUAGE_CODE):
        yield


def link(path: str) -> str:
    """The whole address of a page, for a message: `path` as `reverse` gives it."""
    return f"{settings.ADDRESS}{path}"


def send(job: Job) -> None:
    """Sends the message that a job of the kind `SEND` names, unless it was sent or given up before."""
    mail = Mail.objects.select_related("organisation").get(pk=job.payload["mail"])
    if mail.sent_at or mail.given_up_at:
        return
    try:
        _as_message(mail).send()
    except (
        OSError,
        ValueError,
    ) as problem:  # SMTPException is an OSError; Django refuses bad headers by ValueError
        _note_problem(mail, problem)
    else:
        Mail.objects.filter(pk=mail.pk).update(sent_at=timezone.now(), attempts=mail.attempts + 1, problem="")


def try_again(mail: Mail) -> None:
    """Gives a message that was given up all its attempts anew."""
    with transaction.atomic():
        again = Mail.objects.filter(pk=mail.pk).exclude(given_up_at=None)
        if again.update(given_up_at=None, attempts=0, problem=""):
            _ask_for_job(mail)


def _ask_for_job(mail: Mail, wait: timedelta = timedelta()) -> None:
    jobs.ask_for(
        organisation=mail.organisation,
        kind=SEND,
        key=f"mail:{mail.pk}",
        payload={"mail": mail.pk},
        wanted_at=timezone.now() + wait,
    )


def _as_message(mail: Mail) -> EmailMessage:
    address = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    return EmailMessage(
        subject=mail.subject,
        body=mail.body,
        from_email=formataddr((mail.organisation.name, address)),
        to=[mail.to],
        headers={
            "Message-ID": mail.message_id,
            "Date": format_datetime(mail.asked_at),
            "Content-Language": mail.language,
            "Auto-Submitted": "auto-generated",  # RFC 3834: absence notes don't answer it
        },
    )


def _note_problem(mail: Mail, problem: Exception) -> None:
    """Tries again later, unless trying is of no use; then somebody has to look at it."""
    attempts = mail.attempts + 1
    is_hopeless = attempts >= ATTEMPTS_MAX or _is_refused(problem)
    with transaction.atomic():
        Mail.objects.filter(pk=mail.pk).update(
            attempts=attempts,
            problem=f"{type(problem).__name__}: {problem}",
            given_up_at=timezone.now() if is_hopeless else None,
        )
        if not is_hopeless:
            _ask_for_job(mail, BACK_OFF * 2 ** (attempts - 1))


def _is_refused(problem: Exception) -> bool:
    """Whether the server, or we ourselves, will never take this message."""
    if isinstance(problem, smtplib.SMTPRecipientsRefused):
        codes = [code for code, _said in problem.recipients.values()]
    elif isinstance(problem, smtplib.SMTPAuthenticationError):
        return False  # the password is wrong, not the message: it may be set right
    elif isinstance(problem, smtplib.SMTPResponseException):
        codes = [problem.smtp_code]
    else:
        return isinstance(problem, ValueError)
    return all(REFUSED_FROM <= code <= REFUSED_TO for code in codes)


def _domain() -> str:
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
