"""`headrace work`: does the jobs that wait."""

import os
import signal
import threading
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from headrace.base import jobs
from headrace.config.wiring import DAILY_JOBS, JOB_HANDLERS


class Command(BaseCommand):
    help = (
        "Does the jobs that wait, until it is told to stop (Ctrl+C or SIGTERM); it finishes the one at hand."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--until-empty", action="store_true", help="stop when no job waits")
        parser.add_argument(
            "--with-parent", action="store_true", help="stop when the process that started it is gone"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        stop = threading.Event()
        for one in (signal.SIGTERM, signal.SIGINT):
            signal.signal(one, lambda *_: stop.set())
        if options["with_parent"]:
            threading.Thread(target=_stop_with_parent, args=(stop,), daemon=True).start()
        jobs.work(JOB_HANDLERS, stop=stop, until_empty=options["until_empty"], daily=DAILY_JOBS)


def _stop_with_parent(stop: threading.Event) -> None:
    parent = os.getppid()
    while os.getppid() == parent:
        time.sleep(1)
    stop.set()
