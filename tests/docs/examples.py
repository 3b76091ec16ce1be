"""The worked examples of a document: files and commands with what they print, under the heading they explain."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

_FENCE = re.compile(r"^```(\w*) *(.*)$")
_HEADING = re.compile(r"^#{1,4} (.+)$")


@dataclass
class Command:
    """A command after `$ headrace`, the lines it is shown to print, and the line of the document it stands on."""

    text: str
    line: int
    printed: list[str] = field(default_factory=list)


@dataclass
class Example:
    """What stands below one heading: files by name, then commands."""

    heading: str
    files: dict[str, str] = field(default_factory=dict)
    commands: list[Command] = field(default_factory=list)


def examples_of(document: Path) -> list[Example]:
    """The examples of a document, in its order; headings without files and commands are none."""
    examples = [Example(document.name)]
    for heading, language, name, line, lines in _blocks(document):
        if heading and examples[-1].heading != heading:
            examples.append(Example(heading))
        if language == "yaml":
            examples[-1].files[name or "programme.yaml"] = "\n".join(lines) + "\n"
        elif name:
            examples[-1].files[name] = "\n".join(lines) + "\n"
        elif language == "console":
            examples[-1].commands += _commands(lines, line)
    return [example for example in examples if example.files or example.commands]


def _blocks(document: Path) -> Iterator[tuple[str, str, str, int, list[str]]]:
    """Each fenced block: the heading above it, its language, the name behind that, its line and its text."""
    heading, fence, block, begins = "", None, [], 0
    for number, line in enumerate(document.read_text(encoding="utf-8").splitlines(), start=1):
        found = _FENCE.match(line)
        if fence is not None and line == "```":
            yield heading, fence[1], fence[2].strip(), begins, block
            fence = None
        elif fence is not None:
            block.append(line)
        elif found:
            fence, block, begins = found, [], number + 1
        elif title := _HEADING.match(line):
            heading = title[1]
    assert fence is None, f"{document}, line {begins}: the block is not closed"


def _commands(lines: list[str], begins: int) -> list[Command]:
    commands: list[Command] = []
    for number, line in enumerate(lines, start=begins):
        if line.startswith("$ "):
            assert line.startswith("$ headrace "), f"line {number}: only headrace is run"
            commands.append(Command(line.removeprefix("$ headrace "), number))
        elif commands[-1].text.endswith("\\") and not commands[-1].printed:
            commands[-1].text = commands[-1].text[:-1] + line.strip()
        else:
            commands[-1].printed.append(line)
    return commands
