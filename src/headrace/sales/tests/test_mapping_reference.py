"""docs/reference/mapping.md says what is so: its example is right, and no field or option is missing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from headrace.sales import mapping
from headrace.sales.fields import KINDS
from headrace.sales.mapping import DELIMITERS, ENCODINGS
from headrace.sales.values import Format

TEXT = (Path(__file__).parents[4] / "docs" / "reference" / "mapping.md").read_text(encoding="utf-8")


def test_its_examples_are_right():
    examples = re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)
    assert examples
    for example in examples:
        assert mapping.check(example)[1] == []


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_it_names_every_field_and_which_are_required(kind):
    paragraph = re.search(rf"^\*\*{kind.name}\*\*: (.*?)\n\n", TEXT, re.DOTALL | re.MULTILINE)[1]
    for field in kind.fields:
        told = f"**{field.name}**" if field.required else field.name
        assert re.search(rf"(?<![\w*]){re.escape(told)}(?![\w*])", paragraph), field.name
        for choice in field.choices:
            assert choice in paragraph


def test_it_names_every_option_of_the_format():
    for name in (*Format.__dataclass_fields__, *ENCODINGS):
        assert f"`{name}`" in TEXT
    assert set(DELIMITERS.values()) == {",", ";", "|", "^", "~", ":", "\t"}
