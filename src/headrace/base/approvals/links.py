"""Links by which people decide from an e-mail: signed, for one person, one step and one content, once, for a week.

The link itself is the key: whoever opens it need not sign in. Opening it decides nothing, as mail programs open links
by themselves; what its person may decide is looked at again when the form is sent.
"""

from __future__ import annotations

from datetime import timedelta

from django.core import signing
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from headrace.base.models import ApprovalLink, ApprovalStep, User

SALT = "headrace.approvals.link"
VALID_FOR = timedelta(days=7)


def make_link(step: ApprovalStep, user: User) -> ApprovalLink:
    """The link of a person for a step; asked for again, as after an escalation, it is the one it was."""
    expires_at = min(timezone.now() + VALID_FOR, step.request.lapses_at)
    link, _is_new = ApprovalLink.objects.get_or_create(
        step=step,
        user=user,
        defaults={
            "organisation": step.organisation,
            "request": step.request,
            "seen_hash": step.request.seen_hash,
            "expires_at": expires_at,
        },
    )
    return link


def path_of(link: ApprovalLink) -> str:
    """The address of the page that the link opens."""
    token = signing.dumps([link.pk, link.user_id, link.seen_hash], salt=SALT)
    return reverse("approve_by_link", args=[token])


def link_of(token: str) -> ApprovalLink | None:
    """The link with this token; None where it is none of ours."""
    try:
        pk, user, seen_hash = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        return None
    found = ApprovalLink.objects.select_related("request", "step", "user", "organisation")
    return found.filter(pk=pk, user=user, seen_hash=seen_hash).first()


def check_usable(link: ApprovalLink) -> None:
    """Raises ValidationError where the link decides nothing any more."""
    if link.used_at is not None:
        raise ValidationError(_("You have decided by this link already."), code="used")
    if link.expires_at <= timezone.now():
        raise ValidationError(
            _("This link has expired. Sign in and open the approvals to decide."), code="expired"
        )
    if not link.request.is_waiting:
        raise ValidationError(
            _("“%(title)s” waits for nobody any more: %(state)s.")
            % {"title": link.request.title, "state": link.request.get_state_display()},
            code="closed",
        )
    if link.step.done_at is not None:
        raise ValidationError(
            _("Others have decided this step of “%(title)s” already.") % {"title": link.request.title},
            code="closed",
        )
