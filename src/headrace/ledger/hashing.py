"""What the ledger hashes, and how. Without Django, so that a proof can be checked where no database is.

Merkle trees are those of RFC 6962, section 2.1: a leaf is hashed behind a byte 0, two nodes behind a byte 1; a node
without a neighbour goes up as it is. All hashes are SHA-256, in 64 hexadecimal digits.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

LEAF, NODE, BLOCK, HEADER = b"\0", b"\1", b"\2", b"\3"
NO_HASH = "0" * 64  # before the first block

CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=dict)

Path = list[
    tuple[str, str]
]  # from the leaf up: on which side the neighbour stands ("left", "right"), its hash


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _canonical(content: object) -> bytes:
    return CANONICAL.encode(content).encode()


def content_hash(
    *,
    key: str,
    kind: str,
    occurred_on: date,
    corrects_period: str,
    entries: Iterable[tuple[Sequence[str], int]],
    details: Mapping[str, Any],
) -> str:
    """Of all that the caller said. An entry is an account (owner, unit, stage, programme) and an amount.

    The order of entries says nothing.
    """
    amounts = sorted([*map(str, account), amount_minor] for account, amount_minor in entries)
    return _sha256(_canonical([key, kind, occurred_on.isoformat(), corrects_period, amounts, details]))


def moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def leaf_hash(*, position: int, posted_at: str, content: str) -> str:
    """Of a transfer where it stands: `content` is its content hash, `posted_at` as `moment` writes it."""
    return _sha256(LEAF + _canonical([position, posted_at, content]))


def node_hash(left: str, right: str) -> str:
    return _sha256(NODE + bytes.fromhex(left) + bytes.fromhex(right))


def merkle_levels(leaves: Sequence[str]) -> list[Sequence[str]]:
    """The tree over one leaf or more, from the leaves to the level that holds the root alone."""
    levels = [leaves]
    while len(levels[-1]) > 1:
        below = levels[-1]
        pairs = [node_hash(below[at], below[at + 1]) for at in range(0, len(below) - 1, 2)]
        levels.append(pairs + list(below[len(below) - len(below) % 2 :]))
    return levels


def merkle_root(leaves: Sequence[str]) -> str:
    return merkle_levels(leaves)[-1][0]


def merkle_path(leaves: Sequence[str], index: int) -> Path:
    """What leads from the leaf at the index to the root."""
    path: Path = []
    for level in merkle_levels(leaves)[:-1]:
        neighbour = index ^ 1
        if neighbour < len(level):
            path.append(("left" if neighbour < index else "right", level[neighbour]))
        index //= 2
    return path


def root_by_path(leaf: str, path: Iterable[tuple[str, str]]) -> str:
    for side, neighbour in path:
        leaf = node_hash(neighbour, leaf) if side == "left" else node_hash(leaf, neighbour)
    return leaf


def header_hash(header: Mapping[str, Any]) -> str:
    """Of what a block says of itself."""
    return _sha256(HEADER + _canonical(header))


def block_hash(previous_hash: str, of_header: str) -> str:
    """Of a block: of its header's hash and the hash of the block before it."""
    return _sha256(BLOCK + bytes.fromhex(previous_hash) + bytes.fromhex(of_header))
