"""Documents on paper: a typst template and its data become PDF/A, in the reader's language and direction.

Templates lie in the rooms (payouts/typst/statement.typ) and share base/typst/headrace.typ. What they get is
text that is already written in the reader's language (headrace.base.formats, gettext), so a template holds no
words of its own.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Literal

import fontpkg_noto_sans
import fontpkg_noto_sans_arabic
import typst
from django.conf import settings
from django.utils.translation import get_language, get_language_info

# For keeping (ISO 19005-2), and for screen readers (ISO 14289-1).
STANDARDS: list[Literal["a-2a", "ua-1"]] = ["a-2a", "ua-1"]


def render(
    template: str, data: Mapping[str, Any], *, language: str | None = None, made_at: datetime | None = None
) -> bytes:
    """The PDF of `template`, a path inside the package as "payouts/typst/statement.typ", filled with `data`.

    `data` holds text, whole numbers, truth values, lists and mappings; a float is refused, amounts come as
    text. `language` is the active one when left out. With the same `made_at` the same data gives the same
    bytes.
    """
    language = language or get_language() or settings.LANGUAGE_CODE
    inputs = {
        "data": json.dumps(_checked(data, "data"), ensure_ascii=False),
        "language": language,
        "direction": "rtl" if get_language_info(language)["bidi"] else "ltr",
    }
    return typst.compile(
        settings.PACKAGE / template,
        root=settings.PACKAGE,
        font_paths=_font_paths(),
        ignore_system_fonts=True,
        sys_inputs=inputs,
        pdf_standards=[*STANDARDS],
        timestamp=int(made_at.timestamp()) if made_at else None,
    )


@cache
def _font_paths() -> list[Path]:
    """Noto Sans and Noto Sans Arabic, from their packages: the same on every machine."""
    return [
        Path(package.__file__).parent / "files" for package in (fontpkg_noto_sans, fontpkg_noto_sans_arabic)
    ]


def _checked(value: Any, path: str) -> Any:
    """Plain JSON values; lazy translations become text."""
    if isinstance(value, float):
        raise TypeError(
            f"{path} is a float; amounts and numbers come as text, written by headrace.base.formats"
        )
    if isinstance(value, Mapping):
        return {str(key): _checked(part, f"{path}.{key}") for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_checked(part, f"{path}[{place}]") for place, part in enumerate(value)]
    if value is None or isinstance(value, bool | int):
        return value
    return str(value)
