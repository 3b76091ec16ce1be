"""Posting to the ledger: the only code that writes to its tables.

The ledger is its own audit trail: the verb that posts records one audit event, not each transfer.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any

from django.db import transaction
from django.utils import timezone

from headrace.base.models import Organisation
from headrace.ledger import bulk
from headrace.ledger.drafts import EntryDraft, TransferDraft
from headrace.ledger.errors import KeyReusedError, LedgerError
from headrace.ledger.models import KEPT_STAGES, Account, AccountKey, Entry, Posting, Transfer

TRANSFERS_PER_POSTING_MAX = 10_000


@dataclass(frozen=True, slots=True)
class Posted:
    """How many transfers are new in the ledger, and how many stood there already."""

    new: int
    already: int


def post(
    *,
    organisation: Organisation,
    key: str,
    kind: str,
    occurred_on: date,
    entries: Sequence[EntryDraft],
    details: Mapping[str, Any],
    corrects_period: str = "",
) -> Transfer:
    """Posts one transfer, or finds it where its key was posted before with the same content.

    Raises `UnbalancedError`, `KeyReusedError`, or `LedgerError` for what else can't be posted.
    """
    draft = TransferDraft(key, kind, occurred_on, entries, details, corrects_period)
    post_many(organisation=organisation, transfers=[draft])
    return Transfer.objects.get(organisation=organisation, key=key)


def post_many(*, organisation: Organisation, transfers: Iterable[TransferDraft]) -> Posted:
    """Posts all of them or, where one can't be, none. What stands already under its key is skipped.

    Safe to be called again after any failure, and by several at once with the same keys: the unique key
    decides in the very statement that inserts. Takes an iterator of any length. On PostgreSQL
    nobody waits for another's posting to the same accounts, only for one that has the same key under way or
    opens the same account. Who posts in several calls within one transaction may meet another there in a
    deadlock, which the database resolves by failing one: post all at once.
    """
    return post_kept(organisation=organisation, transfers=map(_not_kept, transfers))


def _not_kept(draft: TransferDraft) -> TransferDraft:
    for account, _amount in draft.entries:
        if account.stage in KEPT_STAGES:
            raise LedgerError(
                f"{draft.key}: an entry at the stage {str(account.stage)!r}, which is kept by holds "
                "and lots; right would be a verb of headrace.ledger.holds or headrace.ledger.lots"
            )
    return draft


def post_kept(*, organisation: Organisation, transfers: Iterable[TransferDraft]) -> Posted:
    """As `post_many`, also to `KEPT_STAGES`: for the verbs of this room that keep the rows which explain those."""
    new = already = 0
    account_ids: dict[AccountKey, int] = {}
    with transaction.atomic():
        for batch in _batches(transfers):
            posted = _post_batch(organisation, batch, account_ids)
            new += posted
            already += len(batch) - posted
    return Posted(new, already)


def _batches(transfers: Iterable[TransferDraft]) -> Iterator[list[TransferDraft]]:
    iterator = iter(transfers)
    while batch := list(islice(iterator, TRANSFERS_PER_POSTING_MAX)):
        yield batch


def _post_batch(
    organisation: Organisation, batch: list[TransferDraft], account_ids: dict[AccountKey, int]
) -> int:
    """Gives how many of the batch were new."""
    # Always in the order of the keys, so that two batches with common keys wait for, not on, each other.
    hashes = {draft.key: draft.content_hash() for draft in sorted(batch, key=lambda draft: draft.key)}
    drafts = {draft.key: draft for draft in batch}
    _check_same(
        hashes, ((draft.key, draft.content_hash()) for draft in batch if drafts[draft.key] is not draft)
    )
    posting_id = uuid.uuid4()
    _insert_transfers(organisation, posting_id, drafts, hashes)
    new_ids = dict(Transfer.objects.filter(posting=posting_id).values_list("key", "id"))
    _check_same(hashes, _standing(organisation, hashes.keys() - new_ids.keys()))
    if new_ids:
        new_drafts = [drafts[key] for key in new_ids]
        wanted = {entry.account for draft in new_drafts for entry in draft.entries}
        open_accounts(organisation, wanted, account_ids)
        _insert_entries(organisation, new_drafts, new_ids, account_ids)
        Posting.objects.create(id=posting_id, organisation=organisation)
    return len(new_ids)


def _check_same(hashes: Mapping[str, str], standing: Iterable[tuple[str, str]]) -> None:
    if reused := [key for key, content_hash in standing if hashes[key] != content_hash]:
        raise KeyReusedError(
            f"{len(reused)} keys stand in the ledger with other content, the first of them {reused[0]!r}; "
            "a correction needs a key of its own"
        )


def _insert_transfers(
    organisation: Organisation,
    posting_id: uuid.UUID,
    drafts: Mapping[str, TransferDraft],
    hashes: Mapping[str, str],
) -> None:
    bulk.insert(
        Transfer,
        {"organisation": organisation.id, "posting": posting_id, "posted_at": timezone.now()},
        {
            "key": list(hashes),
            "kind": [drafts[key].kind for key in hashes],
            "occurred_on": [drafts[key].occurred_on for key in hashes],
            "corrects_period": [drafts[key].corrects_period for key in hashes],
            "details": [drafts[key].details for key in hashes],
            "content_hash": list(hashes.values()),
        },
        skip_existing=True,
    )


def _standing(organisation: Organisation, keys: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Key and content hash of those of the keys that stand in the ledger."""
    for some in bulk.slices(sorted(keys)):
        yield from Transfer.objects.filter(organisation=organisation, key__in=some).values_list(
            "key", "content_hash"
        )


def open_accounts(
    organisation: Organisation, accounts: Set[AccountKey], account_ids: dict[AccountKey, int]
) -> None:
    """Completes `account_ids` by the ids of these accounts, and opens those that there are not yet."""
    wanted = accounts - account_ids.keys()
    account_ids.update(_existing_account_ids(organisation, wanted))
    if missing := sorted(wanted - account_ids.keys()):
        columns = {name: [getattr(account, name) for account in missing] for name in AccountKey._fields}
        bulk.insert(Account, {"organisation": organisation.id}, columns, skip_existing=True)
        account_ids.update(_existing_account_ids(organisation, missing))


def _existing_account_ids(
    organisation: Organisation, accounts: Iterable[AccountKey]
) -> Iterator[tuple[AccountKey, int]]:
    """Accounts of the same owners, with their ids: those asked for as far as they exist, and perhaps more."""
    for owners in bulk.slices(sorted({account.owner for account in accounts})):
        rows = Account.objects.filter(organisation=organisation, owner__in=owners)
        for *key, account_id in rows.values_list(*AccountKey._fields, "id"):
            yield AccountKey(*key), account_id


def _insert_entries(
    organisation: Organisation,
    drafts: Iterable[TransferDraft],
    transfer_ids: Mapping[str, int],
    account_ids: Mapping[AccountKey, int],
) -> None:
    rows = [(transfer_ids[draft.key], *entry) for draft in drafts for entry in draft.entries]
    bulk.insert(
        Entry,
        {"organisation": organisation.id},
        {
            "transfer": [transfer_id for transfer_id, _account, _amount in rows],
            "account": [account_ids[account] for _transfer, account, _amount in rows],
            "amount_minor": [amount_minor for _transfer, _account, amount_minor in rows],
        },
    )
