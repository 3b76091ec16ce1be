"""What was read as of a position must read the same for ever, whoever was posting at that moment."""

from __future__ import annotations

import time
from threading import Event

import pytest
from django.db import DatabaseError, connection, transaction
from tests.databases import OwnDatabase
from tests.together import in_threads

from headrace.base.models import Organisation
from headrace.ledger.actions import post, post_many
from headrace.ledger.models import Transfer
from headrace.ledger.queries import balances, current_position, movements
from headrace.ledger.tests.words import accrual

SECONDS_MAX = 30


def test_an_empty_ledger_stands_at_nought(organisation: Organisation) -> None:
    assert current_position(organisation) == 0


def test_is_the_last_transfer_posted(organisation: Organisation) -> None:
    draft = accrual()
    transfer = post(
        organisation=organisation,
        key=draft.key,
        kind=draft.kind,
        occurred_on=draft.occurred_on,
        entries=draft.entries,
        details=draft.details,
    )
    assert current_position(organisation) == transfer.id


def test_grows_with_each_posting_in_the_same_transaction(organisation: Organisation) -> None:
    seen = [current_position(organisation)]
    for n in range(3):
        post_many(organisation=organisation, transfers=[accrual(f"earning:{n}")])
        seen.append(current_position(organisation))
    assert seen == sorted(set(seen))


def test_waits_for_a_posting_that_drew_a_smaller_number(
    own_database: OwnDatabase, organisation: Organisation
) -> None:
    """The slow one draws its id first and commits last. Whoever froze in between would lose it."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer at a time: ids are committed in their order")
    drew, overtaken = Event(), Event()
    post_many(organisation=organisation, transfers=[accrual("before")])  # opens the accounts

    def slow() -> None:
        with transaction.atomic():
            post_many(organisation=organisation, transfers=[accrual("slow", 1)])
            drew.set()
            assert overtaken.wait(SECONDS_MAX)
            time.sleep(0.3)

    def freeze() -> tuple[int, list[str]]:
        assert drew.wait(SECONDS_MAX)
        post_many(organisation=organisation, transfers=[accrual("quick", 2)])
        overtaken.set()
        position = current_position(organisation)
        return position, [each.key for each in movements(organisation=organisation, as_of_position=position)]

    _none, frozen = in_threads([slow, freeze])
    assert frozen is not None
    position, keys = frozen
    assert keys == [each.key for each in movements(organisation=organisation, as_of_position=position)]
    assert keys == ["before", "before", "slow", "slow", "quick", "quick"]


def test_another_organisations_posting_is_not_waited_for(
    own_database: OwnDatabase, organisation: Organisation, other_organisation: Organisation
) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("on SQLite nobody waits to read")
    with transaction.atomic():
        post_many(organisation=other_organisation, transfers=[accrual()])
        begun = time.monotonic()
        in_threads([lambda: current_position(organisation)])
        assert time.monotonic() - begun < 5


def test_a_transaction_with_an_old_view_may_not_ask(
    own_database: OwnDatabase, organisation: Organisation
) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("on SQLite a transaction of ours holds the write lock, so its view is the newest")
    with transaction.atomic():
        connection.cursor().execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        with pytest.raises(DatabaseError, match="READ COMMITTED"):
            current_position(organisation)
        transaction.set_rollback(True)


def test_frozen_reads_reproduce_while_many_post(
    own_database: OwnDatabase, organisation: Organisation
) -> None:
    posting_ends = time.monotonic() + 1.5

    def keep_posting(thread: int) -> None:
        count = 0
        while time.monotonic() < posting_ends:
            with transaction.atomic():
                post_many(organisation=organisation, transfers=[accrual(f"{thread}:{count}", 1 + thread)])
                post_many(organisation=organisation, transfers=[accrual(f"{thread}:{count}b", 1)])
            count += 1

    frozen = {}

    def keep_freezing() -> None:
        while time.monotonic() < posting_ends:
            position = current_position(organisation)
            frozen[position] = balances(organisation=organisation, as_of_position=position)

    in_threads([*(lambda thread=n: keep_posting(thread) for n in range(3)), keep_freezing])
    assert len(frozen) > 3
    for position, read_then in frozen.items():
        assert balances(organisation=organisation, as_of_position=position) == read_then
    assert Transfer.objects.count() > 20
