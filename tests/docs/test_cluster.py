"""The command of docs/how-to/cluster.md, on a cluster of two workers that Spark starts on this machine."""

import os
import shlex
import subprocess
import sys
from pathlib import Path

from tests.backends import ON_SPARK
from tests.docs.examples import examples_of

DOCUMENT = Path(__file__).resolve().parents[2] / "docs/how-to/cluster.md"
pytestmark = ON_SPARK


def test_the_command_prints_what_the_page_says(tmp_path: Path) -> None:
    (example,) = examples_of(DOCUMENT)
    for name, content in example.files.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    (command,) = example.commands
    headrace = "import sys; from headrace.cli import main; sys.exit(main())"
    ran = subprocess.run(
        [sys.executable, "-c", headrace, *shlex.split(command.text)],
        cwd=tmp_path,
        env={**os.environ, "SPARK_MASTER": "local-cluster[2,1,1024]"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.splitlines() == command.printed
