"""The shape of terms: sections with a heading, paragraphs of one sentence or several, lists below them."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A sentence, and the items of the list that it announces."""

    text: str
    items: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """The programme itself, or one of its rules."""

    heading: str
    paragraphs: tuple[Paragraph, ...]


def as_lines(sections: Sequence[Section]) -> list[str]:
    """The terms as lines of plain text; an empty one before each further section."""
    lines: list[str] = []
    for section in sections:
        lines += ["", section.heading] if lines else [section.heading]
        for paragraph in section.paragraphs:
            lines += [paragraph.text, *(f"  • {item}" for item in paragraph.items)]
    return lines
