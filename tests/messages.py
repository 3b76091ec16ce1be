"""Collects every translatable text into the catalogues: `./dev run python tests/messages.py`.

`--check` only compares. Works without gettext: Babel reads the Python files; Django turns a template into
something that looks like Python.
"""

import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.pofile import read_po, write_po

PACKAGE = Path(__file__).resolve().parent.parent / "src" / "headrace"
LANGUAGES = ("de", "it", "ms", "ar")
# One form for each category of CLDR, in its order: zero, one, two, few, many, other.
PLURALS = {
    "de": "nplurals=2; plural=(n != 1);",
    "it": "nplurals=3; plural=(n == 1 ? 0 : n != 0 && n % 1000000 == 0 ? 1 : 2);",
    "ms": "nplurals=1; plural=(0);",
    "ar": "nplurals=6; plural=(n == 0 ? 0 : n == 1 ? 1 : n == 2 ? 2 : "
    "n % 100 >= 3 && n % 100 <= 10 ? 3 : n % 100 >= 11 ? 4 : 5);",
}
KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
HEADER = "# Translations of Headrace. Collected by tests/messages.py; edit the translations only."


def found() -> Catalog:
    """Every text in the package with the files it stands in."""
    catalog = Catalog()
    for path in sorted(PACKAGE.rglob("*.py")):
        _add(catalog, path, path.read_bytes())
    for path in sorted(PACKAGE.rglob("templates/**/*.*")):
        _add(catalog, path, _as_python(path.read_text()).encode())
    return catalog


def _add(catalog: Catalog, path: Path, source: bytes) -> None:
    name = path.relative_to(PACKAGE).as_posix()
    for _, message, comments, context in extract("python", BytesIO(source), KEYWORDS, ("Translators:",)):
        flags = ["python-format"] if "%(" in str(message) else []
        catalog.add(message, locations=[(name, 0)], auto_comments=comments, context=context, flags=flags)


def _as_python(template: str) -> str:
    from django.utils.translation.template import templatize

    # Indentation means something in Python and nothing in a template.
    return "\n".join(line.lstrip() for line in templatize(template).splitlines())


def updated(language: str, messages: Catalog) -> bytes:
    """The catalogue of a language with today's messages: translations kept, vanished texts dropped."""
    path = path_of(language)
    catalog = Catalog(locale=language)
    if path.exists():
        catalog = read_po(BytesIO(path.read_bytes()), locale=language)
    catalog.mime_headers = [("Plural-Forms", PLURALS[language])]
    catalog.update(messages, no_fuzzy_matching=True, update_header_comment=False)
    catalog.obsolete.clear()
    catalog.header_comment, catalog.fuzzy = HEADER, False
    catalog.project, catalog.version, catalog.msgid_bugs_address = "Headrace", "", ""
    catalog.last_translator = catalog.language_team = ""
    return b"".join(_without_dates(catalog))


def _without_dates(catalog: Catalog) -> Iterator[bytes]:
    """Dates and versions would differ from one machine and day to the next."""
    written = BytesIO()
    write_po(written, catalog, width=110, sort_output=True, include_lineno=False)
    for line in written.getvalue().splitlines(keepends=True):
        if not line.startswith((b'"POT-Creation-Date', b'"PO-Revision-Date', b'"Generated-By')):
            yield line


def path_of(language: str) -> Path:
    return PACKAGE / "locale" / language / "LC_MESSAGES" / "django.po"


def main() -> int:
    messages = found()
    stale = 0
    for language in LANGUAGES:
        path, content = path_of(language), updated(language, messages)
        if path.exists() and path.read_bytes() == content:
            continue
        stale += 1
        if "--check" not in sys.argv:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        print(f"{path.relative_to(PACKAGE)}: {'out of date' if '--check' in sys.argv else 'updated'}")
    return 1 if stale and "--check" in sys.argv else 0


if __name__ == "__main__":
    sys.exit(main())
