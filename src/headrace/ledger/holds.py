"""Setting value aside until it is known what becomes of it, and then, once, posting or giving it back."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain
from typing import Any

from django.db import transaction
from django.db.models import QuerySet, Sum

from headrace.base.models import Organisation
from headrace.ledger import bulk
from headrace.ledger.actions import post_kept
from headrace.ledger.drafts import EntryDraft, TransferDraft, advance
from headrace.ledger.errors import HoldEndedError, InsufficientFundsError, LedgerError
from headrace.ledger.models import KEPT_STAGES, Account, AccountKey, Entry, Hold, HoldEnd, Stage, Transfer

Funds = tuple[str, str, Stage]  # of which owner, in which unit, at which stage


@dataclass(frozen=True, slots=True)
class HoldDraft:
    """Value to be set aside. `parts` says how much (minor units) of which accounts, of one owner, unit and stage.

    A part may be below nought: the debt of one programme, netted against what another one owes. The total
    must be above nought. `key`, `kind` and `details` are those of the transfer. Raises `LedgerError` where it
    can't be.
    """

    key: str
    kind: str
    occurred_on: date
    parts: Mapping[AccountKey, int]
    details: Mapping[str, Any]

    def __post_init__(self) -> None:
        funds = {(account.owner, account.unit, account.stage) for account in self.parts}
        if len(funds) != 1:
            raise LedgerError(f"{self.key}: a hold is of one owner, unit and stage, not of {len(funds)}")
        if self.funds[2] in KEPT_STAGES:
            raise LedgerError(f"{self.key}: what stands at {str(self.funds[2])!r} can't be held by itself")
        if self.amount_minor <= 0:
            raise LedgerError(f"{self.key}: a hold of {self.amount_minor}; right would be above nought")

    @property
    def funds(self) -> Funds:
        account = next(iter(self.parts))
        return account.owner, account.unit, account.stage

    @property
    def amount_minor(self) -> int:
        return sum(self.parts.values())

    def transfer(self) -> TransferDraft:
        pairs = (
            advance(amount_minor, account, Stage.HELD)
            for account, amount_minor in self.parts.items()
            if amount_minor
        )
        entries = list(chain.from_iterable(pairs))
        return TransferDraft(self.key, self.kind, self.occurred_on, entries, self.details)


def hold(
    *,
    organisation: Organisation,
    key: str,
    kind: str,
    occurred_on: date,
    parts: Mapping[AccountKey, int],
    details: Mapping[str, Any],
) -> Hold:
    """Sets value aside (see `HoldDraft`), or finds the hold where its key stands with the same content.

    Raises `InsufficientFundsError` where the owner's accounts at that stage, of all programmes together, hold
    less, and as `post` does.
    """
    draft = HoldDraft(key, kind, occurred_on, parts, details)
    return hold_many(organisation=organisation, holds=[draft])[0]


def hold_many(*, organisation: Organisation, holds: Sequence[HoldDraft]) -> list[Hold]:
    """Sets all of them aside or, where one can't be, none; gives them in the order of the drafts.

    Two holds of the same owner, unit and stage wait for each other, so together they can't take more than is
    there. Postings, also to the same accounts, wait for nobody.
    """
    drafts = {draft.key: draft for draft in holds}
    with transaction.atomic():
        accounts = _lock_accounts(organisation, {draft.funds for draft in holds})
        standing = _holds(organisation, drafts)
        _check_funds(accounts, [draft for key, draft in drafts.items() if key not in standing])
        post_kept(organisation=organisation, transfers=[draft.transfer() for draft in holds])
        _insert_holds(organisation, [draft for key, draft in drafts.items() if key not in standing])
        found = _holds(organisation, drafts)
    return [found[draft.key] for draft in holds]


def _lock_accounts(organisation: Organisation, wanted: set[Funds]) -> dict[int, Funds]:
    """All accounts that are counted for what is wanted. Always in one order, so that nobody deadlocks.

    The rows are locked, not the funds: an account opened meanwhile is not locked, but to hold anything of the
    same funds one must lock those that were there before.
    """
    accounts: dict[int, Funds] = {}
    for owners in bulk.slices(sorted({owner for owner, _unit, _stage in wanted})):
        rows = Account.objects.filter(organisation=organisation, owner__in=owners)
        for account_id, *funds in rows.values_list("id", "owner", "unit", "stage"):
            if tuple(funds) in wanted:
                accounts[account_id] = (funds[0], funds[1], Stage(funds[2]))
    for some in bulk.slices(sorted(accounts)):
        list(Account.objects.select_for_update(no_key=True).filter(id__in=some).order_by("id").values("id"))
    return accounts


def _check_funds(accounts: Mapping[int, Funds], drafts: Iterable[HoldDraft]) -> None:
    owed: Counter[Funds] = Counter()
    for some in bulk.slices(sorted(accounts)):
        sums = Entry.objects.filter(account__in=some).values_list("account").annotate(Sum("amount_minor"))
        for account_id, amount_minor in sums:
            owed[accounts[account_id]] -= int(amount_minor)
    for draft in drafts:
        if draft.amount_minor > owed[draft.funds]:
            owner, unit, stage = draft.funds
            raise InsufficientFundsError(
                f"{draft.key}: {draft.amount_minor} minor units of {unit} wanted, and {owed[draft.funds]} "
                f"stand to {owner!r} at the stage {str(stage)!r}"
            )
        owed[draft.funds] -= draft.amount_minor


def _insert_holds(organisation: Organisation, drafts: Sequence[HoldDraft]) -> None:
    ids = {}
    for keys in bulk.slices([draft.key for draft in drafts]):
        rows = Transfer.objects.filter(organisation=organisation, key__in=keys)
        ids.update(dict(rows.values_list("key", "id")))
    bulk.insert(
        Hold,
        {"organisation": organisation.pk},
        {
            "transfer": [ids[draft.key] for draft in drafts],
            "owner": [draft.funds[0] for draft in drafts],
            "unit": [draft.funds[1] for draft in drafts],
            "stage": [draft.funds[2] for draft in drafts],
            "amount_minor": [draft.amount_minor for draft in drafts],
        },
    )


def _holds(organisation: Organisation, keys: Iterable[str]) -> dict[str, Hold]:
    rows: QuerySet[Hold] = Hold.objects.filter(organisation=organisation).select_related(
        "transfer", "organisation"
    )
    return {
        each.key: each for some in bulk.slices(sorted(keys)) for each in rows.filter(transfer__key__in=some)
    }


def post_hold(hold: Hold, *, to: Stage, kind: str, occurred_on: date, details: Mapping[str, Any]) -> HoldEnd:
    """Brings what is held to the stage `to` of the same accounts; again it gives what was done the first time.

    Raises `HoldEndedError` where it was voided, or posted elsewhere.
    """
    return post_holds([hold], to=to, kind=kind, occurred_on=occurred_on, details=details)[0]


def void_hold(hold: Hold, *, kind: str, occurred_on: date, details: Mapping[str, Any]) -> HoldEnd:
    """Gives back what is held to the accounts it came from; again it gives what was done the first time.

    Raises `HoldEndedError` where it was posted.
    """
    return void_holds([hold], kind=kind, occurred_on=occurred_on, details=details)[0]


def post_holds(
    holds: Sequence[Hold], *, to: Stage, kind: str, occurred_on: date, details: Mapping[str, Any]
) -> list[HoldEnd]:
    """`post_hold` of all of them, of one organisation, or, where one can't be, of none."""
    if to in KEPT_STAGES or any(to == each.stage for each in holds):
        raise LedgerError(f"A hold can't be posted to the stage {str(to)!r}; to give it back, void it")
    return _end(dict.fromkeys(holds, to), kind, occurred_on, details)


