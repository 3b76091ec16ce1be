"""A proof holds by itself, and no other content passes for what was sealed."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from headrace.base.models import Organisation
from headrace.ledger import blocks
from headrace.ledger.actions import post_many
from headrace.ledger.blocks import head_of, proof_of, seal_blocks
from headrace.ledger.models import Transfer
from headrace.ledger.proof import NoProofError, check_proof, main
from headrace.ledger.tests.words import accrual

Document = dict[str, Any]


@pytest.fixture
def sealed(organisation: Organisation, monkeypatch: pytest.MonkeyPatch) -> Organisation:
    monkeypatch.setattr(blocks, "TRANSFERS_PER_BLOCK_MAX", 5)
    drafts = [accrual(f"earning:{n}", 100 + n, owner=f"partner:{n}", rule="Prämie") for n in range(13)]
    post_many(organisation=organisation, transfers=drafts)
    seal_blocks(organisation)
    return organisation


def prove(key: str) -> Document:
    document = proof_of(Transfer.objects.get(key=key))
    assert document is not None
    return json.loads(json.dumps(document))


@pytest.mark.parametrize("number", range(13))
def test_every_transfer_can_be_proven(sealed: Organisation, number: int) -> None:
    head = head_of(sealed)
    assert head is not None
    assert check_proof(prove(f"earning:{number}"), head.hash) == []


def test_a_proof_tells_of_nobody_else(sealed: Organisation) -> None:
    assert "partner:5" not in json.dumps(prove("earning:4"))


def test_what_is_not_sealed_has_no_proof(sealed: Organisation) -> None:
    post_many(organisation=sealed, transfers=[accrual("late")])
    assert proof_of(Transfer.objects.get(key="late")) is None


NOT_SEALED = "The transfer is not what was sealed: its path doesn't lead to the root of its block."
NOT_LINKED = "The block is not one of this chain: its links don't lead to the head."
FORGERIES: dict[str, tuple[Callable[[Document], object], list[str]]] = {
    "amount": (
        lambda proof: [entry.append(entry.pop() * 2) for entry in proof["transfer"]["entries"]],
        [NOT_SEALED],
    ),
    "day": (lambda proof: proof["transfer"].update(occurred_on="2026-01-01"), [NOT_SEALED]),
    "details": (lambda proof: proof["transfer"]["details"].update(rule="other"), [NOT_SEALED]),
    "posted at": (
        lambda proof: proof["transfer"].update(posted_at="2026-01-01T00:00:00.000000+00:00"),
        [NOT_SEALED],
    ),
    "position": (
        lambda proof: proof["transfer"].update(position=proof["block"]["to_position"] + 1),
        [NOT_SEALED, "The transfer's position is not one of its block."],
    ),
    "path": (lambda proof: proof["path"].pop(), [NOT_SEALED]),
    "root": (lambda proof: proof["block"].update(root="0" * 64), [NOT_SEALED, NOT_LINKED]),
    "links": (lambda proof: proof["links"].pop(), [NOT_LINKED]),
    "head": (lambda proof: proof["head"].update(hash="0" * 64), [NOT_LINKED]),
    "number of the head": (lambda proof: proof["head"].update(number=9), [NOT_LINKED]),
    "one side alone": (
        lambda proof: proof["transfer"]["entries"].pop(),
        [NOT_SEALED, "The debits and credits of the transfer differ."],
    ),
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_forgery_is_seen(sealed: Organisation, forgery: str) -> None:
    forge, expected = FORGERIES[forgery]
    proof = prove("earning:6")
    forged = copy.deepcopy(proof)
    forge(forged)
    assert check_proof(forged) == expected
    assert check_proof(proof) == []


def test_a_chain_made_up_has_another_head(sealed: Organisation) -> None:
    assert check_proof(prove("earning:6"), "0" * 64) == [
        "The chain's head is another one than the one given."
    ]


@pytest.mark.parametrize("document", [{}, {"format": "other"}, [], {"format": "headrace-ledger-proof/1"}])
def test_anything_else_is_no_proof(document: Any) -> None:
    with pytest.raises(NoProofError, match="This is no proof of the form"):
        check_proof(document)


def test_the_command_writes_what_a_partner_checks_without_a_database(
    sealed: Organisation, tmp_path: Path
) -> None:
    path = tmp_path / "proof.json"
    call_command("ledger", "prove", "earning:6", "--out", str(path))
    head = head_of(sealed)
    assert head is not None
    nowhere = {"PATH": "/nowhere", "HEADRACE_DATABASE": "postgresql://nobody@/none?host=/nowhere"}
    words = ["ledger", "check-proof", str(path), "--head", head.hash]
    program = f"import sys; from headrace.cli import main; code = main({words!r}); assert 'django' not in sys.modules"
    ran = subprocess.run(
        [sys.executable, "-c", program], env=nowhere, check=True, capture_output=True, text=True
    )
    assert ran.stdout.splitlines()[0].startswith("The proof holds: earning:6 of 2025-03-31, sealed at 20")
    assert ran.stdout.splitlines()[1:] == [
        "  -:programme:1:expense: +106 minor units of EUR",
        "  partner:6:programme:1:accrued: -106 minor units of EUR",
        f"The chain's head is block 3, {head.hash}.",
    ]


def test_the_check_fails_on_a_forgery_and_on_what_is_no_proof(
    sealed: Organisation, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "proof.json"
    path.write_text(json.dumps(prove("earning:6")).replace("Pr\\u00e4mie", "Bonus"))
    assert main([str(path)]) == 1
    assert capsys.readouterr().err == f"{NOT_SEALED}\n"
    path.write_text("nothing")
    assert main([str(path)]) == 2
    assert main([str(tmp_path / "missing")]) == 2


def test_the_command_refuses_what_cannot_be_proven(sealed: Organisation) -> None:
    post_many(organisation=sealed, transfers=[accrual("late")])
    with pytest.raises(CommandError, match="no transfer with the key “nothing”"):
        call_command("ledger", "prove", "nothing")
    with pytest.raises(CommandError, match="not sealed yet"):
        call_command("ledger", "prove", "late")
