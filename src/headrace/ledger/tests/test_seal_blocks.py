"""The chain of blocks: everything is in it once, and whatever was changed afterwards is seen."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from io import StringIO

import pytest
from django.core.management import call_command
from django.db.models import F
from tests.databases import OwnDatabase, guards_lifted
from tests.together import in_threads

from headrace.base.models import Organisation
from headrace.ledger import blocks
from headrace.ledger.actions import post_many
from headrace.ledger.blocks import head_of, seal_blocks, wrong_blocks
from headrace.ledger.hashing import NO_HASH, merkle_path, merkle_root, root_by_path
from headrace.ledger.invariants import first_wrong
from headrace.ledger.models import Block, Entry, Transfer
from headrace.ledger.tests.words import APRIL, accrual

# Inputs and roots of the tests of Certificate Transparency, the origin of RFC 6962.
CT_INPUTS = [
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
]
CT_ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def ct_leaf(data: str) -> str:
    return hashlib.sha256(b"\0" + bytes.fromhex(data)).hexdigest()


@pytest.mark.parametrize("count", range(1, 9))
def test_the_tree_is_that_of_rfc_6962(count: int) -> None:
    leaves = [ct_leaf(data) for data in CT_INPUTS[:count]]
    assert merkle_root(leaves) == CT_ROOTS[count - 1]
    for index, leaf in enumerate(leaves):
        assert root_by_path(leaf, merkle_path(leaves, index)) == CT_ROOTS[count - 1]


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "TRANSFERS_PER_BLOCK_MAX", 3)


@pytest.fixture
def sealed(own_database: OwnDatabase, organisation: Organisation, small_blocks: None) -> Organisation:
    """Eight transfers in three blocks."""
    post_many(organisation=organisation, transfers=[accrual(f"earning:{n}", 100 + n) for n in range(8)])
    assert seal_blocks(organisation) == 8
    return organisation


def test_an_empty_ledger_has_no_block(organisation: Organisation) -> None:
    assert seal_blocks(organisation) == 0
    assert head_of(organisation) is None


def test_blocks_follow_each_other(sealed: Organisation) -> None:
    chain = list(Block.objects.order_by("number"))
    assert [(each.number, each.count) for each in chain] == [(1, 3), (2, 3), (3, 2)]
    assert [each.previous_hash for each in chain] == [NO_HASH, chain[0].hash, chain[1].hash]
    assert [each.after_position for each in chain] == [0, chain[0].to_position, chain[1].to_position]
    assert head_of(sealed) == chain[2]


def test_only_what_is_new_is_sealed(sealed: Organisation) -> None:
    assert seal_blocks(sealed) == 0
    post_many(organisation=sealed, transfers=[accrual("late")])
    assert seal_blocks(sealed) == 1
    assert Block.objects.count() == 4


def test_each_organisation_has_a_chain_of_its_own(
    sealed: Organisation, other_organisation: Organisation
) -> None:
    post_many(organisation=other_organisation, transfers=[accrual("theirs")])
    post_many(organisation=sealed, transfers=[accrual("ours")])
    assert (seal_blocks(other_organisation), seal_blocks(sealed)) == (1, 1)
    assert [each.number for each in Block.objects.filter(organisation=other_organisation)] == [1]


def test_sealed_by_several_at_once_while_others_post(
    own_database: OwnDatabase, organisation: Organisation, small_blocks: None
) -> None:
    def post(thread: int) -> int:
        for n in range(10):
            post_many(organisation=organisation, transfers=[accrual(f"{thread}:{n}")])
        return 0

    def seal(thread: int) -> int:
        return sum(seal_blocks(organisation) for _time in range(6))

    works = [lambda n=n, work=work: work(n) for n in range(4) for work in (post, seal)]
    sealed_at_once = sum(in_threads(works))
    assert sealed_at_once + seal_blocks(organisation) == 40
    assert sum(Block.objects.values_list("count", flat=True)) == Transfer.objects.count() == 40


def forge_content(key: str) -> None:
    """A tamperer who knows how the content is hashed, and changes both."""
    from headrace.ledger.invariants import _content_hash

    Transfer.objects.filter(key=key).update(occurred_on=APRIL)
    transfer = Transfer.objects.get(key=key)
    entries = Entry.objects.filter(transfer=transfer).select_related("account")
    Transfer.objects.filter(key=key).update(content_hash=_content_hash(transfer, entries))


NOT_THOSE = "Block 2: the transfers # to # are not those 3 that were sealed"
HARM: dict[str, tuple[Callable[[], object], list[str]]] = {
    "content and its hash changed": (lambda: forge_content("earning:4"), [NOT_THOSE]),
    "the moment of posting changed": (
        lambda: Transfer.objects.filter(key="earning:4").update(posted_at="2025-01-01T00:00:00Z"),
        [NOT_THOSE],
    ),
    "a transfer lost": (
        lambda: Transfer.objects.filter(key="earning:5")._raw_delete("default"),
        [NOT_THOSE],
    ),
    "a transfer of another organisation": (
        lambda: Transfer.objects.filter(key="earning:5").update(
            organisation=Organisation.objects.create(code="x", name="X", currency="EUR")
        ),
        [NOT_THOSE],
    ),
    "a root changed": (
        lambda: Block.objects.filter(number=2).update(root="0" * 64),
        ["Block 2: it doesn't say any more what was sealed"],
    ),
    "a hash changed": (
        lambda: Block.objects.filter(number=2).update(hash="0" * 64),
        [
            "Block 2: it doesn't say any more what was sealed",
            "Block 3: it doesn't follow the block before it",
        ],
    ),
    "a block lost": (
        lambda: Block.objects.filter(number=2)._raw_delete("default"),
        ["Block 3: it doesn't follow the block before it"],
    ),
    "a block moved": (
        lambda: Block.objects.filter(number=3).update(after_position=F("after_position") + 1),
        [
            "Block 3: it doesn't follow the block before it",
            "Block 3: it doesn't say any more what was sealed",
        ],
    ),
}


@pytest.mark.broken_ledger
@pytest.mark.parametrize("harm", HARM)
def test_what_was_changed_is_seen(sealed: Organisation, harm: str) -> None:
    do_harm, expected = HARM[harm]
    with guards_lifted():
        do_harm()
    found = list(wrong_blocks(sealed))
    texts = [re.sub(r"transfers \d+ to \d+", "transfers # to #", text) for _position, text in found]
    assert texts == expected
    assert first_wrong(sealed) == found[0]


@pytest.mark.broken_ledger
def test_the_first_place_is_the_transfer_where_it_can_be_told(sealed: Organisation) -> None:
    with guards_lifted():
        Transfer.objects.filter(key__in=["earning:4", "earning:7"]).update(occurred_on=APRIL)
        Block.objects.filter(number=3).update(root="0" * 64)
    position = Transfer.objects.get(key="earning:4").pk
    assert first_wrong(sealed) == (position, "Transfer earning:4: it doesn't say any more what was posted")


def test_the_command_tells_the_head(sealed: Organisation) -> None:
    out = StringIO()
    post_many(organisation=sealed, transfers=[accrual("late")])
    call_command("ledger", "seal", stdout=out)
    head = head_of(sealed)
    assert head is not None
    assert out.getvalue() == f"acme: transfers sealed: 1; the head is block 4, {head.hash}.\n"


def test_the_command_on_an_empty_ledger(organisation: Organisation) -> None:
    out = StringIO()
    call_command("ledger", "seal", stdout=out)
    assert out.getvalue() == "acme: there is nothing to seal yet.\n"
