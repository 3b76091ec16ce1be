"""The catalogues: collected afresh they don't differ, and every text is there in every language.

A translation has the placeholders of its text, and a form for each plural of its language.
"""

import re

import pytest
from babel import Locale
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from tests import messages

PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w*\}|%[sd]")


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_collecting_again_changes_nothing(language: str) -> None:
    collected = messages.updated(language, messages.found())
    assert messages.path_of(language).read_bytes() == collected, "run ./dev run python tests/messages.py"


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_every_text_is_translated(language: str) -> None:
    catalog = _catalogue(language)
    unfinished = [message.id for message in catalog if message.fuzzy or not all(_forms(message))]
    assert unfinished == []


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_every_plural_has_the_forms_of_its_language(language: str) -> None:
    catalog = _catalogue(language)
    forms = len(Locale.parse(language).plural_form.tags | {"other"})
    assert catalog.num_plurals == forms
    counted = {message.id: len(_forms(message)) for message in catalog if isinstance(message.id, tuple)}
    assert set(counted.values()) == {forms}, counted


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_translations_keep_the_placeholders(language: str) -> None:
    wrong = [message.id for message in _catalogue(language) if message.id and not _agrees(message)]
    assert wrong == []


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_translations_keep_the_space_around_a_text(language: str) -> None:
    """A prompt ends in a space, a paragraph on a terminal begins with a line break."""
    wrong = [message.id for message in _catalogue(language) if message.id and not _keeps_its_margins(message)]
    assert wrong == []


def _catalogue(language: str) -> Catalog:
    with messages.path_of(language).open("rb") as file:
        return read_po(file, locale=language)


def _ids(message: Message) -> tuple[str, ...]:
    return _all(message.id)


def _forms(message: Message) -> tuple[str, ...]:
    return _all(message.string)


def _all(text: object) -> tuple[str, ...]:
    """A plural message has its texts in a tuple."""
    return tuple(map(str, text)) if isinstance(text, tuple | list) else (str(text or ""),)


def _margins(text: str) -> tuple[str, str]:
    return text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]


def _keeps_its_margins(message: Message) -> bool:
    return all(_margins(form) == _margins(_ids(message)[0]) for form in _forms(message))


def _agrees(message: Message) -> bool:
    """A form for one or two may leave out the number ("one line"); otherwise nothing is invented or lost."""
    ids = _ids(message)
    known = set().union(*(PLACEHOLDER.findall(text) for text in ids))
    translated = [set(PLACEHOLDER.findall(text)) for text in _forms(message)]
    if len(ids) == 1:
        return all(placeholders == known for placeholders in translated)
    return all(placeholders <= known for placeholders in translated) and translated[-1] == known