def void_holds(
    holds: Sequence[Hold], *, kind: str, occurred_on: date, details: Mapping[str, Any]
) -> list[HoldEnd]:
    """`void_hold` of all of them, of one organisation, or, where one can't be, of none."""
    return _end({each: Stage(each.stage) for each in holds}, kind, occurred_on, details)


def _end(
    stages: Mapping[Hold, Stage], kind: str, occurred_on: date, details: Mapping[str, Any]
) -> list[HoldEnd]:
    if not stages:
        return []
    organisation = next(iter(stages)).organisation
    if any(hold.organisation_id != organisation.pk for hold in stages):
        raise LedgerError("Holds of several organisations can't be posted or voided together")
    with transaction.atomic():
        _lock_holds(stages)
        standing = _ends(stages)
        for hold, stage in stages.items():
            if hold in standing and standing[hold].stage != stage:
                raise HoldEndedError(
                    f"{hold.key}: this hold went to the stage {standing[hold].stage!r} already, and can't go "
                    f"to {str(stage)!r} too"
                )
        open_now = {hold: stage for hold, stage in stages.items() if hold not in standing}
        _post_ends(organisation, open_now, kind, occurred_on, details)
        found = _ends(stages)
    return [found[hold] for hold in stages]


def _lock_holds(holds: Iterable[Hold]) -> None:
    for some in bulk.slices(sorted(hold.pk for hold in holds)):
        list(Hold.objects.select_for_update(no_key=True).filter(id__in=some).order_by("id").values("id"))


def _ends(holds: Iterable[Hold]) -> dict[Hold, HoldEnd]:
    found = {}
    for some in bulk.slices(sorted(hold.pk for hold in holds)):
        for end in HoldEnd.objects.filter(hold__in=some).select_related("transfer", "hold__transfer"):
            found[end.hold] = end
    return found


def _post_ends(
    organisation: Organisation,
    stages: Mapping[Hold, Stage],
    kind: str,
    occurred_on: date,
    details: Mapping[str, Any],
) -> None:
    """Of holds that are locked and open. The key is made of the hold's, so it could not be done twice anyway."""
    entries = _end_entries(stages)
    drafts = [
        TransferDraft(f"{hold.key}:end", kind, occurred_on, entries[hold.transfer_id], details)
        for hold in stages
    ]
    post_kept(organisation=organisation, transfers=drafts)
    _insert_ends(organisation, stages)


def _end_entries(stages: Mapping[Hold, Stage]) -> dict[int, list[EntryDraft]]:
    """By the transfer of the hold: what it brought to `Stage.HELD` goes on from there."""
    to = {hold.transfer_id: stage for hold, stage in stages.items()}
    entries: dict[int, list[EntryDraft]] = defaultdict(list)
    for some in bulk.slices(sorted(to)):
        held = Entry.objects.filter(transfer__in=some, account__stage=Stage.HELD).select_related("account")
        for entry in held.order_by("id"):
            pair = advance(-entry.amount_minor, entry.account.key, to[entry.transfer_id])
            entries[entry.transfer_id].extend(pair)
    return entries


def _insert_ends(organisation: Organisation, stages: Mapping[Hold, Stage]) -> None:
    by_key = {f"{hold.key}:end": hold for hold in stages}
    for keys in bulk.slices(sorted(by_key)):
        ids = dict(Transfer.objects.filter(organisation=organisation, key__in=keys).values_list("key", "id"))
        bulk.insert(
            HoldEnd,
            {"organisation": organisation.pk},
            {
                "hold": [by_key[key].pk for key in keys],
                "transfer": [ids[key] for key in keys],
                "stage": [stages[by_key[key]] for key in keys],
            },
        )
