"""Settings of the tests: the real ones, with a home of its own for each process and cheap passwords."""

import os
import tempfile

# A folder for each worker, never the developer's own; `conftest.py` removes it.
os.environ["HEADRACE_HOME"] = tempfile.mkdtemp(prefix="headrace-tests-")
os.environ["HEADRACE_DURABLE"] = "0"

from django.contrib.auth.hashers import Argon2PasswordHasher

from headrace.config.settings import *  # noqa: F403
from headrace.config.settings import DATABASES, HOME


class QuickArgon2(Argon2PasswordHasher):
    """The real algorithm at the least cost it takes."""

    time_cost = 1
    memory_cost = 8
    parallelism = 1


PASSWORD_HASHERS = ["tests.settings.QuickArgon2"]

if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # A file as in production: with WAL, and several connections at a time.
    DATABASES["default"]["TEST"] = {"NAME": HOME / "test.sqlite3"}
