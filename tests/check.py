"""Everything that must hold, in one command: `./dev check` (quick) and `./dev test` (full).

Each step is a command a person could type. The first failure doesn't stop the rest: one run tells everything.
"""

import argparse
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent


@dataclass(frozen=True)
class Step:
    name: str
    command: tuple[str, ...]


def tool(name: str, *arguments: str) -> tuple[str, ...]:
    return (str(BIN / name), *arguments)


WORKERS = str(min(4, os.cpu_count() or 1))
PYTEST = tool("pytest", "-q", "-n", WORKERS, "--dist", "worksteal")
POSTGRES = (sys.executable, "tests/postgres.py", "--")

STATIC = (
    Step("formatting", tool("ruff", "format", "--check", ".")),
    Step("linting", tool("ruff", "check", ".")),
    Step("types", tool("mypy")),
    Step("layers", tool("lint-imports")),
    Step("migrations", tool("python", "-m", "django", "makemigrations", "--check", "--dry-run")),
)
QUICK = (*STATIC, Step("tests on SQLite", (*PYTEST, "-m", "not browser and not slow and not spark")))
FULL = (
    *STATIC,
    Step("tests on SQLite", (*PYTEST, "-m", "not browser and not spark")),
    Step("tests on PostgreSQL", (*POSTGRES, *PYTEST, "-m", "database and not browser and not spark")),
    # Two processes, each with a Spark of its own: one plans while the other computes.
    Step(
        "tests on Apache Spark",
        ("./dev", "spark", "pytest", "-q", "-n", "2", "--dist", "worksteal", "-m", "spark"),
    ),
    Step("browser tests", (*PYTEST, "-m", "browser")),
)


def run(step: Step) -> bool:
    print(f"\n== {step.name}: {' '.join(step.command)}", flush=True)
    begun = time.monotonic()
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "headrace.config.settings"}
    ok = subprocess.run(step.command, cwd=ROOT, env=environment, check=False).returncode == 0
    print(f"== {step.name}: {'ok' if ok else 'FAILED'} in {time.monotonic() - begun:.0f} s", flush=True)
    return ok


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("extent", choices=["quick", "full"])
    steps = QUICK if parser.parse_args().extent == "quick" else FULL
    failed = [step.name for step in steps if not run(step)]
    print("\nAll green." if not failed else f"\nFailed: {', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
