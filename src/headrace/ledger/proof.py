"""Checking that a transfer stands in a ledger, from a small file alone: no database, no Django, no trust in the sender.

What is to be believed is one hash, the chain's head, as the brand published it.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from headrace.ledger.hashing import block_hash, content_hash, header_hash, leaf_hash, root_by_path

FORMAT = "headrace-ledger-proof/1"


class NoProofError(ValueError):
    """The document is no proof at all."""


def check_proof(document: Mapping[str, Any], head: str | None = None) -> list[str]:
    """What doesn't hold in a proof, as sentences; none where the transfer stands in the ledger with that head.

    `head` is the hash that the chain's head must have. Raises `NoProofError` where the document is no proof.
    """
    try:
        return _findings(document, head)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise NoProofError(f"This is no proof of the form {FORMAT}: {error!r}") from error


def _findings(document: Mapping[str, Any], head: str | None) -> list[str]:
    if document["format"] != FORMAT:
        raise NoProofError(f"the format is {document['format']!r}")
    transfer, block, chain_head = document["transfer"], document["block"], document["head"]
    root = root_by_path(_leaf(transfer), document["path"])
    last = block_hash(document["previous_hash"], header_hash(block))
    for link in document["links"]:
        last = block_hash(last, link)
    held = {
        "The transfer is not what was sealed: its path doesn't lead to the root of its block.": (
            root == block["root"]
        ),
        "The transfer's position is not one of its block.": (
            block["after_position"] < transfer["position"] <= block["to_position"]
        ),
        "The block is not one of this chain: its links don't lead to the head.": (
            last == chain_head["hash"] and block["number"] + len(document["links"]) == chain_head["number"]
        ),
        "The debits and credits of the transfer differ.": _balances(transfer["entries"]),
        "The chain's head is another one than the one given.": head in (None, chain_head["hash"]),
    }
    return [finding for finding, holds in held.items() if not holds]


def _leaf(transfer: Mapping[str, Any]) -> str:
    content = content_hash(
        key=transfer["key"],
        kind=transfer["kind"],
        occurred_on=date.fromisoformat(transfer["occurred_on"]),
        corrects_period=transfer["corrects_period"],
        entries=[(account, amount_minor) for *account, amount_minor in transfer["entries"]],
        details=transfer["details"],
    )
    return leaf_hash(position=transfer["position"], posted_at=transfer["posted_at"], content=content)


def _balances(entries: Sequence[Sequence[Any]]) -> bool:
    units = {unit for _owner, unit, *_rest in entries}
    return all(sum(entry[-1] for entry in entries if entry[1] == unit) == 0 for unit in units)


def main(words: Sequence[str]) -> int:
    """`headrace ledger check-proof FILE [--head HASH]`: 0 where it holds, 1 where not, 2 on bad input."""
    parser = argparse.ArgumentParser(
        prog="headrace ledger check-proof",
        description="Checks, from the file alone, that a transfer stands in a ledger.",
    )
    parser.add_argument("file", type=Path, help="what `headrace ledger prove` or the portal wrote")
    parser.add_argument("--head", metavar="HASH", help="the hash of the chain's head, as it was published")
    options = parser.parse_args(words)
    try:
        document = json.loads(options.file.read_text(encoding="utf-8"))
        findings = check_proof(document, options.head)
    except (OSError, ValueError) as error:
        print(f"{options.file}: {error}", file=sys.stderr)
        return 2
    if findings:
        print("\n".join(findings), file=sys.stderr)
        return 1
    transfer, head = document["transfer"], document["head"]
    print(
        f"The proof holds: {transfer['key']} of {transfer['occurred_on']}, sealed at {document['block']['sealed_at']}."
    )
    for owner, unit, stage, programme, amount_minor in transfer["entries"]:
        name = ":".join((owner or "-", programme or "-", stage))
        print(f"  {name}: {amount_minor:+d} minor units of {unit}")
    print(f"The chain's head is block {head['number']}, {head['hash']}.")
    return 0
