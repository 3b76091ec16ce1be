"""What every page's shell needs beside the view's own context."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

THEME_COOKIE = "theme"
THEMES = ("light", "dark")


def shell(request: HttpRequest) -> dict[str, Any]:
    """The languages to choose from, and the appearance that was chosen ("" follows the device)."""
    theme = request.COOKIES.get(THEME_COOKIE, "")
    return {"LANGUAGES": settings.LANGUAGES, "theme": theme if theme in THEMES else ""}
