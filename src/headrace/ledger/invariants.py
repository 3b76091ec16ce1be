"""What must hold in the ledger at any time, read again from the tables themselves.

Each function takes an organisation and gives the violations it found, as sentences; none is as it should be.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Count, Exists, F, Model, OuterRef, Q, Sum
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce

from headrace.base.models import Organisation
from headrace.ledger.blocks import wrong_blocks
from headrace.ledger.drafts import EntryDraft
from headrace.ledger.hashing import content_hash
from headrace.ledger.models import (
    Account,
    Entry,
    Hold,
    HoldEnd,
    Lot,
    LotUse,
    Posting,
    Stage,
    Transfer,
)

Invariant = Callable[[Organisation], list[str]]

GUARDED_TABLES = [
    model._meta.db_table for model in (Account, Posting, Transfer, Entry, Hold, HoldEnd, Lot, LotUse)
]
SEALS = {"ledger_transfer_open", "ledger_entry_open", "ledger_posting_balances", "ledger_lot_use_fits"}


def transfers_balance(organisation: Organisation) -> list[str]:
    """The entries of each transfer add up to nought in each unit, and there are some."""
    sums = (
        Transfer.objects.filter(organisation=organisation)
        .values("key", "entries__account__unit")
        .annotate(difference=Sum("entries__amount_minor"), count=Count("entries"))
    )
    wrong = sums.filter(~Q(difference=0) | Q(count=0)).values_list(
        "key", "entries__account__unit", "difference", "count"
    )
    return [
        f"Transfer {key}: {count} entries in {unit} that differ from nought by {difference} minor units"
        for key, unit, difference, count in wrong
    ]


def transfers_are_sealed(organisation: Organisation) -> list[str]:
    """Each transfer belongs to a posting that stands, of the same organisation."""
    seals = Posting.objects.filter(id=OuterRef("posting_id"), organisation=organisation)
    loose = Transfer.objects.filter(~Exists(seals), organisation=organisation)
    return [f"Transfer {key}: it has no seal" for key in loose.values_list("key", flat=True)]


def entries_stay_in_organisation(organisation: Organisation) -> list[str]:
    """Each entry has a transfer and an account, all of one organisation."""
    transfers = Transfer.objects.filter(id=OuterRef("transfer_id"), organisation=organisation)
    accounts = Account.objects.filter(id=OuterRef("account_id"), organisation=organisation)
    stray = (
        Entry.objects.filter(~Exists(transfers), organisation=organisation),
        Entry.objects.filter(~Exists(accounts), organisation=organisation),
        Entry.objects.filter(transfer__organisation=organisation).exclude(organisation=organisation),
    )
    return [
        f"Entry {entry_id}: its transfer or its account is missing or another organisation's"
        for entries in stray
        for entry_id in entries.values_list("id", flat=True)
    ]


def contents_match_hashes(organisation: Organisation) -> list[str]:
    """Each transfer still says what its caller said."""
    return [text for _position, text in wrong_transfers(organisation)]


def wrong_transfers(organisation: Organisation) -> Iterator[tuple[int, str]]:
    """Transfers that don't say any more what was posted, each with its position, in their order."""
    entries = Entry.objects.filter(transfer__organisation=organisation).order_by("transfer_id", "id")
    rows = entries.select_related("transfer", "account").iterator(chunk_size=2000)
    for transfer, its_entries in groupby(rows, key=lambda entry: entry.transfer):
        if transfer.content_hash != _content_hash(transfer, its_entries):
            yield transfer.pk, f"Transfer {transfer.key}: it doesn't say any more what was posted"


def blocks_seal_what_stands(organisation: Organisation) -> list[str]:
    """Each block follows the one before it, and seals the transfers that stand there."""
    return [text for _position, text in wrong_blocks(organisation)]


def first_wrong(organisation: Organisation) -> tuple[int, str] | None:
    """The first position at which a transfer or the chain of blocks doesn't hold, and what is wrong there."""
    firsts = (next(wrong_transfers(organisation), None), next(wrong_blocks(organisation), None))
    return min((first for first in firsts if first), default=None)


def _content_hash(transfer: Transfer, entries: Iterable[Entry]) -> str:
    return content_hash(
        key=transfer.key,
        kind=transfer.kind,
        occurred_on=transfer.occurred_on,
        corrects_period=transfer.corrects_period,
        entries=[EntryDraft(entry.account.key, entry.amount_minor) for entry in entries],
        details=transfer.details,
    )


