from datetime import date
from pathlib import Path

from headrace.demo.home import clear, remember


def test_it_remembers_the_day_and_the_password_of_the_first_start(tmp_path: Path) -> None:
    first = remember(tmp_path, date(2026, 5, 17), 60_000)
    assert remember(tmp_path, date(2027, 1, 1), 5_000) == first
    assert first.day == date(2026, 5, 17)
    assert (tmp_path / "demo.json").stat().st_mode & 0o077 == 0


def test_it_makes_another_password_each_time(tmp_path: Path) -> None:
    passwords = set()
    for _ in range(5):
        passwords.add(remember(tmp_path, date(2026, 5, 17), 60_000).password)
        clear(tmp_path)
    assert len(passwords) == 5


def test_it_clears_what_the_demo_made_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "one").touch()
    (tmp_path / "headrace.sqlite3").touch()
    (tmp_path / "mine").touch()
    clear(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]
