"""Several at once: threads with their own connections, and child processes that are killed."""

import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

from django.db import connections

THREADS_MAX = 16
SECONDS_MAX = 120

T = TypeVar("T")


def in_threads(functions: Sequence[Callable[[], T]]) -> list[T]:
    """Runs the functions at the same moment, each on a connection of its own; gives what they gave, in order.

    The first error is raised. Needs the fixture `own_database`.
    """
    assert len(functions) <= THREADS_MAX
    barrier = Barrier(len(functions))

    def run(function: Callable[[], T]) -> T:
        try:
            barrier.wait(SECONDS_MAX)
            return function()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(functions)) as pool:
        futures = [pool.submit(run, function) for function in functions]
        return [future.result(SECONDS_MAX) for future in futures]


def kill_and_rerun(
    arguments: Sequence[str], environment: Mapping[str, str], *, kills: int, seed: int
) -> list[float]:
    """Runs `python ARGUMENTS` again and again, killing it (-9) at random points, and at last lets it end.

    The child says "ready" on its output when its work begins. Its first, unhindered length isn't known, so a
    kill comes after up to twice the time that the longest yet survived. Gives the seconds each killed one had.
    """
    chance = random.Random(seed)
    lived: list[float] = []
    span = 0.2
    while len(lived) < kills:
        delay = chance.uniform(0, span)
        if _killed_after(arguments, environment, delay):
            lived.append(delay)
            span = max(span, 2 * delay)
        else:
            break
    subprocess.run(
        [sys.executable, *arguments],
        env=dict(environment),
        check=True,
        timeout=SECONDS_MAX,
        capture_output=True,
    )
    return lived


def _killed_after(arguments: Sequence[str], environment: Mapping[str, str], delay: float) -> bool:
    """True where the child was still at work when it was killed."""
    with subprocess.Popen(
        [sys.executable, *arguments], env=dict(environment), stdout=subprocess.PIPE
    ) as child:
        assert child.stdout is not None
        said = child.stdout.readline()
        assert said == b"ready\n", f"the child said {said!r}"
        time.sleep(delay)
        child.send_signal(signal.SIGKILL)
    return child.returncode == -signal.SIGKILL
