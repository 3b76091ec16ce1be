"""Catalogues of translated text: .po files in the package, compiled into HEADRACE_HOME at the start.

The compiled files lie outside the package because an installed package may be read-only; a hash beside each
tells whether its source has changed. So no user's machine needs gettext, and no build step can be forgotten.
"""

import hashlib
import os
import tempfile
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.conf import settings

CATALOGUE = Path("LC_MESSAGES") / "django.po"


def sources() -> list[Path]:
    """The .po files of the package, one for each language but English."""
    return sorted(Path(settings.CATALOGUES_ROOT).glob(f"*/{CATALOGUE}"))


def compile_catalogues() -> None:
    """Brings the compiled catalogues up to date; cheap when they are."""
    for source in sources():
        content = source.read_bytes()
        target = Path(settings.LOCALE_PATHS[0]) / source.parent.parent.name / CATALOGUE.with_suffix(".mo")
        stamp, digest = target.with_suffix(".sha256"), hashlib.sha256(content).hexdigest()
        if stamp.exists() and stamp.read_text() == digest:
            continue
        compiled = BytesIO()
        write_mo(compiled, read_po(BytesIO(content), locale=source.parent.parent.name))
        target.parent.mkdir(parents=True, exist_ok=True)
        _replace(target, compiled.getvalue())
        _replace(stamp, digest.encode())


def _replace(target: Path, content: bytes) -> None:
    """Writes whole or not at all: another process may be starting at the same moment."""
    handle, temporary = tempfile.mkstemp(dir=target.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    Path(temporary).replace(target)
