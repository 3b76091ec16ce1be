"""A folder with files and the command at hand, as a user has them."""

import io
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from headrace.cli import main

PROGRAMME = """\
programme: bikes-2026
title: {en: Bikes rebate}
currency: EUR
from: 2026-01-01
to: 2026-12-31
earns:
  - key: volume
    facts: sale
    to: partner
    every: quarter
    base: sum(net_amount)
    scale:
      mode: retro
      bands:
        - {from: 10000, rate: 1%}
        - {from: 50000, rate: 2.5%}
    cap: {amount: 20000, every: year}
    pays: money
"""
SALES = """\
id,partner,on,quantity,net_amount
s1,p1,2026-01-05,3,6000.00
s2,p1,2026-02-05,2,5000.50
s3,p2,2026-02-05,2,5000.00
s4,p3,2026-02-05,2,60000.00
s5,p1,2026-04-05,2,9000.00
"""
EARNINGS = """\
programme,version,rule,to,recipient,by,period_from,period_to,unit,amount
bikes-2026,1,volume,partner,p1,,2026-01-01,2026-03-31,EUR,110.01
bikes-2026,1,volume,partner,p3,,2026-01-01,2026-03-31,EUR,1500.00
"""


@dataclass(frozen=True)
class Ran:
    """How a command ended and what it said."""

    code: int
    out: str
    err: str


class Desk:
    """Writes files into a folder and runs commands in it."""

    def __init__(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        self.folder = folder
        self._monkeypatch = monkeypatch
        self._capsys = capsys
        monkeypatch.chdir(folder)
        self.write("programme.yaml", PROGRAMME)
        self.write("sales.csv", SALES)

    def write(self, name: str, content: str | bytes) -> None:
        (self.folder / name).write_bytes(content.encode() if isinstance(content, str) else content)

    def read(self, name: str) -> str:
        return (self.folder / name).read_text(encoding="utf-8")

    @property
    def files(self) -> set[str]:
        return {path.name for path in self.folder.iterdir()}

    def run(self, *arguments: str, given: str | bytes = b"") -> Ran:
        """Runs `headrace ARGUMENTS` in this process, with `given` on its standard input."""
        data = given.encode() if isinstance(given, str) else given
        self._monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
        try:
            code = main(arguments)
        except SystemExit as end:
            code = int(end.code or 0)
        said = self._capsys.readouterr()
        return Ran(code, said.out, said.err)

    def start(self, *arguments: str, given: bytes = b"", **environment: str) -> Ran:
        """Runs the installed command as a process of its own."""
        command = Path(sys.executable).with_name("headrace")
        # The tests' own settings are no part of what a user has.
        inherited = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
        done = subprocess.run(
            [command, *arguments],
            input=given,
            capture_output=True,
            cwd=self.folder,
            env={**inherited, **environment},
            check=False,
        )
        return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())
