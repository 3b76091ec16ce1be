"""What must hold in the ledger at any time, read again from the tables themselves.

Each function takes an organisation and gives the violations it found, as sentences; none is as it should be.
"""

from __future__ import annotations

from collections.abc import Callable

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Count, Q, Sum

from headrace.base.models import Organisation
from headrace.ledger.drafts import EntryDraft, content_hash
from headrace.ledger.models import Account, Entry, Posting, Transfer

Invariant = Callable[[Organisation], list[str]]

GUARDED_TABLES = [model._meta.db_table for model in (Account, Posting, Transfer, Entry)]
SEALS = {"ledger_transfer_open", "ledger_entry_open", "ledger_posting_balances"}


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
    sealed = Posting.objects.filter(organisation=organisation)
    loose = Transfer.objects.filter(organisation=organisation).exclude(posting__in=sealed)
    return [f"Transfer {key}: it has no seal" for key in loose.values_list("key", flat=True)]


def entries_stay_in_organisation(organisation: Organisation) -> list[str]:
    """Each entry has a transfer and an account, all of one organisation."""
    mine = Q(organisation=organisation) | Q(transfer__organisation=organisation)
    home = Q(
        organisation=organisation, transfer__organisation=organisation, account__organisation=organisation
    )
    at_home = Entry.objects.filter(home).values("id")
    stray = Entry.objects.filter(mine).exclude(id__in=at_home)
    return [
        f"Entry {entry_id}: its transfer or account is missing or another's"
        for entry_id in stray.values_list("id", flat=True)
    ]


def contents_match_hashes(organisation: Organisation) -> list[str]:
    """Each transfer still says what its caller said."""
    transfers = Transfer.objects.filter(organisation=organisation).prefetch_related("entries__account")
    return [
        f"Transfer {transfer.key}: it doesn't say any more what was posted"
        for transfer in transfers.iterator(chunk_size=2000)
        if transfer.content_hash != _content_hash(transfer)
    ]


def _content_hash(transfer: Transfer) -> str:
    return content_hash(
        key=transfer.key,
        kind=transfer.kind,
        occurred_on=transfer.occurred_on,
        corrects_period=transfer.corrects_period,
        entries=[EntryDraft(entry.account.key, entry.amount_minor) for entry in transfer.entries.all()],
        details=transfer.details,
    )


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
    guards_stand,
)


def violations(organisation: Organisation) -> list[str]:
    """What all of them found."""
    return [found for invariant in INVARIANTS for found in invariant(organisation)]
