"""What posting to the ledger costs on PostgreSQL: one by one beside other ways, in bulk, and by sixteen at once.

    python tests/postgres.py -- python bench/post_ledger.py beside [--transfers 2000] [--django-ledger PYTHON]
    python tests/postgres.py -- python bench/post_ledger.py bulk [--transfers 1000000]
    python tests/postgres.py -- python bench/post_ledger.py storm [--posters 16] [--seconds 60]

`beside` posts one transfer of two entries in each transaction: by plain INSERTs without any check (1.00), by
Headrace, and by django-ledger where PYTHON is one that has it (`pip install django-ledger "psycopg[binary]"`); they
take turns. `bulk` publishes earnings by `post_many`, then reads all again. `storm` lets processes post to the same few
accounts as fast as they can, hold and pay, and then looks for every cent.
"""

import argparse
import os
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date
from multiprocessing import get_context
from pathlib import Path
from typing import Any

DAY, ROUNDS, PARTNERS, HOT_PARTNERS = date(2025, 3, 31), 5, 20_000, 8
DJANGO_LEDGER = Path(__file__).with_name("post_django_ledger.py")
PLAIN = (
    "CREATE TABLE IF NOT EXISTS plain_transfer (id bigserial PRIMARY KEY, key text, occurred_on date)",
    "CREATE TABLE IF NOT EXISTS plain_entry (id bigserial PRIMARY KEY, transfer bigint, account text, amount bigint)",
)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    verbs = parser.add_subparsers(dest="verb", required=True)
    beside_parser = verbs.add_parser("beside")
    beside_parser.add_argument("--transfers", type=int, default=2_000)
    beside_parser.add_argument("--django-ledger", metavar="PYTHON")
    bulk_parser = verbs.add_parser("bulk")
    bulk_parser.add_argument("--transfers", type=int, default=1_000_000)
    storm_parser = verbs.add_parser("storm")
    storm_parser.add_argument("--posters", type=int, default=16)
    storm_parser.add_argument("--seconds", type=float, default=60)
    options = vars(parser.parse_args())
    if not os.environ.get("HEADRACE_DATABASE", "").startswith("postgresql"):
        parser.error("HEADRACE_DATABASE names no PostgreSQL; run it behind `python tests/postgres.py --`")
    set_up()
    {"beside": beside, "bulk": bulk, "storm": storm}[options.pop("verb")](**options)


def set_up() -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "headrace.config.settings")
    django.setup()
    from django.core.management import call_command

    from headrace.base.models import Organisation

    call_command("migrate", verbosity=0)
    Organisation.objects.create(code="bench", name="Bench", currency="EUR")


def bench_organisation() -> Any:
    from headrace.base.models import Organisation

    return Organisation.objects.get(code="bench")


def earnings(numbers: range) -> Iterator[Any]:
    from headrace.ledger.drafts import TransferDraft, move
    from headrace.ledger.models import AccountKey, Stage

    expense = AccountKey("", "EUR", Stage.EXPENSE, "programme:1")
    for number in numbers:
        accrued = AccountKey(f"partner:{number % PARTNERS}", "EUR", Stage.ACCRUED, "programme:1")
        entries = move(1_00 + number % 997, debit=expense, credit=accrued)
        yield TransferDraft(
            f"earning:{number}", "earning", DAY, entries, {"rule": "volume", "lines": number % 50}
        )


# One by one


