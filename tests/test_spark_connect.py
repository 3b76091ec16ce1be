"""Random programmes on a server of Spark Connect, as SPARK_REMOTE names one: another process, reached over a port."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path
from time import monotonic, sleep

import pytest

from .backends import FOR_FEW_ROWS, ON_SPARK

pytestmark = ON_SPARK
STARTS_WITHIN_S = 120
SERVER = "org.apache.spark.sql.connect.service.SparkConnectServer"


@pytest.fixture
def remote(tmp_path: Path) -> Iterator[str]:
    """The address of a server."""
    with closing(socket.socket()) as free:
        free.bind(("localhost", 0))
        port = free.getsockname()[1]
    options = {**FOR_FEW_ROWS, "spark.connect.grpc.binding.port": str(port)}
    server = subprocess.Popen(
        [
            *(_home() / "bin" / "spark-submit", "--master", "local[1]", "--class", SERVER),
            *(word for name, value in options.items() for word in ("--conf", f"{name}={value}")),
            "spark-internal",
        ],
        cwd=tmp_path,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(port)
        yield f"sc://localhost:{port}"
    finally:
        server.kill()
        server.wait()


def _home() -> Path:
    found = find_spec("pyspark")
    assert found is not None
    assert found.origin is not None
    return Path(found.origin).parent


def _wait_for(port: int) -> None:
    begun = monotonic()
    while True:
        try:
            socket.create_connection(("localhost", port)).close()
            return
        except OSError:
            assert monotonic() - begun < STARTS_WITHIN_S, "the server does not start"
            sleep(0.2)


def test_programmes_are_the_same_over_a_connection(remote: str) -> None:
    """The second one finds nothing of the first."""
    ran = subprocess.run(
        [sys.executable, "-m", "tests.fuzz_backends", "--programmes", "2", "--backend", "spark"],
        cwd=Path(__file__).parent.parent,
        env={**os.environ, "SPARK_REMOTE": remote},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "{'same': 2}" in ran.stdout
