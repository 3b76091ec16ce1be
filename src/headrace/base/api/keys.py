"""Keys of the API: made, found, revoked."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection
from hmac import compare_digest

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import TextChoices
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from headrace.base.audit import record
from headrace.base.models import ApiKey, Organisation, User

PREFIX_BYTES, SECRET_BYTES = 6, 32


class Scope(TextChoices):
    """What a key may be used for."""

    SEND_SALES = "sales:send", gettext_lazy("Send sales lines")


@transaction.atomic
def make_key(
    *, organisation: Organisation, name: str, scopes: Collection[Scope], user: User | None = None
) -> tuple[ApiKey, str]:
    """A new key and its token, which is kept nowhere: whoever loses it makes another.

    Raises ValidationError where a valid key has the name.
    """
    if ApiKey.objects.filter(organisation=organisation, name=name, revoked_at=None).exists():
        raise ValidationError(
            _("There is a valid key named “%(name)s”. Revoke it first, or choose another name.")
            % {"name": name}
        )
    prefix = secrets.token_hex(PREFIX_BYTES)
    token = f"{ApiKey.MARK}_{prefix}_{secrets.token_urlsafe(SECRET_BYTES)}"
    key = ApiKey.objects.create(
        organisation=organisation,
        name=name,
        prefix=prefix,
        sha256=_hash(token),
        scopes=sorted(scopes),
        created_by=user,
    )
    record(
        organisation=organisation, user=user, action="api_key.make", subject=f"api_key:{key.pk}", name=name
    )
    return key, token


@transaction.atomic
def revoke_key(*, key: ApiKey, user: User | None = None) -> None:
    """From now on the key opens nothing."""
    if not ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=timezone.now()):
        return
    record(
        organisation=key.organisation,
        user=user,
        action="api_key.revoke",
        subject=f"api_key:{key.pk}",
        name=key.name,
    )


def key_of(token: str) -> ApiKey | None:
    """The valid key whose token it is. Notes the day on which it was used."""
    parts = token.split("_", 2)
    if len(parts) != 3 or parts[0] != ApiKey.MARK:
        return None
    key = ApiKey.objects.select_related("organisation").filter(prefix=parts[1], revoked_at=None).first()
    # A random token of 256 bits can't be guessed from its hash, so a fast one will do.
    if key is None or not compare_digest(key.sha256, _hash(token)):
        return None
    today = timezone.now().date()
    if key.last_used_on != today:
        ApiKey.objects.filter(pk=key.pk).update(last_used_on=today)
    return key


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
