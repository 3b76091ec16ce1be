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
WHILE_SECONDS_MAX = 0.05

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
    arguments: Sequence[str],
    environment: Mapping[str, str],
    *,
    kills: int,
    lines_max: int,
    seed: int,
    after_each: Callable[[], object] = lambda: None,
) -> int:
    """Runs `python ARGUMENTS` again and again, killing it (-9) at random points, and at last lets it end.

    The child takes up its work where it finds it, and prints a line when it begins and after each piece. A kill
    comes after 1 to `lines_max` lines and a random while more, so it falls into the work however slow the
    machine is. `after_each` is called after each kill. Gives how many were killed at work; it is fewer than
    `kills` where one came to its end.
    """
    chance = random.Random(seed)
    for killed in range(kills):
        lines, seconds = chance.randint(1, lines_max), chance.uniform(0, WHILE_SECONDS_MAX)
        if not _killed_after(arguments, environment, lines, seconds):
            return killed
        after_each()
    subprocess.run(
        [sys.executable, *arguments],
        env=dict(environment),
        check=True,
        timeout=SECONDS_MAX,
        stdout=subprocess.DEVNULL,
    )
    return kills


def _killed_after(
    arguments: Sequence[str], environment: Mapping[str, str], lines: int, seconds: float
) -> bool:
    """True where the child was still at work when it was killed. Raises where it failed by itself."""
    with subprocess.Popen(
        [sys.executable, *arguments], env=dict(environment), stdout=subprocess.PIPE
    ) as child:
        assert child.stdout is not None
        said = [child.stdout.readline() for _line in range(lines)]
        time.sleep(seconds)
        child.send_signal(signal.SIGKILL)
    assert child.returncode in (0, -signal.SIGKILL), f"the child failed after {said}"
    return child.returncode != 0
