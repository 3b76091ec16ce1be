import os
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[4]


@pytest.fixture(scope="session")
def adventureworks_files() -> Path:
    """Where the AdventureWorks files lie: beside the repository, or where HEADRACE_SHARED says."""
    shared = Path(os.environ.get("HEADRACE_SHARED", ROOT.parent / "shared"))
    folder = shared / "data" / "adventureworks"
    if not folder.is_dir():
        pytest.skip(f"no AdventureWorks files in {folder}")
    return folder
