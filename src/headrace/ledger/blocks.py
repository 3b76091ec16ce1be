"""The chain of blocks: seals, after the fact, what was posted, so that nobody can change it unseen.

Posting knows nothing of it. A block takes the next transfers up to a position at which nothing smaller is still to
come (`queries.current_position`).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from headrace.base.models import Organisation
from headrace.ledger.hashing import (
    NO_HASH,
    block_hash,
    header_hash,
    leaf_hash,
    merkle_path,
    merkle_root,
    moment,
)
from headrace.ledger.models import Block, Transfer
from headrace.ledger.proof import FORMAT
from headrace.ledger.queries import current_position, entries_of

TRANSFERS_PER_BLOCK_MAX = 8_192


def seal_blocks(organisation: Organisation) -> int:
    """Seals all that was posted up to now; gives how many transfers that were.

    Safe to be called at any time and by several at once: the numbers of blocks are unique, and whoever comes
    second goes on behind the first.
    """
    position = current_position(organisation)
    sealed = 0
    while block := _next_block(organisation, position):
        try:
            with transaction.atomic():
                block.save(force_insert=True)
        except IntegrityError:
            if not Block.objects.filter(organisation=organisation, number=block.number).exists():
                raise
            continue  # somebody else sealed it
        sealed += block.count
    return sealed


def _next_block(organisation: Organisation, position: int) -> Block | None:
    last = head_of(organisation)
    after = last.to_position if last else 0
    rows = _leaves(organisation, after, position)[:TRANSFERS_PER_BLOCK_MAX]
    if not rows:
        return None
    block = Block(
        organisation=organisation,
        number=last.number + 1 if last else 1,
        after_position=after,
        to_position=rows[-1][0],
        count=len(rows),
        root=merkle_root([leaf for _position, leaf in rows]),
        previous_hash=last.hash if last else NO_HASH,
        sealed_at=timezone.now(),
    )
    block.hash = block_hash(block.previous_hash, header_hash(header_of(block)))
    return block


def _leaves(organisation: Organisation, after: int, to: int) -> list[tuple[int, str]]:
    """Positions and leaves of the transfers between two positions, in their order, no more than a block takes + 1."""
    rows = Transfer.objects.filter(organisation=organisation, id__gt=after, id__lte=to).order_by("id")
    columns = rows.values_list("id", "posted_at", "content_hash")[: TRANSFERS_PER_BLOCK_MAX + 1]
    return [
        (position, leaf_hash(position=position, posted_at=moment(posted_at), content=content))
        for position, posted_at, content in columns
    ]


def head_of(organisation: Organisation) -> Block | None:
    """The last block: whoever keeps its number and hash can tell later whether anything before it was changed."""
    return Block.objects.filter(organisation=organisation).order_by("-number").first()


def header_of(block: Block) -> dict[str, Any]:
    """What a block says of itself: all that its hash covers, but for the block before it."""
    return {
        "ledger": block.organisation_id,
        "number": block.number,
        "after_position": block.after_position,
        "to_position": block.to_position,
        "count": block.count,
        "root": block.root,
        "sealed_at": moment(block.sealed_at),
    }


def wrong_blocks(organisation: Organisation) -> Iterator[tuple[int, str]]:
    """Blocks that don't hold, each with its last position: the tree over its transfers, its hash, its link."""
    previous_hash, number, position = NO_HASH, 0, 0
    for block in Block.objects.filter(organisation=organisation).order_by("number").iterator():
        number += 1
        leaves = [leaf for _position, leaf in _leaves(organisation, block.after_position, block.to_position)]
        links = (block.number, block.previous_hash, block.after_position) == (number, previous_hash, position)
        if not links:
            yield block.to_position, f"Block {block.number}: it doesn't follow the block before it"
        if block.hash != block_hash(block.previous_hash, header_hash(header_of(block))):
            yield block.to_position, f"Block {block.number}: it doesn't say any more what was sealed"
        elif len(leaves) != block.count or merkle_root(leaves) != block.root:
            yield (
                block.to_position,
                f"Block {block.number}: the transfers {block.after_position + 1} to {block.to_position} are not "
                f"those {block.count} that were sealed",
            )
        previous_hash, number, position = block.hash, block.number, block.to_position


def block_of(transfer: Transfer) -> Block | None:
    """The block that seals the transfer; None as long as none does."""
    blocks = Block.objects.filter(organisation=transfer.organisation_id, to_position__gte=transfer.pk)
    return blocks.filter(after_position__lt=transfer.pk).first()


def proof_of(transfer: Transfer) -> dict[str, Any] | None:
    """A small document that proves, by itself, that the transfer stands in the ledger (`proof.check_proof`).

    It holds the transfer's content and nobody else's, only hashes of their neighbours. None as long as the
    transfer is not sealed.
    """
    block = block_of(transfer)
    if block is None:
        return None
    rows = _leaves(transfer.organisation, block.after_position, block.to_position)
    index = [position for position, _leaf in rows].index(transfer.pk)
    chain = Block.objects.filter(organisation=transfer.organisation_id).order_by("number")
    later = list(chain.filter(number__gt=block.number))
    head = later[-1] if later else block
    return {
        "format": FORMAT,
        "transfer": _content(transfer),
        "path": merkle_path([leaf for _position, leaf in rows], index),
        "block": header_of(block),
        "previous_hash": block.previous_hash,
        "links": [header_hash(header_of(each)) for each in later],
        "head": {"number": head.number, "hash": head.hash},
    }


def _content(transfer: Transfer) -> dict[str, Any]:
    return {
        "position": transfer.pk,
        "posted_at": moment(transfer.posted_at),
        "key": transfer.key,
        "kind": transfer.kind,
        "occurred_on": transfer.occurred_on.isoformat(),
        "corrects_period": transfer.corrects_period,
        "details": transfer.details,
        "entries": [[*map(str, entry.account.key), entry.amount_minor] for entry in entries_of(transfer)],
    }
