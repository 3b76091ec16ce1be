"""Serving the product on this machine."""

import os
import socket
import subprocess
import sys
from typing import NoReturn

from django.conf import settings

WORKERS = 2
THREADS = 4


def is_free(port: int) -> bool:
    """Whether a server could listen there."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def serve(port: int) -> NoReturn:
    """Becomes the web server: this process, so that Ctrl+C and signals reach it. A worker does jobs beside it."""
    sys.stdout.flush()
    worker = [sys.executable, "-m", "django", "work", "--with-parent"]
    subprocess.Popen(worker, env={**os.environ, "DJANGO_SETTINGS_MODULE": settings.SETTINGS_MODULE})
    command = [
        *(sys.executable, "-m", "gunicorn", "headrace.config.wsgi"),
        *("--bind", f"127.0.0.1:{port}"),
        *("--worker-class", "gthread", "--workers", str(WORKERS), "--threads", str(THREADS)),
        *("--no-control-socket", "--log-level", "warning"),
    ]
    os.execv(sys.executable, command)