def beside(transfers: int, django_ledger: str | None) -> None:
    ways: dict[str, Callable[[range], float]] = {"plain INSERTs": post_plainly, "Headrace": post_by_headrace}
    if django_ledger:
        child = subprocess.Popen(
            [django_ledger, DJANGO_LEDGER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        ways["django-ledger"] = lambda numbers: ask(child, len(numbers))
    for way in ways.values():
        way(range(-200, 0))  # what is loaded and opened when first used is not counted
    each = transfers // ROUNDS
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for turn in range(ROUNDS):
        for name, way in ways.items():
            seconds[name].append(way(range(turn * each, (turn + 1) * each)))
    plain = statistics.median(seconds["plain INSERTs"])
    print("|  | transfers a second | times the plain INSERTs |\n| --- | ---: | ---: |")
    for name, taken in seconds.items():
        median = statistics.median(taken)
        print(f"| {name} | {each / median:,.0f} | {median / plain:.1f} |")


def ask(child: "subprocess.Popen[str]", count: int) -> float:
    assert child.stdin is not None
    assert child.stdout is not None
    child.stdin.write(f"{count}\n")
    child.stdin.flush()
    return float(child.stdout.readline())


def post_plainly(numbers: range) -> float:
    from django.db import connection, transaction

    with connection.cursor() as cursor:
        for statement in PLAIN:
            cursor.execute(statement)
        begun = time.perf_counter()
        for number in numbers:
            with transaction.atomic():
                cursor.execute(
                    "INSERT INTO plain_transfer (key, occurred_on) VALUES (%s, %s) RETURNING id",
                    [f"earning:{number}", DAY],
                )
                (transfer,) = cursor.fetchone()
                amount = 1_00 + number % 997
                for account, signed in (("expense", amount), (f"partner:{number % PARTNERS}", -amount)):
                    cursor.execute(
                        "INSERT INTO plain_entry (transfer, account, amount) VALUES (%s, %s, %s)",
                        [transfer, account, signed],
                    )
        return time.perf_counter() - begun


def post_by_headrace(numbers: range) -> float:
    from headrace.ledger.actions import post_many

    organisation = bench_organisation()
    begun = time.perf_counter()
    for draft in earnings(numbers):
        post_many(organisation=organisation, transfers=[draft])
    return time.perf_counter() - begun


# In bulk


def bulk(transfers: int) -> None:
    from headrace.ledger.actions import post_many
    from headrace.ledger.blocks import seal_blocks
    from headrace.ledger.invariants import violations
    from headrace.ledger.queries import balances, trial_balance

    organisation = bench_organisation()

    def post() -> None:
        posted = post_many(organisation=organisation, transfers=earnings(range(transfers)))
        assert posted.new == transfers, posted

    def all_there() -> None:
        owed = sum(each.owed_minor for each in balances(organisation=organisation, stage="accrued"))
        assert owed == sum(1_00 + number % 997 for number in range(transfers)), owed

    def nothing_wrong() -> None:
        found = violations(organisation)
        assert not found, found[:3]

    print(f"| {transfers:,} transfers | s | a second |\n| --- | ---: | ---: |")
    for name, work in (
        ("post them (`post_many`)", post),
        ("all balances", all_there),
        ("trial balance of a day", lambda: trial_balance(organisation=organisation, on=DAY)),
        ("seal them into blocks", lambda: seal_blocks(organisation)),
        ("verify everything", nothing_wrong),
    ):
        begun = time.perf_counter()
        work()
        seconds = time.perf_counter() - begun
        print(f"| {name} | {seconds:.1f} | {transfers / seconds:,.0f} |", flush=True)


# Sixteen at once


def storm(posters: int, seconds: float) -> None:
    from django.db import connections

    connections.close_all()
    with get_context("spawn").Pool(posters) as pool:
        told = pool.starmap(poster, [(number, seconds) for number in range(posters)])
    done = {name: sum(each[name] for each in told) for name in told[0]}
    check_every_cent(done)
    print(
        f"{posters} posters, {seconds:.0f} s, {HOT_PARTNERS} partners: {done['posted']:,} earnings of "
        f"{done['earned']:,} cents, {done['held']:,} holds ({done['refused']:,} refused), {done['paid']:,} cents paid; "
        f"{(done['posted'] + 2 * done['held']) / seconds:,.0f} transfers a second; not a cent astray"
    )


def poster(number: int, seconds: float) -> dict[str, int]:
    """Earns for anyone; each tenth time tries to hold up to what one partner has, and pays it or gives it back."""
    import django

    django.setup()
    from headrace.ledger.actions import post_many
    from headrace.ledger.drafts import TransferDraft, move
    from headrace.ledger.errors import InsufficientFundsError
    from headrace.ledger.holds import hold, post_hold, void_hold
    from headrace.ledger.models import AccountKey, Stage

    organisation, chance = bench_organisation(), random.Random(number)
    done = dict.fromkeys(("posted", "earned", "held", "refused", "paid"), 0)
    expense = AccountKey("", "EUR", Stage.EXPENSE, "programme:1")
    until, turn = time.monotonic() + seconds, 0
    while time.monotonic() < until:
        turn += 1
        payable = AccountKey(f"partner:{chance.randrange(HOT_PARTNERS)}", "EUR", Stage.PAYABLE, "programme:1")
        amount = chance.randint(1, 10_00)
        if turn % 10:
            entries = move(amount, debit=expense, credit=payable)
            draft = TransferDraft(f"earning:{number}:{turn}", "earning", DAY, entries, {})
            post_many(organisation=organisation, transfers=[draft])
            done["posted"] += 1
            done["earned"] += amount
            continue
        told: dict[str, Any] = {"occurred_on": DAY, "details": {}}
        try:
            key = f"payout:{number}:{turn}"
            held = hold(organisation=organisation, key=key, kind="held", parts={payable: amount * 20}, **told)
        except InsufficientFundsError:
            done["refused"] += 1
            continue
        done["held"] += 1
        if turn % 20:
            void_hold(held, kind="void", **told)
        else:
            post_hold(held, to=Stage.PAID, kind="paid", **told)
            done["paid"] += amount * 20
    return done


def check_every_cent(done: dict[str, int]) -> None:
    from headrace.ledger.invariants import violations
    from headrace.ledger.models import Stage
    from headrace.ledger.queries import balances

    organisation = bench_organisation()
    found = balances(organisation=organisation)
    owed = {stage: sum(each.owed_minor for each in found if each.account.stage == stage) for stage in Stage}
    expected = {
        Stage.EXPENSE: -done["earned"],
        Stage.PAYABLE: done["earned"] - done["paid"],
        Stage.PAID: done["paid"],
    }
    assert owed == {stage: expected.get(stage, 0) for stage in Stage}, (owed, expected)
    assert all(each.owed_minor >= 0 for each in found if each.account.stage != Stage.EXPENSE), "overdrawn"
    wrong = violations(organisation)
    assert not wrong, wrong[:3]


if __name__ == "__main__":
    sys.exit(main())
