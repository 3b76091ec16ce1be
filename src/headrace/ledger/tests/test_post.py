from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from headrace.base.models import Organisation
from headrace.ledger import actions, queries
from headrace.ledger.drafts import ENTRIES_MAX, EntryDraft, move
from headrace.ledger.errors import KeyReusedError, LedgerError, UnbalancedError
from headrace.ledger.models import AMOUNT_MINOR_MAX, AccountKey, Posting, Stage, Transfer
from headrace.ledger.tests.words import APRIL, MARCH, accrued, expense, two_sided


def post(organisation: Organisation, **changes: Any) -> Transfer:
    """A plain accrual, but for the changes."""
    wanted = {
        "key": "earning:1",
        "kind": "earning",
        "occurred_on": MARCH,
        "entries": move(12_50, debit=expense(), credit=accrued()),
        "details": {"rule": "slab", "lines": 3},
    }
    return actions.post(organisation=organisation, **{**wanted, **changes})


def test_writes_what_was_asked_for(organisation: Organisation) -> None:
    transfer = post(organisation, corrects_period="2025-Q1")
    assert (transfer.key, transfer.kind, transfer.occurred_on) == ("earning:1", "earning", MARCH)
    assert (transfer.details, transfer.corrects_period) == ({"rule": "slab", "lines": 3}, "2025-Q1")
    assert [(each.account.key, each.amount_minor) for each in queries.entries_of(transfer)] == [
        (expense(), 12_50),
        (accrued(), -12_50),
    ]


def test_again_gives_the_first_transfer_and_posts_nothing(organisation: Organisation) -> None:
    first = post(organisation)
    assert post(organisation) == first
    assert (Transfer.objects.count(), Posting.objects.count()) == (1, 1)


def test_again_with_the_entries_in_another_order_is_a_retry(organisation: Organisation) -> None:
    entries = move(12_50, debit=expense(), credit=accrued())
    assert post(organisation, entries=entries[::-1]) == post(organisation, entries=entries)


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "bonus"},
        {"occurred_on": APRIL},
        {"entries": move(12_51, debit=expense(), credit=accrued())},
        {"entries": move(12_50, debit=expense(), credit=accrued("partner:2"))},
        {"details": {"rule": "slab", "lines": 4}},
        {"corrects_period": "2025-Q1"},
    ],
)
def test_the_same_key_with_other_content_is_refused(organisation: Organisation, change: Any) -> None:
    post(organisation)
    with pytest.raises(KeyReusedError, match="'earning:1'"):
        post(organisation, **change)
    assert Transfer.objects.count() == 1


def test_the_same_key_in_two_organisations_is_two_transfers(
    organisation: Organisation, other_organisation: Organisation
) -> None:
    assert post(organisation) != post(other_organisation)
    assert {each.amount_minor for each in queries.balances(organisation=organisation)} == {12_50, -12_50}


def test_several_units_balance_each_by_itself(organisation: Organisation) -> None:
    euros, points = two_sided(12_50, 12_50), two_sided(80, 80, unit="points")
    assert len(queries.entries_of(post(organisation, entries=[*euros, *points]))) == 4


def test_units_never_make_up_for_each_other(organisation: Organisation) -> None:
    entries = [*two_sided(12_50, 12_40), *two_sided(40, 50, unit="USD")]
    with pytest.raises(UnbalancedError, match="in EUR differ by 10 minor units"):
        post(organisation, entries=entries)
    assert not Transfer.objects.exists()


def test_the_largest_amount_is_exact(organisation: Organisation) -> None:
    post(organisation, entries=move(AMOUNT_MINOR_MAX, debit=expense(), credit=accrued()))
    assert {each.amount_minor for each in queries.balances(organisation=organisation)} == {
        AMOUNT_MINOR_MAX,
        -AMOUNT_MINOR_MAX,
    }


def test_any_script_comes_back_as_it_went_in(organisation: Organisation) -> None:
    name = 'العلامة "A" \\ \' %s 𝄞'
    transfer = post(organisation, key=name, details={name: [name, {"n": 2**70, "yes": True, "none": None}]})
    assert transfer.key == name
    assert transfer.details == {name: [name, {"n": 2**70, "yes": True, "none": None}]}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"key": ""}, "key is ''"),
        ({"key": "k" * 401}, "1 to 400 characters"),
        ({"key": "a\0b"}, "no database keeps"),
        ({"kind": "\ud800"}, "no database keeps"),
        ({"occurred_on": datetime(2025, 3, 31, tzinfo=UTC)}, "not a date"),
        ({"entries": []}, "2 to 1000 entries, not 0"),
        ({"entries": two_sided(1, 1) * (ENTRIES_MAX // 2 + 1)}, "entries, not 1002"),
        ({"entries": two_sided(0, 0)}, "an entry of 0"),
        ({"entries": two_sided(AMOUNT_MINOR_MAX + 1, AMOUNT_MINOR_MAX + 1)}, "beyond"),
        ({"entries": [EntryDraft(expense(), 1.0), EntryDraft(accrued(), -1)]}, "1.0 is not an integer"),
        ({"entries": [EntryDraft(expense(), True), EntryDraft(accrued(), -1)]}, "True is not an integer"),
        ({"entries": move(1, debit=AccountKey("", "", Stage.BANK), credit=accrued())}, "unit is ''"),
        ({"entries": move(1, debit=AccountKey("", "EUR", "lost"), credit=accrued())}, "no stage 'lost'"),
        ({"details": {"rate": 0.1}}, "details.rate is 0.1"),
        ({"details": {"lines": [{"rate": 0.1}]}}, r"details.lines\[\].rate is 0.1"),
        ({"details": {1: "one"}}, "a name in details is 1"),
    ],
)
def test_what_no_table_should_hold_is_refused(organisation: Organisation, change: Any, message: str) -> None:
    with pytest.raises(LedgerError, match=message):
        post(organisation, **change)
    assert not Transfer.objects.exists()
