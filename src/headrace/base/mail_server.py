"""Where e-mail goes: one address names the server and how it is spoken to."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

BACKENDS = "django.core.mail.backends"
# Scheme -> (port where none is said, setting that switches its encryption on).
SERVERS = {"smtp": (25, None), "smtp+starttls": (587, "EMAIL_USE_TLS"), "smtps": (465, "EMAIL_USE_SSL")}
TIMEOUT_SECONDS = 20


def email_settings(address: str, home: Path) -> dict[str, Any]:
    """Django's settings of e-mail for an address: smtps://user:password@mail.example.com, console: or files:.

    With `files:`, messages become files in the folder `mail` of `home`, and nobody gets any. Raises
    ImproperlyConfigured for anything else.
    """
    parts = urlsplit(address)
    if parts.scheme == "console":
        return {"EMAIL_BACKEND": f"{BACKENDS}.console.EmailBackend"}
    if parts.scheme == "files":
        return {"EMAIL_BACKEND": f"{BACKENDS}.filebased.EmailBackend", "EMAIL_FILE_PATH": home / "mail"}
    if parts.scheme not in SERVERS or not parts.hostname:
        raise ImproperlyConfigured(
            "HEADRACE_EMAIL names no mail server. Right is for example smtps://user:password@mail.example.com, "
            "smtp+starttls://mail.example.com:587, or files: to keep messages as files."
        )
    port, encryption = SERVERS[parts.scheme]
    found = {
        "EMAIL_BACKEND": f"{BACKENDS}.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or port,
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_TIMEOUT": TIMEOUT_SECONDS,
    }
    return {**found, **({encryption: True} if encryption else {})}
