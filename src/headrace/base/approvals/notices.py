"""Who is told what by e-mail, and when a request is looked at again."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from headrace.base import formats, jobs, mail
from headrace.base.approvals import links
from headrace.base.approvals.rights import Standing, deciders
from headrace.base.models import ApprovalLink, ApprovalRequest

LOOK_AFTER = "approvals.look_after"


def look_after(request: ApprovalRequest, at: datetime) -> None:
    """Asks that a deadline of the request is kept: at its hour it is escalated, or it lapses."""
    jobs.ask_for(
        organisation=request.organisation,
        kind=LOOK_AFTER,
        key=f"{request.pk}:{at.isoformat()}",
        payload={"request": request.pk},
        wanted_at=at,
    )


def tell_deciders(standing: Standing) -> None:
    """Sends all who may decide the open step a link by which they can; each once."""
    for user in deciders(standing):
        link = links.make_link(standing.step, user)
        with mail.written_in(user.language):
            mail.ask_to_send(
                organisation=standing.request.organisation,
                to=user.email,
                language=user.language,
                subject=_("Please decide: %(title)s") % {"title": standing.request.title},
                body=_asking(link),
                kind="approvals.please_decide",
                subject_ref=f"approval:{standing.request.pk}",
                key=f"approval-step:{standing.step.pk}:{user.pk}",
            )


def _asking(link: ApprovalLink) -> str:
    parts = [
        _("Hello %(name)s,") % {"name": link.user.name},
        _("%(who)s asks for your approval: %(what)s.")
        % {"who": _asker(link.request), "what": _with_amount(link.request)},
        _("See what it is about and decide, without signing in:"),
        mail.link(links.path_of(link)),
        _("The link is for you alone. It works once, until %(until)s.")
        % {"until": formats.moment(link.expires_at)},
    ]
    return "\n\n".join(parts) + "\n"


def tell_asker(request: ApprovalRequest) -> None:
    """Sends who asked what became of it."""
    user = request.requested_by
    if user is None or not user.is_active:
        return
    with mail.written_in(user.language):
        subject = _("%(state)s: %(title)s") % {
            "state": request.get_state_display(),
            "title": request.title,
        }
        body = [
            _("Hello %(name)s,") % {"name": user.name},
            _("You asked for an approval: %(what)s.") % {"what": _with_amount(request)},
            _("What became of it: %(state)s.") % {"state": request.get_state_display()},
            *_reasons(request),
            mail.link(reverse("console:approval", args=[request.pk])),
        ]
        mail.ask_to_send(
            organisation=request.organisation,
            to=user.email,
            language=user.language,
            subject=subject,
            body="\n\n".join(body) + "\n",
            kind="approvals.decided",
            subject_ref=f"approval:{request.pk}",
            key=f"approval-end:{request.pk}",
        )


def _reasons(request: ApprovalRequest) -> list[str]:
    said = request.decisions.exclude(comment="").select_related("user").order_by("pk")
    return [f"{one.user.name}: {one.comment}" for one in said]


def _asker(request: ApprovalRequest) -> str:
    return request.requested_by.name if request.requested_by else "Headrace"


def _with_amount(request: ApprovalRequest) -> str:
    if request.amount_minor is None:
        return request.title
    return f"{request.title} ({formats.money(request.amount_minor, request.unit)})"
