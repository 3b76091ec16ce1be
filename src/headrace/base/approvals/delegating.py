"""Being away: one person lets another decide for them, from one day to another."""

from __future__ import annotations

from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from headrace.base import audit
from headrace.base.approvals.rights import mailbox_of
from headrace.base.models import Delegation, User

DAYS_MAX = 366


@transaction.atomic
def delegate(*, delegator: User, delegate: User, starts_on: date, ends_on: date) -> Delegation:
    """Lets `delegate` decide what `delegator` may decide themself, on both days and those between.

    Only one's own right is lent, not one that was lent to oneself. Raises ValidationError where it is to oneself, to
    somebody who may decide nothing at this organisation, over already, or longer than a year.
    """
    if mailbox_of(delegate) == mailbox_of(delegator):
        raise ValidationError(_("Choose somebody else: nobody stands in for themself."))
    same = delegate.organisation_id == delegator.organisation_id
    if not (same and delegate.is_active and delegate.has_role(*delegate.roles_held())):
        raise ValidationError(_("Choose somebody of your organisation who holds a role there."))
    if ends_on < starts_on:
        raise ValidationError(_("The last day lies before the first. Choose a later one."))
    if ends_on < delegator.organisation.today:
        raise ValidationError(_("These days are over. Choose a last day that is not."))
    if ends_on - starts_on > timedelta(days=DAYS_MAX):
        raise ValidationError(_("At most %(days)s days can be chosen at once.") % {"days": DAYS_MAX})
    made = Delegation.objects.create(
        organisation=delegator.organisation,
        delegator=delegator,
        delegate=delegate,
        starts_on=starts_on,
        ends_on=ends_on,
    )
    _record(made, "delegation.give", delegate=delegate.pk, starts_on=str(starts_on), ends_on=str(ends_on))
    return made


@transaction.atomic
def revoke_delegation(*, delegation: Delegation) -> None:
    """From now on nobody decides by it; what was decided stands. By who gave it."""
    revoked = Delegation.objects.filter(pk=delegation.pk, revoked_at=None).update(revoked_at=timezone.now())
    if revoked:
        _record(delegation, "delegation.revoke")


def _record(delegation: Delegation, action: str, **details: object) -> None:
    audit.record(
        organisation=delegation.organisation,
        user=delegation.delegator,
        action=action,
        subject=f"delegation:{delegation.pk}",
        **details,
    )
