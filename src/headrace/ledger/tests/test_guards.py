"""What the database itself refuses, whoever asks: in real transactions, where need be in plain SQL."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Model
from django.utils import timezone
from tests.databases import OwnDatabase
from tests.together import in_threads

from headrace.base.models import Organisation
from headrace.ledger.actions import post_many
from headrace.ledger.models import Account, Entry, Posting, Stage, Transfer
from headrace.ledger.tests.words import MARCH, accrual

MODELS: list[type[Model]] = [Account, Posting, Transfer, Entry]


@pytest.fixture
def posted(own_database: OwnDatabase, organisation: Organisation) -> Transfer:
    """One transfer that is committed."""
    post_many(organisation=organisation, transfers=[accrual()])
    return Transfer.objects.get()


def open_transfer(organisation: Organisation, **changes: object) -> Transfer:
    """A transfer without entries, past all the checks in Python."""
    wanted = {
        "organisation": organisation,
        "posting_id": uuid.uuid4(),
        "key": "raw",
        "kind": "earning",
        "occurred_on": MARCH,
        "posted_at": timezone.now(),
        "details": {},
        "content_hash": "0" * 64,
    }
    return Transfer.objects.create(**{**wanted, **changes})


def enter(transfer: Transfer, *amounts_minor: int) -> None:
    account = Account.objects.filter(stage=Stage.ACCRUED, organisation=transfer.organisation).get()
    for amount_minor in amounts_minor:
        Entry.objects.create(
            organisation=transfer.organisation, transfer=transfer, account=account, amount_minor=amount_minor
        )


def seal(transfer: Transfer) -> None:
    Posting.objects.create(id=transfer.posting_id, organisation=transfer.organisation)


def refused(work: Callable[[], object], match: str) -> None:
    """The work fails, at the latest at its commit, and leaves the committed ledger as it was."""
    before = [list(model._default_manager.order_by("pk").values()) for model in MODELS]
    with pytest.raises(IntegrityError, match=match), transaction.atomic():
        work()
    assert [list(model._default_manager.order_by("pk").values()) for model in MODELS] == before


@pytest.mark.parametrize("model", MODELS)
def test_no_row_is_changed(posted: Transfer, model: type[Model]) -> None:
    rows = model._default_manager.all()
    refused(lambda: rows.update(organisation=posted.organisation), f"{model._meta.db_table} is append-only")


@pytest.mark.parametrize("model", MODELS)
def test_no_row_is_deleted(posted: Transfer, model: type[Model]) -> None:
    table = model._meta.db_table
    refused(lambda: connection.cursor().execute(f"DELETE FROM {table}"), f"{table} is append-only")


@pytest.mark.parametrize("model", MODELS)
def test_no_table_is_emptied(posted: Transfer, model: type[Model]) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no TRUNCATE")
    table = model._meta.db_table
    refused(lambda: connection.cursor().execute(f"TRUNCATE {table} CASCADE"), "is append-only")


@pytest.mark.parametrize("model", MODELS)
def test_no_row_is_replaced(posted: Transfer, model: type[Model]) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL has no REPLACE")
    table = model._meta.db_table
    statement = f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}"
    refused(lambda: connection.cursor().execute(statement), "append-only|sealed")


def test_nothing_is_replaced_through_a_unique_key(posted: Transfer) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL has no REPLACE")
    columns = "organisation_id, owner, programme, unit, stage"
    statement = f"INSERT OR REPLACE INTO ledger_account ({columns}) SELECT {columns} FROM ledger_account"
    refused(lambda: connection.cursor().execute(statement), "append-only")


@pytest.mark.parametrize("amounts", [(5,), (5, -4), (5, -5, 1)])
def test_no_unbalanced_transfer_is_committed(posted: Transfer, amounts: tuple[int, ...]) -> None:
    def work() -> None:
        transfer = open_transfer(posted.organisation)
        enter(transfer, *amounts)
        seal(transfer)

    refused(work, "not balanced")


def test_no_transfer_without_entries_is_committed(posted: Transfer) -> None:
    refused(lambda: seal(open_transfer(posted.organisation)), "not balanced")


def test_no_transfer_is_committed_unsealed(posted: Transfer) -> None:
    refused(lambda: enter(open_transfer(posted.organisation), 5, -5), "(?i)foreign key")


def test_units_do_not_make_up_for_each_other(posted: Transfer) -> None:
    def work() -> None:
        transfer = open_transfer(posted.organisation)
        enter(transfer, 5)
        points = Account.objects.create(
            organisation=posted.organisation, owner="partner:1", unit="points", stage=Stage.ACCRUED
        )
        Entry.objects.create(
            organisation=posted.organisation, transfer=transfer, account=points, amount_minor=-5
        )
        seal(transfer)

    refused(work, "not balanced")


def test_a_sealed_transfer_takes_no_more_entries(posted: Transfer) -> None:
    refused(lambda: enter(posted, 5), "sealed")
    refused(lambda: enter(posted, 5, -5), "sealed")


def test_a_transfer_is_sealed_before_the_commit_too(posted: Transfer) -> None:
    def work() -> None:
        transfer = open_transfer(posted.organisation)
        enter(transfer, 5, -5)
        seal(transfer)
        enter(transfer, 5, -5)

    refused(work, "sealed")


def test_a_sealed_posting_takes_no_more_transfers(posted: Transfer) -> None:
    refused(lambda: open_transfer(posted.organisation, posting_id=posted.posting_id), "sealed")


def test_an_entry_needs_its_transfer(posted: Transfer) -> None:
    nobody = Transfer(id=posted.id + 1000, organisation=posted.organisation)
    refused(lambda: enter(nobody, 5), "there is none")


def test_an_entry_needs_its_account(posted: Transfer) -> None:
    def work() -> None:
        transfer = open_transfer(posted.organisation)
        for amount_minor in (5, -5):
            Entry.objects.create(
                organisation=posted.organisation, transfer=transfer, account_id=0, amount_minor=amount_minor
            )
        seal(transfer)

    refused(work, "mixes organisations")


def test_organisations_do_not_mix(posted: Transfer, other_organisation: Organisation) -> None:
    mine = Account.objects.get(stage=Stage.ACCRUED)

    def work() -> None:
        transfer = open_transfer(other_organisation)
        for amount_minor in (5, -5):
            Entry.objects.create(
                organisation=other_organisation, transfer=transfer, account=mine, amount_minor=amount_minor
            )
        seal(transfer)

    refused(work, "mixes organisations")


@pytest.mark.parametrize("amount_minor", [0, 10**15 + 1, -(10**15) - 1])
def test_no_entry_is_nought_or_beyond_bounds(posted: Transfer, amount_minor: int) -> None:
    def work() -> None:
        transfer = open_transfer(posted.organisation)
        enter(transfer, amount_minor, -amount_minor)
        seal(transfer)

    refused(work, "ledger_entry_amount_in_bounds")


@pytest.mark.broken_ledger  # its content hash is made up
def test_a_balanced_and_sealed_transfer_passes(posted: Transfer) -> None:
    """So the refusals above are not for another reason."""
    with transaction.atomic():
        transfer = open_transfer(posted.organisation)
        enter(transfer, 5, -5)
        seal(transfer)
    assert Transfer.objects.count() == 2
    Transfer.objects.get(key="raw")


def test_an_entry_for_anothers_uncommitted_transfer_is_refused(posted: Transfer) -> None:
    """Else it would be committed unchecked, after the other one's seal."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer at a time")

    def stranger(transfer_id: int) -> None:
        enter(Transfer(id=transfer_id, organisation=posted.organisation), 5)

    with transaction.atomic():
        transfer = open_transfer(posted.organisation)
        enter(transfer, 5, -5)
        with pytest.raises(IntegrityError, match="there is none"):
            in_threads([lambda: stranger(transfer.id)])
        transaction.set_rollback(True)