def holds_explain_what_is_held(organisation: Organisation) -> list[str]:
    """What stands at `Stage.HELD` is the sum of the holds that have no end."""
    stray = Entry.objects.filter(
        organisation=organisation,
        account__stage=Stage.HELD,
        transfer__hold__isnull=True,
        transfer__hold_end__isnull=True,
    ).order_by("id")
    wrong = [
        *_differing(Hold, organisation, "transfer__key", -F("amount_minor")),
        *_differing(HoldEnd, organisation, "hold__transfer__key", F("hold__amount_minor")),
    ]
    return [
        *(
            f"Transfer {key}: holds, and there is no hold"
            for key in stray.values_list("transfer__key", flat=True)
        ),
        *(f"Hold {key}: its transfer moved another amount" for key in wrong),
    ]


def _differing(model: type[Model], organisation: Organisation, key: str, amount: Combinable) -> Iterator[str]:
    held = Sum("transfer__entries__amount_minor", filter=Q(transfer__entries__account__stage=Stage.HELD))
    rows = model._default_manager.filter(organisation=organisation).annotate(held=held)
    yield from rows.filter(~Q(held=amount) | Q(held=None)).order_by("id").values_list(key, flat=True)


def lots_explain_what_is_available(organisation: Organisation) -> list[str]:
    """Each credit at `Stage.AVAILABLE` is a lot; each debit used lots of its account, or is a debt to be paid next."""
    lots = Lot.objects.filter(organisation=organisation).values_list("account", "transfer", "amount_minor")
    uses = LotUse.objects.filter(organisation=organisation)
    used = {
        (account, transfer): int(total)
        for account, transfer, total in uses.values_list("lot__account", "transfer").annotate(
            total=Sum("amount_minor")
        )
    }
    left = Counter({(account, transfer): amount for account, transfer, amount in lots})
    moved = Entry.objects.filter(organisation=organisation, account__stage=Stage.AVAILABLE)
    names: dict[int, str] = {}
    debts: Counter[int] = Counter()
    wrong = []
    for entry in moved.select_related("account", "transfer").order_by("id"):
        place = (entry.account_id, entry.transfer_id)
        names[entry.account_id] = str(entry.account)
        if entry.amount_minor < 0 and left.pop(place, 0) != -entry.amount_minor:
            wrong.append(f"Transfer {entry.transfer.key}: there is no lot of what it made available")
        if entry.amount_minor > 0:
            debt_minor = entry.amount_minor - used.pop(place, 0)
            debts[entry.account_id] += debt_minor
            if debt_minor < 0:
                wrong.append(f"Transfer {entry.transfer.key}: used more of lots than it moved")
    wrong += [
        f"Transfer {transfer}: has lots or uses of lots, and moved nothing" for _, transfer in [*left, *used]
    ]
    return wrong + _lots_left_wrong(organisation, debts, names)


def _lots_left_wrong(organisation: Organisation, debts: Counter[int], names: dict[int, str]) -> list[str]:
    """No lot is used beyond its amount, and nothing is left where there is a debt."""
    lots = Lot.objects.filter(organisation=organisation).annotate(used=Coalesce(Sum("uses__amount_minor"), 0))
    overused = lots.filter(used__gt=F("amount_minor")).order_by("id")
    unpaid = lots.filter(used__lt=F("amount_minor"), account__in=[each for each in debts if debts[each] > 0])
    return [
        *(
            f"Lot {key}: more was used than it held"
            for key in overused.values_list("transfer__key", flat=True)
        ),
        *(
            f"Account {names[account]}: owes {debts[account]} while lots are left"
            for account in sorted(set(unpaid.values_list("account", flat=True)))
        ),
    ]


def guards_stand(organisation: Organisation) -> list[str]:
    """The triggers that keep the tables as they are stand and are switched on."""
    connection = connections[DEFAULT_DB_ALIAS]
    if connection.vendor == "postgresql":
        query = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled IN ('O', 'A')"
        verbs = ("change", "truncate")
    else:
        query = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        verbs = ("update", "delete")
    with connection.cursor() as cursor:
        cursor.execute(query)
        standing = {name for (name,) in cursor.fetchall()}
    wanted = SEALS | {f"{table}_no_{verb}" for table in GUARDED_TABLES for verb in verbs}
    return [f"Trigger {name}: missing or switched off" for name in sorted(wanted - standing)]


INVARIANTS: tuple[Invariant, ...] = (
    transfers_balance,
    transfers_are_sealed,
    entries_stay_in_organisation,
    contents_match_hashes,
    blocks_seal_what_stands,
    holds_explain_what_is_held,
    lots_explain_what_is_available,
    guards_stand,
)


def violations(organisation: Organisation) -> list[str]:
    """What all of them found."""
    return [found for invariant in INVARIANTS for found in invariant(organisation)]
