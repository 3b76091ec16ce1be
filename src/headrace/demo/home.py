"""What the demo remembers in its folder between two starts, and how it begins anew."""

import fcntl
import json
import os
import secrets
import shutil
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from django.utils.translation import gettext as _

MEMORY = "demo.json"
OWN = (
    "headrace.sqlite3",
    "headrace.sqlite3-wal",
    "headrace.sqlite3-shm",
    "files",
    "static",
    "talbrunn",
    MEMORY,
)
SYLLABLES = [consonant + vowel for consonant in "bdfgklmnprstvz" for vowel in "aeiou"]


class HomeInUseError(Exception):
    """Another process works on the demo; the text says where."""


@dataclass(frozen=True, slots=True)
class Memory:
    """The day the data end on (in ISO form), about how many lines they have, the password of the people."""

    today: str
    lines: int
    password: str

    @property
    def day(self) -> date:
        return date.fromisoformat(self.today)


def remember(home: Path, today: date, lines: int) -> Memory:
    """What was noted at the first start, or else is noted now."""
    path = home / MEMORY
    if path.exists():
        return Memory(**json.loads(path.read_text(encoding="utf-8")))
    memory = Memory(today.isoformat(), lines, _password())
    unfinished = path.with_suffix(".unfinished")
    unfinished.touch(mode=0o600)
    unfinished.write_text(json.dumps(asdict(memory)), encoding="utf-8")
    unfinished.rename(path)
    return memory


def lock(home: Path) -> None:
    """Holds the folder until this process, or the server it becomes, ends.

    Raises HomeInUseError where another process holds it.
    """
    handle = os.open(home / "demo.lock", os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(handle)
        raise HomeInUseError(
            _("The demo in %(home)s runs already. Stop it first, or set HEADRACE_HOME to another folder.")
            % {"home": home}
        ) from error
    os.set_inheritable(handle, True)


def clear(home: Path) -> None:
    """Removes what the demo made in its folder, and nothing else."""
    for name in OWN:
        path = home / name
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def _password() -> str:
    """Three words one can type, of 55 bits together."""
    return "-".join("".join(secrets.choice(SYLLABLES) for _ in range(3)) for _ in range(3))
