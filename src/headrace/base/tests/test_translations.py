"""Catalogues are compiled at the start, once for each change, whole or not at all."""

from pathlib import Path

import pytest
from pytest_django import Settings

from headrace.base import translations

PO = """msgid ""
msgstr "Content-Type: text/plain; charset=utf-8\\n"

msgid "Sign in"
msgstr "{text}"
"""


@pytest.fixture
def catalogue(tmp_path: Path, settings: Settings) -> Path:
    """The only source there is; compiled into `tmp_path/compiled`."""
    settings.CATALOGUES_ROOT, settings.LOCALE_PATHS = tmp_path / "source", [tmp_path / "compiled"]
    path = tmp_path / "source" / "de" / "LC_MESSAGES" / "django.po"
    path.parent.mkdir(parents=True)
    path.write_text(PO.format(text="Anmelden"))
    return path


def compiled(catalogue: Path) -> Path:
    return catalogue.parents[3] / "compiled" / "de" / "LC_MESSAGES" / "django.mo"


def test_compiles_what_was_never_compiled(catalogue: Path) -> None:
    translations.compile_catalogues()
    assert b"Anmelden" in compiled(catalogue).read_bytes()


def test_compiles_again_after_a_change_only(catalogue: Path) -> None:
    translations.compile_catalogues()
    compiled(catalogue).write_bytes(b"kept")
    translations.compile_catalogues()
    assert compiled(catalogue).read_bytes() == b"kept"
    catalogue.write_text(PO.format(text="Einloggen"))
    translations.compile_catalogues()
    assert b"Einloggen" in compiled(catalogue).read_bytes()


def test_leaves_no_temporary_file_behind(catalogue: Path) -> None:
    translations.compile_catalogues()
    assert sorted(path.name for path in compiled(catalogue).parent.iterdir()) == [
        "django.mo",
        "django.sha256",
    ]
