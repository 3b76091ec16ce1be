"""The storm of bench/post_ledger.py, for a few seconds: sixteen processes post, hold and pay, and no cent is astray."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection
from tests.databases import OwnDatabase

SCRIPT = Path(__file__).parents[4] / "bench" / "post_ledger.py"
TIMEOUT_SECONDS = 240


@pytest.mark.slow
def test_sixteen_posters_at_once(own_database: OwnDatabase) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer at a time")
    ran = subprocess.run(
        [sys.executable, SCRIPT, "storm", "--posters", "16", "--seconds", "5"],
        env=own_database.environment,
        capture_output=True,
        text=True,
        timeout=TIMEOUT_SECONDS,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert "not a cent astray" in ran.stdout
