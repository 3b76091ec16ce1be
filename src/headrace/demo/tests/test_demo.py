"""`headrace demo` as a user starts it: a process of its own, with a home of its own."""

import os
import random
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from headrace.demo.documents import programme_documents

# Each starts processes of its own.
pytestmark = pytest.mark.slow

HEADRACE = Path(sys.executable).parent / "headrace"
LINES = "1500"
ACCEPTED = re.compile(r"([0-9,]+) lines accepted, ([0-9,]+) rejected, ([0-9,]+) duplicates")


def environment(home: Path) -> dict[str, str]:
    return {
        **{name: value for name, value in os.environ.items() if name != "HEADRACE_DATABASE"},
        "HEADRACE_HOME": str(home),
        "DJANGO_SETTINGS_MODULE": "headrace.config.settings",
    }


def demo(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [HEADRACE, "demo", "--no-serve", "--lines", LINES, *arguments],
        env=environment(home),
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def counts(home: Path) -> dict[str, list[tuple[Any, ...]]]:
    """What a demo left behind, without the ids and times that may differ."""
    with sqlite3.connect(home / "headrace.sqlite3") as database:
        return {
            name: database.execute(query).fetchall()
            for name, query in {
                "imports": "SELECT file_name, rows, accepted, rejected FROM sales_import ORDER BY file_name",
                "lines": "SELECT count(*), sum(net_amount_e4), sum(quantity_e4) FROM sales_line",
                "versions": "SELECT number, document FROM programmes_version ORDER BY document",
                "earnings": "SELECT key, amount_minor, delta_minor FROM earnings_earning ORDER BY 1, 3",
                "ledger": "SELECT count(*), sum(amount_minor) FROM ledger_entry",
                "people": "SELECT email, name FROM base_user ORDER BY email",
            }.items()
        }


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The home and the output of a demo that was loaded once."""
    home = tmp_path_factory.mktemp("home")
    done = demo(home)
    assert done.returncode == 0, done.stderr
    return home, done.stdout


def test_it_imports_every_good_line_and_keeps_the_bad_ones(loaded: tuple[Path, str]) -> None:
    home, output = loaded
    found = ACCEPTED.search(output)
    assert found
    [(lines, _, _)] = counts(home)["lines"]
    assert int(found[1].replace(",", "")) == lines > 1_000
    assert (found[2], found[3]) == ("45", "5")


def test_it_publishes_a_run_of_every_programme(loaded: tuple[Path, str]) -> None:
    with sqlite3.connect(loaded[0] / "headrace.sqlite3") as database:
        published = dict(
            database.execute(
                "SELECT programme.key, count(earning.id) FROM programmes_programme programme"
                " JOIN earnings_run run ON run.programme_id = programme.id AND run.published_at IS NOT NULL"
                " LEFT JOIN earnings_earning earning ON earning.run_id = run.id GROUP BY 1"
            ).fetchall()
        )
    assert {f"{key}.yaml" for key in published} == set(programme_documents(date(2026, 5, 17)))
    assert published["reseller-rebate"] > 20
    assert published["agent-commission"] > 5


def test_it_names_the_people_to_sign_in_as_and_one_password(loaded: tuple[Path, str]) -> None:
    _, output = loaded
    for name in ("manager", "approver", "owner", "salesperson", "rival"):
        assert f"{name}@talbrunn.example" in output
    password = re.search(r"password  (\S+)", output)
    assert password
    assert len(password[1]) >= 12


def test_the_rival_is_of_another_partner(loaded: tuple[Path, str]) -> None:
    with sqlite3.connect(loaded[0] / "headrace.sqlite3") as database:
        partner = dict(
            database.execute(
                "SELECT u.email, p.partner_id FROM base_user u JOIN partners_person p ON p.user_id = u.id"
            ).fetchall()
        )
    assert partner["owner@talbrunn.example"] == partner["salesperson@talbrunn.example"]
    assert partner["owner@talbrunn.example"] != partner["rival@talbrunn.example"]


def test_a_second_start_changes_nothing(loaded: tuple[Path, str]) -> None:
    home, output = loaded
    before = counts(home)
    again = demo(home)
    assert again.returncode == 0, again.stderr
    assert counts(home) == before
    assert again.stdout.split("Sign in")[1] == output.split("Sign in")[1]


def test_it_begins_anew_where_it_is_asked_to(loaded: tuple[Path, str], tmp_path: Path) -> None:
    home = tmp_path / "home"
    shutil.copytree(loaded[0], home)
    (home / "mine.txt").write_text("not the demo's")
    fresh = demo(home, "--fresh", "--lines", "1200")
    assert fresh.returncode == 0, fresh.stderr
    assert counts(home)["lines"] != counts(loaded[0])["lines"]
    assert (home / "mine.txt").exists()


def test_it_says_which_port_is_taken(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(CommandError, match=f"Port {port} is taken"):
            call_command("demo", port=port)


def test_it_refuses_a_database_that_holds_another_organisation(
    organisation: Any, settings: Any, tmp_path: Path
) -> None:
    settings.HOME = tmp_path
    with pytest.raises(CommandError, match=r"Acme, which is no demo.*HEADRACE_HOME"):
        call_command("demo", no_serve=True)


def test_it_says_that_a_folder_has_no_files(tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    refused = demo(tmp_path, "--data", str(empty))
    assert refused.returncode == 1
    assert f"{empty}: no CSV files there" in refused.stderr


@pytest.mark.shared
def test_it_loads_adventureworks_whole(adventureworks_files: Path, tmp_path: Path) -> None:
    done = demo(tmp_path, "--data", str(adventureworks_files))
    assert done.returncode == 0, done.stderr
    assert counts(tmp_path)["lines"][0][:2] == (57_851, 775_485_702_000)
    assert "owner@adventureworks.example" in done.stdout


def test_a_kill_in_the_middle_is_continued(loaded: tuple[Path, str], tmp_path: Path) -> None:
    """Killed again and again at any point, it ends where an undisturbed start ends."""
    whole, chance = counts(loaded[0]), random.Random(7)
    (tmp_path / "demo.json").write_bytes((loaded[0] / "demo.json").read_bytes())
    killed = 0
    for _ in range(12):
        process = subprocess.Popen(
            [HEADRACE, "demo", "--no-serve"], env=environment(tmp_path), stdout=subprocess.DEVNULL
        )
        time.sleep(1 + chance.random() * 4)
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
            killed += 1
        process.wait()
    assert killed >= 3
    assert demo(tmp_path).returncode == 0
    assert counts(tmp_path) == whole


def wait_for(condition: Callable[[], bool], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.1)


def test_it_serves_and_stops(loaded: tuple[Path, str]) -> None:
    home, _ = loaded
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [HEADRACE, "demo", "--port", str(port)], env=environment(home), stdout=subprocess.PIPE, text=True
    )

    def answers() -> bool:
        with socket.socket() as client:
            return client.connect_ex(("127.0.0.1", port)) == 0

    try:
        wait_for(answers)
        second = demo(home)
        assert second.returncode == 1
        assert "runs already" in second.stderr
    finally:
        process.terminate()
        output, _ = process.communicate(timeout=30)
    assert f"http://localhost:{port}/" in output
    assert process.returncode == 0
