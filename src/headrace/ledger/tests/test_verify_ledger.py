"""Each invariant sees the harm it is there for; `headrace ledger verify` tells it."""

from __future__ import annotations

from collections.abc import Callable
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from tests.databases import OwnDatabase, guards_lifted

from headrace.base.models import Organisation
from headrace.ledger.actions import post_many
from headrace.ledger.invariants import GUARDED_TABLES, INVARIANTS, SEALS, violations
from headrace.ledger.models import Account, Entry, Stage, Transfer
from headrace.ledger.tests.words import APRIL, accrual


@pytest.fixture
def posted(own_database: OwnDatabase, organisation: Organisation) -> Organisation:
    drafts = [accrual(f"earning:{n}", 100 + n, rule="slab") for n in range(3)]
    post_many(organisation=organisation, transfers=drafts)
    return organisation


HARM: dict[str, tuple[Callable[[], object], list[str]]] = {
    "an amount changed": (
        lambda: Entry.objects.filter(amount_minor=-101).update(amount_minor=-99),
        [
            "Transfer earning:1: 2 entries in EUR that differ from nought by 2 minor units",
            "Transfer earning:1: it doesn't say any more what was posted",
        ],
    ),
    "an amount moved to another owner": (
        lambda: Account.objects.filter(stage=Stage.ACCRUED).update(owner="partner:9"),
        [f"Transfer earning:{n}: it doesn't say any more what was posted" for n in range(3)],
    ),
    "a day changed": (
        lambda: Transfer.objects.filter(key="earning:2").update(occurred_on=APRIL),
        ["Transfer earning:2: it doesn't say any more what was posted"],
    ),
    "details changed": (
        lambda: Transfer.objects.filter(key="earning:2").update(details={"rule": "flat"}),
        ["Transfer earning:2: it doesn't say any more what was posted"],
    ),
    "entries lost": (
        lambda: Entry.objects.filter(transfer__key="earning:0").delete(),
        ["Transfer earning:0: 0 entries in None that differ from nought by None minor units"],
    ),
    "an entry of another organisation": (
        lambda: Entry.objects.filter(amount_minor=102).update(
            organisation=Organisation.objects.create(code="x", name="X", currency="EUR")
        ),
        ["Entry #: its transfer or its account is missing or another organisation's"],
    ),
    "a transfer lost": (
        lambda: Transfer.objects.filter(key="earning:0")._raw_delete("default"),
        ["Entry #: its transfer or its account is missing or another organisation's"] * 2,
    ),
}


@pytest.mark.broken_ledger
@pytest.mark.parametrize("harm", HARM)
def test_harm_is_seen(posted: Organisation, harm: str) -> None:
    do_harm, expected = HARM[harm]
    with guards_lifted():
        do_harm()
    ids = {str(entry_id) for entry_id in Entry.objects.values_list("id", flat=True)}
    found = violations(posted)
    assert [
        " ".join("#:" if word[:-1] in ids else word for word in each.split()) for each in found
    ] == expected


@pytest.mark.broken_ledger
def test_a_transfer_without_its_seal_is_seen(posted: Organisation) -> None:
    if connection.vendor == "postgresql":
        pytest.skip("PostgreSQL keeps the key even with our guards lifted")
    with guards_lifted(), connection.constraint_checks_disabled():
        connection.cursor().execute("DELETE FROM ledger_posting")
    assert violations(posted) == [f"Transfer earning:{n}: it has no seal" for n in range(3)]


@pytest.mark.broken_ledger
def test_a_guard_that_was_switched_off_is_seen(posted: Organisation) -> None:
    with guards_lifted():
        found = violations(posted)
    assert "Trigger ledger_posting_balances: missing or switched off" in found
    assert len(found) == len(SEALS) + 2 * len(GUARDED_TABLES)
    assert violations(posted) == []


def test_there_is_no_invariant_without_a_docstring() -> None:
    assert all(invariant.__doc__ for invariant in INVARIANTS)


def verify(*arguments: str) -> str:
    out = StringIO()
    call_command("ledger", "verify", *arguments, stdout=out, stderr=out)
    return out.getvalue()


def test_the_command_says_that_all_is_well(posted: Organisation, other_organisation: Organisation) -> None:
    assert verify() == "acme: the ledger holds.\nglobex: the ledger holds.\n"
    assert verify("--organisation", "acme") == "acme: the ledger holds.\n"


def test_the_command_refuses_an_organisation_there_is_not(posted: Organisation) -> None:
    with pytest.raises(CommandError, match="no organisation “nobody”"):
        verify("--organisation", "nobody")


@pytest.mark.broken_ledger
def test_the_command_tells_what_is_wrong_and_fails(posted: Organisation) -> None:
    with guards_lifted():
        Entry.objects.filter(amount_minor=-101).update(amount_minor=-99)
    err = StringIO()
    with pytest.raises(CommandError, match="2 violations"):
        call_command("ledger", "verify", stderr=err)
    position = Transfer.objects.get(key="earning:1").pk
    assert err.getvalue().splitlines() == [
        f"acme: the first place that is wrong is position {position}.",
        "acme: Transfer earning:1: it doesn't say any more what was posted",
        "acme: Transfer earning:1: 2 entries in EUR that differ from nought by 2 minor units",
    ]
