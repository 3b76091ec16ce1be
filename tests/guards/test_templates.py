"""Templates: nothing that a strict content security policy forbids, no word that can't be translated."""

import re
from pathlib import Path

import pytest
from django.template.base import Lexer, TokenType

from tests.guards.rooms import SOURCE

TEMPLATES = sorted(SOURCE.glob("*/templates/**/*.html"))
INLINE = re.compile(
    r"\sstyle\s*=|<style\b|\son[a-z]+\s*=|<script\b(?![^>]*\ssrc=)|javascript:", re.IGNORECASE
)
SPOKEN_ATTRIBUTES = re.compile(r"\s(?:aria-label|title|alt|placeholder)=\"([^\"]*)\"")
# Names stay as they are; the last three are examples on /design/.
NAMES = {"Headrace", "PDF", "CSV", "beancount", "Deutschland", "Kappler", "Systems"}
WORD = re.compile(r"[^\W\d_]{2,}")


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_nothing_is_inline(template: Path) -> None:
    assert INLINE.findall(template.read_text()) == []


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_every_word_can_be_translated(template: Path) -> None:
    html = _html_alone(template.read_text())
    spoken = " ".join(SPOKEN_ATTRIBUTES.findall(html))
    visible = re.sub(r"<[^>]*>|&\w+;|<!--.*?-->", " ", html, flags=re.DOTALL)
    assert set(WORD.findall(f"{visible} {spoken}")) - NAMES - {"bdi"} == set()


def _html_alone(source: str) -> str:
    """The literal text of a template, without its tags and what stands inside {% blocktranslate %}."""
    kept, in_translation, in_comment = [], False, False
    for token in Lexer(source).tokenize():
        if token.token_type == TokenType.BLOCK:
            word = token.contents.split()[0]
            in_translation = (in_translation or word.startswith("blocktrans")) and not word.startswith(
                "endblock"
            )
            in_comment = (in_comment or word == "comment") and word != "endcomment"
        elif token.token_type == TokenType.TEXT and not in_translation and not in_comment:
            kept.append(token.contents)
    return "".join(kept)
