"""The demo's distributors as sources: which file is whose, and when it came."""

from datetime import date
from pathlib import Path

import pytest

from headrace.demo.reporters import _ends_of, _reporter


@pytest.mark.parametrize(
    ("path", "reporter"),
    [
        ("sales/AT-1001-2025.csv", "AT-1001"),
        ("sales/DE-1002-2026-Q3.csv", "DE-1002"),
        ("sales/direct-2026-Q1.csv", ""),
        ("partners.csv", ""),
    ],
)
def test_a_file_is_its_reporters(path: str, reporter: str) -> None:
    assert _reporter(Path(path)) == reporter


@pytest.mark.parametrize(
    ("name", "ends"),
    [
        ("AT-1001-2025.csv", date(2025, 12, 31)),
        ("AT-1001-2026-Q1.csv", date(2026, 3, 31)),
        ("AT-1001-2026-Q4.csv", date(2026, 12, 31)),
    ],
)
def test_a_file_ends_with_its_quarter_or_year(name: str, ends: date) -> None:
    assert _ends_of(name) == ends
