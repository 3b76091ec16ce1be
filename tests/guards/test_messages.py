"""The catalogues: collected afresh they don't differ, and a translation has the placeholders of its text."""

import re

import pytest
from babel.messages.catalog import Message
from babel.messages.pofile import read_po

from tests import messages

PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w*\}|%[sd]")


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_collecting_again_changes_nothing(language: str) -> None:
    collected = messages.updated(language, messages.found())
    assert messages.path_of(language).read_bytes() == collected, "run ./dev run python tests/messages.py"


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_translations_keep_the_placeholders(language: str) -> None:
    with messages.path_of(language).open("rb") as file:
        catalog = read_po(file, locale=language)
    wrong = [message.id for message in catalog if message.id and not _agrees(message)]
    assert wrong == []


def _agrees(message: Message) -> bool:
    """A plural form may leave out the number ("one line"), but nothing may be invented or lost otherwise."""
    ids = message.id if isinstance(message.id, tuple) else (message.id,)
    known = set().union(*(PLACEHOLDER.findall(text) for text in ids))
    strings = message.string if isinstance(message.string, tuple) else (message.string,)
    translated = [set(PLACEHOLDER.findall(text)) for text in strings if text]
    if len(ids) == 1:
        return all(placeholders == known for placeholders in translated)
    return all(placeholders <= known for placeholders in translated)
