from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import OperationalError, connection, transaction
from tests.databases import OwnDatabase
from tests.together import in_threads

from headrace.base.models import Organisation
from headrace.ledger import actions, queries
from headrace.ledger.actions import Posted, post_many
from headrace.ledger.drafts import TransferDraft
from headrace.ledger.errors import KeyReusedError
from headrace.ledger.models import Account, Entry, Posting, Transfer
from headrace.ledger.tests.words import accrual


def owed(organisation: Organisation, owner: str) -> int:
    return sum(each.owed_minor for each in queries.balances(organisation=organisation, owner=owner))


def test_counts_what_is_new_and_what_stood_already(organisation: Organisation) -> None:
    drafts = [accrual(f"earning:{n}", 100 + n, owner=f"partner:{n % 3}") for n in range(10)]
    assert post_many(organisation=organisation, transfers=drafts[:4]) == Posted(new=4, already=0)
    assert post_many(organisation=organisation, transfers=drafts) == Posted(new=6, already=4)
    assert post_many(organisation=organisation, transfers=drafts) == Posted(new=0, already=10)
    assert owed(organisation, "partner:0") == 100 + 103 + 106 + 109


def test_nothing_to_post_leaves_nothing(organisation: Organisation) -> None:
    assert post_many(organisation=organisation, transfers=[]) == Posted(new=0, already=0)
    assert not Posting.objects.exists()


def test_a_key_twice_in_one_call_is_posted_once(organisation: Organisation) -> None:
    drafts = [accrual(), accrual()]
    assert post_many(organisation=organisation, transfers=drafts) == Posted(new=1, already=1)


def test_a_key_twice_with_other_content_in_one_call_is_refused(organisation: Organisation) -> None:
    with pytest.raises(KeyReusedError):
        post_many(organisation=organisation, transfers=[accrual(amount_minor=1), accrual(amount_minor=2)])
    assert not Transfer.objects.exists()


def test_one_that_cannot_be_posted_takes_all_others_back(
    organisation: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "TRANSFERS_PER_POSTING_MAX", 2)
    actions.post_many(organisation=organisation, transfers=[accrual("earning:5", 1)])
    with pytest.raises(KeyReusedError, match="'earning:5'"):
        post_many(organisation=organisation, transfers=[accrual(f"earning:{n}", 2) for n in range(6)])
    assert list(Transfer.objects.values_list("key", flat=True)) == ["earning:5"]
    assert Account.objects.count() == 2


def test_takes_an_iterator_in_bounded_postings(
    organisation: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "TRANSFERS_PER_POSTING_MAX", 3)
    drafts = (accrual(f"earning:{n}") for n in range(7))
    assert post_many(organisation=organisation, transfers=drafts) == Posted(new=7, already=0)
    assert Posting.objects.count() == 3


def test_an_iterator_that_fails_on_the_way_leaves_nothing(
    organisation: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "TRANSFERS_PER_POSTING_MAX", 2)

    def drafts() -> Iterator[TransferDraft]:
        yield from (accrual(f"earning:{n}") for n in range(5))
        raise OSError("the file ended early")

    with pytest.raises(OSError, match="ended early"):
        post_many(organisation=organisation, transfers=drafts())
    assert (Transfer.objects.count(), Entry.objects.count()) == (0, 0)


def test_thousands_of_owners_in_one_call(organisation: Organisation) -> None:
    drafts = [accrual(f"earning:{n}", 1 + n, owner=f"partner:{n}") for n in range(2_500)]
    assert post_many(organisation=organisation, transfers=drafts) == Posted(new=2_500, already=0)
    assert owed(organisation, "partner:2499") == 2_500
    assert Account.objects.count() == 2_501


def test_the_number_of_queries_does_not_grow_with_the_transfers(
    organisation: Organisation, django_assert_max_num_queries: object
) -> None:
    for count in (3, 300):
        drafts = [accrual(f"earning:{count}:{n}") for n in range(count)]
        with django_assert_max_num_queries(12):
            post_many(organisation=organisation, transfers=drafts)


def test_posters_of_the_same_keys_post_each_once(
    own_database: OwnDatabase, organisation: Organisation
) -> None:
    drafts = [accrual(f"earning:{n}", 1 + n, owner=f"partner:{n % 5}") for n in range(60)]
    # Each begins elsewhere, so that every one meets keys which another is posting at that moment.
    parts = [drafts[start:] + drafts[:start] for start in (0, 20, 40, 50)]
    results = in_threads(
        [lambda part=part: post_many(organisation=organisation, transfers=part) for part in parts]
    )
    assert sum(result.new for result in results) == 60
    assert sum(result.already for result in results) == 3 * 60
    assert sum(owed(organisation, f"partner:{n}") for n in range(5)) == sum(range(1, 61))


def test_posters_of_one_hot_account_lose_nothing(
    own_database: OwnDatabase, organisation: Organisation
) -> None:
    def post_some(thread: int) -> None:
        for n in range(15):
            post_many(organisation=organisation, transfers=[accrual(f"earning:{thread}:{n}", 1)])

    in_threads([lambda thread=thread: post_some(thread) for thread in range(8)])
    assert owed(organisation, "partner:1") == 8 * 15


def test_hot_accounts_hold_up_nobody(own_database: OwnDatabase, organisation: Organisation) -> None:
    """Two transactions are open at once that both posted to the same accounts."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer at a time")
    post_many(organisation=organisation, transfers=[accrual("earning:0")])
    with transaction.atomic():
        post_many(organisation=organisation, transfers=[accrual("earning:1")])
        assert in_threads([lambda: _post_within_a_second(organisation, "earning:2")]) == [Posted(1, 0)]


def test_a_key_being_posted_is_waited_for(own_database: OwnDatabase, organisation: Organisation) -> None:
    """Whether a key is new can't be known before the other transaction ended."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer at a time")
    post_many(organisation=organisation, transfers=[accrual("earning:0")])
    with transaction.atomic():
        post_many(organisation=organisation, transfers=[accrual("earning:1")])
        with pytest.raises(OperationalError, match="lock timeout"):
            in_threads([lambda: _post_within_a_second(organisation, "earning:1")])


def _post_within_a_second(organisation: Organisation, key: str) -> Posted:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '1s'")
        return post_many(organisation=organisation, transfers=[accrual(key)])
