"""What the end of a payout moves in the ledger. The keys are made of the payout, so each is posted once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from itertools import chain

from headrace.ledger.drafts import EntryDraft, TransferDraft, move
from headrace.ledger.models import AccountKey, Entry, Stage
from headrace.payouts.models import Payout

# Of one payout: out of which accounts that were payable it was held, in minor units.
Parts = Mapping[AccountKey, int]


def parts_of(payouts: Iterable[Payout]) -> dict[int, Parts]:
    """By the id of the payout. `hold` of each is read."""
    by_transfer = {payout.hold.transfer_id: payout.pk for payout in payouts if payout.hold}
    found: dict[int, Counter[AccountKey]] = {pk: Counter() for pk in by_transfer.values()}
    entries = Entry.objects.filter(transfer__in=list(by_transfer), account__stage=Stage.PAYABLE)
    for entry in entries.select_related("account"):
        found[by_transfer[entry.transfer_id]][entry.account.key] += entry.amount_minor
    return dict(found)


def out(key: AccountKey, by: str = "") -> AccountKey:
    """Where value has left the brand: its bank account, or (`by`, the code of a method) what was credited instead."""
    return key._replace(owner=f"method:{by}" if by else "", stage=Stage.BANK)


def paid(payout: Payout, parts: Parts, today: date, by: str = "") -> TransferDraft:
    """What was on its way has left the brand."""
    pairs = [
        move(part, debit=key._replace(stage=Stage.PAID), credit=out(key, by)) for key, part in parts.items()
    ]
    return _draft(payout, "paid", today, pairs)


def failed(payout: Payout, parts: Parts, today: date, what: str) -> TransferDraft:
    """What was refused or came back (`what`) is payable again: out of what was on its way, or of the bank account."""
    is_booked = payout.state == Payout.State.PAID
    pairs = [
        move(part, debit=out(key) if is_booked else key._replace(stage=Stage.PAID), credit=key)
        for key, part in parts.items()
    ]
    return _draft(payout, what, today, pairs)


def _draft(payout: Payout, what: str, today: date, pairs: Iterable[Iterable[EntryDraft]]) -> TransferDraft:
    return TransferDraft(
        f"{payout.key}:{what}",
        f"payout.{what}",
        today,
        list(chain.from_iterable(pairs)),
        {"payout": payout.pk, "batch": payout.batch_id},
    )
