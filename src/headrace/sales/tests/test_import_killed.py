"""Imports that are killed, and imports at the same time: nothing lost, nothing twice. On real commits."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.db.models import Sum
from tests.databases import OwnDatabase
from tests.together import in_threads, kill_and_rerun

from headrace.sales import actions
from headrace.sales.import_withdrawal import withdraw_import
from headrace.sales.models import Import, LineWithdrawal, Reject, Result, SalesFile, SalesLine
from headrace.sales.tests.conftest import MAPPING, Desk, row, sales
from headrace.sales.withdrawals import standing_lines

LINES = 20_000
KILLS = 10
# What the command `headrace` runs. It tells when it begins, and when it has written a piece: small pieces, so
# that kills strike before, between and after them.
CHILD = """
import sys
import django
django.setup()
from headrace.cli import main
from headrace.sales import bulk, staging
staging.BATCH_ROWS = 1000
write = bulk.insert
def insert(*arguments):
    write(*arguments)
    print("wrote", flush=True)
bulk.insert = insert
print("ready", flush=True)
sys.exit(main(sys.argv[1:]))
"""
# Lines and rejects of each thousand, and the rejects of the partners.
PIECES = 2 * LINES // 1000 + 1


@pytest.fixture
def files(own_database: OwnDatabase) -> list[str]:
    """A mapping, partners, and a file of sales that takes about a second."""
    contents = {
        "north.yaml": MAPPING,
        "sales.csv": sales(*(row(f"L{n}", Dealer=f"d{n % 50}", Net="0,10") for n in range(LINES))),
        "partners.csv": "Id,Name,Tier,Parent,From,To,City\n"
        + "".join(f"d{n},D{n},,,,,\n" for n in range(50)),
    }
    paths = [own_database.home / name for name in contents]
    for path in paths:
        path.write_text(contents[path.name])
    return [str(path) for path in paths]


@pytest.mark.slow
def test_killed_at_random_points_it_loses_nothing_and_takes_nothing_twice(
    desk: Desk, own_database: OwnDatabase, files: list[str]
) -> None:
    def all_or_nothing() -> None:
        sales_runs = Import.objects.filter(kind="sales")
        assert SalesLine.objects.count() == LINES * len(sales_runs)
        assert [run.accepted for run in Import.objects.exclude(kind="sales")] in ([], [50])

    killed = kill_and_rerun(
        ["-c", CHILD, "import", *files],
        own_database.environment,
        kills=KILLS,
        lines_max=PIECES - 10,  # so that none comes to its end before it is killed
        seed=2,
        after_each=all_or_nothing,
    )
    assert killed == KILLS
    assert SalesLine.objects.count() == LINES
    assert SalesLine.objects.aggregate(net=Sum("net_amount_e4"))["net"] == LINES * 1000
    runs = Import.objects.order_by("pk")
    assert [(run.kind, run.rows, run.accepted) for run in runs] == [
        ("partners", 50, 50),
        ("sales", LINES, LINES),
    ]
    assert all(run.state == Import.State.IMPORTED and run.finished_at for run in runs)
    assert SalesFile.objects.count() == 2
    kept = [path for path in Path(own_database.home, "files").rglob("*") if path.is_file()]
    assert len([path for path in kept if not path.name.startswith("incoming-")]) == 2


def test_the_same_file_at_the_same_time_is_imported_once(desk: Desk, own_database: OwnDatabase) -> None:
    text = sales(*(row(f"L{n}") for n in range(500)))
    outcomes = in_threads([lambda: desk.take("sales.csv", text)] * 4)
    results = Counter(outcome.result for outcome in outcomes)
    assert results == {Result.IMPORTED: 1, Result.ALREADY_IMPORTED: 3}
    assert SalesLine.objects.count() == 500


def test_files_that_overlap_at_the_same_time_take_each_line_once(
    desk: Desk, own_database: OwnDatabase
) -> None:
    def take(start: int) -> actions.Outcome:
        lines = (row(f"L{n}", Buyer=f"c{n % 20}") for n in range(start, start + 400))
        return desk.take(f"sales-{start}.csv", sales(*lines))

    outcomes = in_threads([lambda start=start: take(start) for start in (0, 200, 400)])
    runs = [outcome.run for outcome in outcomes if outcome.run]
    assert len(runs) == 3
    assert sum(run.accepted for run in runs) == SalesLine.objects.count() == 800
    assert sum(run.duplicates for run in runs) == Reject.objects.count() == 400


def test_an_import_is_withdrawn_once_by_several_at_the_same_time_while_others_import(
    desk: Desk, own_database: OwnDatabase
) -> None:
    run = desk.take("sales.csv", sales(*(row(f"L{n}", Order="") for n in range(300)))).run
    assert run

    def withdraw() -> int:
        try:
            return withdraw_import(run=run, reason="Wrong.")
        except ValidationError:
            return 0

    def take() -> int:
        outcome = desk.take("sales-2.csv", sales(*(row(f"L{n}", Order="") for n in range(200, 400))))
        return outcome.run.accepted if outcome.run else 0

    withdrawn = in_threads([withdraw, take, withdraw])
    assert sorted((withdrawn[0], withdrawn[2])) == [0, 300]
    # Whichever came first: the lines that both files tell stand once, by the file that still holds.
    standing = standing_lines(desk.organisation)
    assert sorted(line.external_id for line in standing) == sorted(f"L{n}" for n in range(200, 400))
    for one in Import.objects.all():
        assert one.rows == one.accepted + one.rejected + one.duplicates
        assert one.accepted == one.lines.count()


WITHDRAWING = """
import sys
import django
django.setup()
from headrace.cli import main
from headrace.sales import bulk, withdrawals
withdrawals.LINES_A_TIME = 500
write = bulk.insert
def insert(*arguments):
    write(*arguments)
    print("wrote", flush=True)
bulk.insert = insert
print("ready", flush=True)
sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.slow
def test_a_withdrawal_that_is_killed_withdraws_all_or_nothing(desk: Desk, own_database: OwnDatabase) -> None:
    run = desk.take("sales.csv", sales(*(row(f"L{n}", Order="") for n in range(LINES)))).run
    assert run

    def nothing() -> None:
        assert LineWithdrawal.objects.count() == 0
        assert Import.objects.get(pk=run.pk).withdrawn_at is None

    killed = kill_and_rerun(
        ["-c", WITHDRAWING, "withdraw", str(run.pk), "--reason", "Wrong."],
        own_database.environment,
        kills=4,
        lines_max=LINES // 500 - 10,
        seed=3,
        after_each=nothing,
    )
    assert killed == 4
    assert LineWithdrawal.objects.count() == LINES
    assert not standing_lines(desk.organisation).exists()
