"""What the people of a dispute are told by e-mail."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext as _

from headrace.base import formats, mail
from headrace.base.models import Role, User
from headrace.disputes.models import Dispute, DisputeEntry, Goodwill

SAID, ESCALATED, OPENED = "disputes.said", "disputes.escalated", "disputes.opened"


def tell_partner(entry: DisputeEntry) -> None:
    """Tells whoever opened the dispute what the brand said or decided."""
    dispute, user = entry.dispute, entry.dispute.person.user
    if user is None or not user.is_active:
        return
    with mail.written_in(user.language):
        subject = _("Dispute %(number)s: there is news") % {"number": dispute.number}
        if entry.kind == DisputeEntry.Kind.DECIDED:
            subject = _("Dispute %(number)s: it is decided") % {"number": dispute.number}
        address = mail.link(reverse("portal:dispute", args=[dispute.pk]))
        _send(dispute, user, subject, _told(entry), address, SAID, f"dispute-entry:{entry.pk}")


def tell_brand(entry: DisputeEntry) -> None:
    """Tells whoever the dispute is assigned to what the partner said; as long as nobody is, the channel managers."""
    dispute = entry.dispute
    for user in [dispute.assigned_to] if dispute.assigned_to else _holders(dispute, Role.CHANNEL_MANAGER):
        with mail.written_in(user.language):
            subject = _("Dispute %(number)s of %(partner)s: there is news") % {
                "number": dispute.number,
                "partner": dispute.partner.name,
            }
            address = mail.link(reverse("console:dispute", args=[dispute.pk]))
            key = f"dispute-entry:{entry.pk}:{user.pk}"
            _send(dispute, user, subject, _told(entry), address, OPENED, key)


def tell_overdue(dispute: Dispute) -> None:
    """Tells who may decide, and whoever it is assigned to, that the answer is overdue."""
    users = {user.pk: user for user in _holders(dispute, Role.APPROVER)}
    if dispute.assigned_to:
        users[dispute.assigned_to.pk] = dispute.assigned_to
    for user in users.values():
        with mail.written_in(user.language):
            subject = _("Dispute %(number)s of %(partner)s is overdue") % {
                "number": dispute.number,
                "partner": dispute.partner.name,
            }
            told = _("The answer was due on %(day)s.") % {"day": formats.long_day(dispute.due_on)}
            address = mail.link(reverse("console:dispute", args=[dispute.pk]))
            key = f"dispute-overdue:{dispute.pk}:{dispute.round}:{user.pk}"
            _send(dispute, user, subject, told, address, ESCALATED, key)


def _holders(dispute: Dispute, role: Role) -> Iterable[User]:
    return User.objects.filter(
        organisation=dispute.organisation_id,
        is_active=True,
        role_grants__role=role,
        role_grants__revoked_at=None,
    ).order_by("pk")


def _told(entry: DisputeEntry) -> str:
    dispute = entry.dispute
    parts = [entry.text]
    if entry.kind == DisputeEntry.Kind.DECIDED:
        parts = [str(dispute.get_state_display()), str(dispute.get_answer_display()), entry.text]
    elif entry.kind == DisputeEntry.Kind.GOODWILL_POSTED:
        goodwill = Goodwill.objects.get(pk=entry.details["goodwill"])
        amount = formats.money(goodwill.amount_minor, goodwill.unit)
        parts = [_("%(amount)s are credited as goodwill.") % {"amount": amount}, entry.text]
    return "\n".join(part for part in parts if part)


def _send(dispute: Dispute, user: User, subject: str, told: str, address: str, kind: str, key: str) -> None:
    parts = [
        _("Hello %(name)s,") % {"name": user.name},
        told,
        _("The dispute with all that was said: %(address)s") % {"address": address},
        dispute.organisation.name,
    ]
    mail.ask_to_send(
        organisation=dispute.organisation,
        to=user.email,
        language=user.language,
        subject=subject,
        body="\n\n".join(parts) + "\n",
        kind=kind,
        subject_ref=dispute.subject,
        key=key,
    )
