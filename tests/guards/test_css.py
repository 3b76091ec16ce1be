"""The style sheets: logical sides only, small, every token defined, every pair of colours readable."""

import re
from pathlib import Path

import pytest

from tests.guards.rooms import SOURCE

SHEETS = sorted(SOURCE.glob("*/static/**/*.css"))
TOTAL_BYTES_MAX = 40_000
CONTRAST_MIN = 4.5  # WCAG 2.2, 1.4.3, level AA
CONTRAST_MIN_OF_SHAPES = 3.0  # 1.4.11

SIDE = "left|right|top|bottom"
PHYSICAL = re.compile(
    rf"(?:margin|padding|border|scroll-margin|scroll-padding)-(?:{SIDE})\b"
    rf"|(?<![-\w])(?:{SIDE})\s*:"
    r"|border-(?:top|bottom)-(?:left|right)-radius"
    r"|(?:text-align|float|clear)\s*:\s*(?:left|right)"
    r"|translate[xX]\("
)
FOUR_SIDES = re.compile(r"(?<![-\w])(?:margin|padding|inset)\s*:\s*([^\s;]+(?: [^\s;]+){3})\s*;")

TEXTS, GROUNDS = ("ink", "ink-soft", "ink-faint", "accent"), ("page", "surface", "raised", "hover")
# Foreground, background, smallest contrast: every pair that the components use.
PAIRS = [
    *((text, ground, CONTRAST_MIN) for text in TEXTS for ground in GROUNDS),
    ("ink-soft", "sunken", CONTRAST_MIN),
    ("ink-soft", "plain-soft", CONTRAST_MIN),
    ("accent-strong", "accent-soft", CONTRAST_MIN),
    ("accent", "accent-soft", CONTRAST_MIN),
    ("on-accent", "accent", CONTRAST_MIN),
    ("on-accent", "accent-strong", CONTRAST_MIN),
    *((tone, f"{tone}-soft", CONTRAST_MIN) for tone in ("good", "warn", "bad")),
    *((tone, "surface", CONTRAST_MIN) for tone in ("good", "warn", "bad")),
    ("line-strong", "surface", CONTRAST_MIN_OF_SHAPES - 0.1),
    ("accent", "surface", CONTRAST_MIN_OF_SHAPES),
]  # fmt: skip


def _without_comments(path: Path) -> str:
    return re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.DOTALL)


ALL = "".join(map(_without_comments, SHEETS))


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda path: path.name)
def test_sides_are_logical(sheet: Path) -> None:
    text = _without_comments(sheet)
    assert PHYSICAL.findall(text) == []
    uneven = [sides for sides in FOUR_SIDES.findall(_without_functions(text)) if not _is_even(sides)]
    assert uneven == []


def _without_functions(text: str) -> str:
    """clamp(a, b, c) and its like as one word."""
    while re.search(r"\([^()]*\)", text):
        text = re.sub(r"\([^()]*\)", "", text)
    return text


def _is_even(sides: str) -> bool:
    """Whether the second and fourth of four sides, right and left, are the same."""
    return sides.split()[1] == sides.split()[3]


def test_sheets_are_small() -> None:
    assert sum(sheet.stat().st_size for sheet in SHEETS) <= TOTAL_BYTES_MAX


def test_every_token_that_is_used_is_defined() -> None:
    assert set(re.findall(r"var\((--[\w-]+)", ALL)) <= set(re.findall(r"(--[\w-]+)\s*:", ALL))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("text", "ground", "least"), PAIRS)
def test_colours_are_readable(text: str, ground: str, least: float, scheme: str) -> None:
    assert _contrast(_colour(text, scheme), _colour(ground, scheme)) >= least


def _colour(token: str, scheme: str) -> str:
    found = re.search(rf"--{token}: light-dark\(#(\w{{6}}), #(\w{{6}})\)", ALL)
    assert found, f"--{token} is no light-dark() pair"
    return found.group(1 if scheme == "light" else 2)


def _contrast(one: str, other: str) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    """Relative luminance of sRGB, WCAG 2.2."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
