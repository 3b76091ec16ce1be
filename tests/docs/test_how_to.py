"""Every command of the pages below docs/how-to, run in order in an empty home for each page."""

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.examples import examples_of

FOLDER = Path(__file__).resolve().parents[2] / "docs/how-to"
# What this page says needs Spark: tests/docs/test_cluster.py runs it there.
ON_SPARK = {"cluster"}
DOCUMENTS = sorted(
    page
    for page in FOLDER.glob("*.md")
    if page.stem not in ON_SPARK and any(example.commands for example in examples_of(page))
)
PASSWORD = "a long enough password\n"
# Commands whose exit code tells of rejected rows; the document says so.
EXIT_CODES = {"import": 1}


@pytest.mark.slow
@pytest.mark.parametrize("page", DOCUMENTS, ids=lambda page: page.stem)
def test_the_commands_do_what_the_page_says(tmp_path: Path, page: Path) -> None:
    environment = {**os.environ, "HEADRACE_HOME": str(tmp_path / "home"), "HEADRACE_DURABLE": "0"}
    for name in ("HEADRACE_DATABASE", "DJANGO_SETTINGS_MODULE"):  # those of the tests
        environment.pop(name, None)
    ran_any = False
    for example in examples_of(page):
        for name, content in example.files.items():
            (tmp_path / name).write_text(content, encoding="utf-8")
        for command in example.commands:
            words = shlex.split(command.text)
            ran = subprocess.run(
                [sys.executable, "-c", "import sys; from headrace.cli import main; sys.exit(main())", *words],
                cwd=tmp_path,
                env=environment,
                input=PASSWORD,
                capture_output=True,
                text=True,
                check=False,
            )
            assert ran.returncode == EXIT_CODES.get(words[0], 0), ran.stderr
            if command.printed:
                assert ran.stdout.splitlines() == command.printed, command.text
            ran_any = True
    assert ran_any
