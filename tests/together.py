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
SPAN_MIN = 0.01

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
    seed: int,
    after_each: Callable[[], object] = lambda: None,
) -> list[float]:
    """Runs `python ARGUMENTS` again and again, killing it (-9) at random points, and at last lets it end.

    The child says "ready" on its output when its work begins, and takes up its work where it finds it. The
    seconds it is given are drawn anew each time; where it was through before them, fewer are drawn from then on.
    `after_each` is called after each kill. Gives the seconds that the killed ones had.
    """
    chance = random.Random(seed)
    lived: list[float] = []
    span = 2.0
    for _attempt in range(4 * kills):
        if len(lived) == kills or span < SPAN_MIN:
            break
        delay = chance.uniform(0, span)
        if _killed_after(arguments, environment, delay):
            lived.append(delay)
            after_each()
        else:
            span = delay / 2
    subprocess.run([sys.executable, *arguments], env=dict(environment), check=True, timeout=SECONDS_MAX)
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
