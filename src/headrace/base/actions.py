"""What people change about themselves."""

from django.db import transaction

from headrace.base.audit import record
from headrace.base.models import User


@transaction.atomic
def set_language(*, user: User, language: str) -> None:
    """From now on the person reads screens, statements and messages in `language`."""
    user.language = language
    user.save(update_fields=["language"])
    record(
        organisation=user.organisation,
        action="user.set_language",
        subject=f"user:{user.pk}",
        user=user,
        language=language,
    )
