"""Every programme and every command in the user's documents does what they say."""

import shlex
from pathlib import Path

import pytest

from headrace.engine.parsing import check
from headrace.engine.scales import SCALES
from tests.commands.desk import Desk
from tests.docs.examples import Example, examples_of

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = ("docs/calculation.md", "docs/reference/command-line.md")
EXAMPLES = [
    pytest.param(example, id=f"{Path(name).stem}: {example.heading}")
    for name in DOCUMENTS
    for example in examples_of(ROOT / name)
]


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Desk:
    return Desk(tmp_path, monkeypatch, capsys)


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_prints_what_it_shows(desk: Desk, example: Example) -> None:
    for name, content in example.files.items():
        desk.write(name, content)
    for command in example.commands:
        ran = desk.run(*shlex.split(command.text))
        printed = (ran.out + ran.err).splitlines()
        assert printed == command.printed, f"line {command.line}: {command.text}"


@pytest.mark.parametrize("example", EXAMPLES)
def test_a_programme_that_is_shown_is_one(example: Example) -> None:
    for name, content in example.files.items():
        if name.endswith(".yaml") and not name.startswith("wrong"):
            programme, findings = check(content)
            assert programme is not None, f"{name}: {findings}"


def test_every_mode_has_its_section() -> None:
    headings = {example.heading for example in examples_of(ROOT / "docs/calculation.md")}
    assert {f"`{name}`" for name, _ in SCALES} <= headings
