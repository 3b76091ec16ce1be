"""The audit trail: one call, in the transaction of the change it tells of."""

from typing import Any

from headrace.base.models import AuditEvent, Organisation, User


def record(
    *, organisation: Organisation, action: str, subject: str, user: User | None = None, **details: Any
) -> AuditEvent:
    """Writes that `user` (None: the system) did `action` (noun.verb, as sales.import) to `subject`."""
    return AuditEvent.objects.create(
        organisation=organisation, user=user, action=action, subject=subject, details=details
    )
