"""A PostgreSQL of its own for as long as a command runs: `python tests/postgres.py -- pytest ...`.

Needs Debian's package `postgresql` (its programs lie in /usr/lib/postgresql/*/bin; HEADRACE_POSTGRES_BIN says
otherwise). The server listens on a Unix socket in a temporary folder only, syncs nothing to disk, and dies
with this process, however that ends.
"""

import ctypes
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

START_SECONDS_MAX = 60
DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG of prctl(2)
INITDB_OPTIONS = ("--username=headrace", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync")
SERVER_OPTIONS = (
    "-c",
    "fsync=off",
    "-c",
    "synchronous_commit=off",
    "-c",
    "full_page_writes=off",
    "-c",
    "max_connections=150",
)


def programs() -> Path:
    """The folder of the newest PostgreSQL's programs."""
    if chosen := os.environ.get("HEADRACE_POSTGRES_BIN"):
        return Path(chosen)
    found = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    if not found:
        raise SystemExit(
            "No PostgreSQL in /usr/lib/postgresql. On Debian: apt-get install postgresql; "
            "elsewhere set HEADRACE_POSTGRES_BIN to the folder that holds initdb."
        )
    return max(found, key=lambda folder: int(folder.parent.name))


def user() -> str | None:
    """Whom the server runs as where we are root, which PostgreSQL refuses to serve."""
    return "postgres" if os.geteuid() == 0 else None


def _die_with_parent() -> None:
    # SIGINT is PostgreSQL's fast shutdown: sessions are cut, shared memory is given back.
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(DIE_WITH_PARENT, signal.SIGINT)


def _make_cluster(folder: Path) -> None:
    if name := user():
        account = pwd.getpwnam(name)
        os.chown(folder, account.pw_uid, account.pw_gid)
    subprocess.run(
        [programs() / "initdb", "--pgdata", folder / "data", *INITDB_OPTIONS],
        check=True,
        stdout=subprocess.DEVNULL,
        cwd=folder,
        user=user(),
        group=user(),
        extra_groups=None if user() is None else [],
    )


def _serve(folder: Path) -> "subprocess.Popen[bytes]":
    listen = ("-c", "listen_addresses=", "-c", f"unix_socket_directories={folder}")
    with (folder / "log").open("wb") as log:
        return subprocess.Popen(
            [programs() / "postgres", "-D", folder / "data", *listen, *SERVER_OPTIONS],
            stdout=log,
            stderr=log,
            cwd=folder,
            user=user(),
            group=user(),
            extra_groups=None if user() is None else [],
            preexec_fn=_die_with_parent,
            # Ctrl-C belongs to the command that runs beside it; the server goes last.
            start_new_session=True,
        )


def _wait_until_ready(folder: Path, server: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + START_SECONDS_MAX
    ready = [programs() / "pg_isready", "--quiet", "--host", folder, "--dbname=postgres"]
    while subprocess.run(ready, check=False).returncode != 0:
        if server.poll() is not None or time.monotonic() > deadline:
            raise SystemExit(f"PostgreSQL did not start:\n{(folder / 'log').read_text()}")
        time.sleep(0.05)


@contextmanager
def private_server() -> Iterator[str]:
    """Gives the address of a database on a server that is gone, with its data, when the block is left."""
    # Not below TMPDIR: the path of a socket may be 107 bytes long.
    folder = Path(tempfile.mkdtemp(prefix="headrace-postgres-", dir="/tmp"))
    server = None
    try:
        _make_cluster(folder)
        server = _serve(folder)
        _wait_until_ready(folder, server)
        yield f"postgresql://headrace@/postgres?host={folder}"
    finally:
        if server is not None:
            server.send_signal(signal.SIGINT)
            server.wait(START_SECONDS_MAX)
        shutil.rmtree(folder, ignore_errors=True)


def main(arguments: list[str]) -> int:
    if arguments[:1] != ["--"] or len(arguments) < 2:
        raise SystemExit("usage: python tests/postgres.py -- COMMAND ARGUMENT...")
    # A plain TERM would skip the `finally` above and leave the folder behind.
    signal.signal(signal.SIGTERM, lambda number, _frame: sys.exit(128 + number))
    with private_server() as address:
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        environment = {**os.environ, "HEADRACE_DATABASE": address, "PATH": path}
        os.environ["PATH"] = path  # where the command itself is looked up
        return subprocess.run(arguments[1:], env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
