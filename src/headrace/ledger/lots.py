"""Points and funds in lots: what is spent comes out of those that expire first, and what expired is taken back.

They stand at `Stage.AVAILABLE`. Each verb takes the account's turn: two that change the lots of one account wait for
each other, and nobody else does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import F, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from headrace.base.models import Organisation
from headrace.ledger import bulk
from headrace.ledger.actions import open_accounts, post_kept
from headrace.ledger.drafts import TransferDraft, move
from headrace.ledger.errors import InsufficientFundsError, LedgerError
from headrace.ledger.models import KEPT_STAGES, Account, AccountKey, Entry, Lot, LotUse, Stage, Transfer


@dataclass(frozen=True, slots=True)
class LotLeft:
    """A lot and what is left of it, in minor units."""

    lot: Lot
    left_minor: int


def credit_lot(
    *,
    organisation: Organisation,
    key: str,
    kind: str,
    occurred_on: date,
    account: AccountKey,
    source: AccountKey,
    amount_minor: int,
    expires_on: date | None,
    details: Mapping[str, Any],
) -> Lot:
    """Makes value of `source` available on `account`, to be spent up to and on the day `expires_on`.

    A debt that a clawback left is paid out of it first. Again it gives the lot of the first time. The
    transfer's details hold `expires_on` too, so that its hash covers it. Raises as `post` does.
    """
    _check(key, account, source, amount_minor)
    if expires_on is not None and expires_on < occurred_on:
        raise LedgerError(f"{key}: it would expire on {expires_on}, before {occurred_on}")
    told = {**details, "expires_on": expires_on and expires_on.isoformat()}
    entries = move(amount_minor, debit=source, credit=account)
    draft = TransferDraft(key, kind, occurred_on, entries, told)
    with transaction.atomic():
        ids = _take_turn(organisation, account, source)
        debt_minor = _debit_balance(ids[account])
        if post_kept(organisation=organisation, transfers=[draft]).new:
            lot = Lot.objects.create(
                organisation=organisation,
                account_id=ids[account],
                source_id=ids[source],
                transfer=Transfer.objects.get(organisation=organisation, key=key),
                amount_minor=amount_minor,
                expires_on=expires_on,
            )
            if debt_minor > 0:
                _pay_debts(lot)
    return Lot.objects.select_related("transfer").get(transfer__organisation=organisation, transfer__key=key)


def spend(
    *,
    organisation: Organisation,
    key: str,
    kind: str,
    occurred_on: date,
    account: AccountKey,
    to: AccountKey,
    amount_minor: int,
    details: Mapping[str, Any],
) -> Transfer:
    """Moves value out of the lots that had not expired on `occurred_on`: first what expires first, then what is older.

    Raises `InsufficientFundsError` where they hold less, and as `post` does; again it gives the first transfer.
    """
    _check(key, account, to, amount_minor)
    entries = move(amount_minor, debit=account, credit=to)
    draft = TransferDraft(key, kind, occurred_on, entries, details)
    return _debit(organisation, draft, account, may_owe=False)


def claw_back(
    *,
    organisation: Organisation,
    key: str,
    kind: str,
    occurred_on: date,
    account: AccountKey,
    to: AccountKey,
    amount_minor: int,
    details: Mapping[str, Any],
) -> Transfer:
    """Takes value back, in the same order, also where it was spent already.

    What the lots don't hold any more is a debt: the account is overdrawn by it, and the next credits pay it
    before anything can be spent. Raises as `post` does; again it gives the first transfer.
    """
    _check(key, account, to, amount_minor)
    entries = move(amount_minor, debit=account, credit=to)
    draft = TransferDraft(key, kind, occurred_on, entries, details)
    return _debit(organisation, draft, account, may_owe=True)


def expire_lots(*, organisation: Organisation, on: date) -> int:
    """Takes back what is left of the lots whose last day was before `on`, and gives how many those were.

    Each is posted once, whoever else does the same: a lot of which nothing is left doesn't expire. Every
    account is a transaction of its own, so a run that was killed is simply run again.
    """
    due = _with_left(Lot.objects.filter(organisation=organisation, expires_on__lt=on)).filter(left__gt=0)
    accounts = Account.objects.filter(id__in=due.values("account")).order_by("id")
    return sum(_expire_account(organisation, account, on) for account in accounts)


def lots_left(organisation: Organisation, *, owner: str, unit: str | None = None) -> list[LotLeft]:
    """The lots of an owner of which something is left, in the order in which they will be used."""
    lots = Lot.objects.filter(organisation=organisation, account__owner=owner, account__stage=Stage.AVAILABLE)
    if unit is not None:
        lots = lots.filter(account__unit=unit)
    return _left(lots.select_related("account", "transfer"))


def _check(key: str, account: AccountKey, other: AccountKey, amount_minor: int) -> None:
    if account.stage != Stage.AVAILABLE or other.stage in KEPT_STAGES:
        raise LedgerError(
            f"{key}: from or to the stage {str(account.stage)!r}, against {str(other.stage)!r}; lots stand at "
            "'available', and what moves them stands elsewhere and is not held"
        )
    if amount_minor <= 0:
        raise LedgerError(f"{key}: an amount of {amount_minor}; right would be above nought")


def _take_turn(organisation: Organisation, account: AccountKey, *others: AccountKey) -> dict[AccountKey, int]:
    """Locks the account until the transaction ends; gives its id and those of the others."""
    ids: dict[AccountKey, int] = {}
    open_accounts(organisation, {account, *others}, ids)
    Account.objects.select_for_update(no_key=True).get(pk=ids[account])
    return ids


def _debit_balance(account_id: int) -> int:
    return int(Entry.objects.filter(account=account_id).aggregate(total=Sum("amount_minor"))["total"] or 0)


def _with_left(lots: QuerySet[Lot]) -> QuerySet[Any]:
    """The lots, each with what is `left` of it."""
    uses = LotUse.objects.filter(lot=OuterRef("pk")).values("lot").annotate(used=Sum("amount_minor"))
    used = Coalesce(Subquery(uses.values("used"), output_field=IntegerField()), 0)
    return lots.annotate(left=F("amount_minor") - used)


def _left(lots: QuerySet[Lot]) -> list[LotLeft]:
    in_order = _with_left(lots).filter(left__gt=0).order_by(F("expires_on").asc(nulls_last=True), "id")
    return [LotLeft(lot, int(lot.left)) for lot in in_order]


def _debit(
    organisation: Organisation, draft: TransferDraft, account: AccountKey, *, may_owe: bool
) -> Transfer:
    amount_minor = draft.entries[0].amount_minor
    with transaction.atomic():
        # All accounts at once, in one order: who opens one after the other may meet a credit in a deadlock.
        account_id = _take_turn(organisation, account, *(entry.account for entry in draft.entries))[account]
        if post_kept(organisation=organisation, transfers=[draft]).new:
            lots = Lot.objects.filter(account=account_id)
            if not may_owe:
                lots = lots.filter(Q(expires_on=None) | Q(expires_on__gte=draft.occurred_on))
            uses = _first_in_first_out(_left(lots), amount_minor)
            covered_minor = sum(amount for _lot, amount in uses)
            if covered_minor < amount_minor and not may_owe:
                raise InsufficientFundsError(
                    f"{draft.key}: {amount_minor} of {account.unit} wanted, and {covered_minor} are available "
                    f"to {account.owner!r} on {draft.occurred_on}"
                )
            transfer = Transfer.objects.get(organisation=organisation, key=draft.key)
            _insert_uses(organisation, [(lot, transfer.pk, amount) for lot, amount in uses])
    return Transfer.objects.get(organisation=organisation, key=draft.key)


def _first_in_first_out(lots: Iterable[LotLeft], amount_minor: int) -> list[tuple[Lot, int]]:
    uses: list[tuple[Lot, int]] = []
    for each in lots:
        if amount_minor == 0:
            break
        used_minor = min(each.left_minor, amount_minor)
        uses.append((each.lot, used_minor))
        amount_minor -= used_minor
    return uses


def _insert_uses(organisation: Organisation, uses: Sequence[tuple[Lot, int, int]]) -> None:
    columns = {
        "lot": [lot.pk for lot, _transfer, _amount in uses],
        "transfer": [transfer_id for _lot, transfer_id, _amount in uses],
        "amount_minor": [amount_minor for _lot, _transfer, amount_minor in uses],
    }
    bulk.insert(LotUse, {"organisation": organisation.pk}, columns)


def _pay_debts(lot: Lot) -> None:
    """The new lot is used by the debits that no lot covered yet, the oldest first."""
    left_minor = lot.amount_minor
    uses = []
    for transfer_id, owing_minor in _debts(lot.account_id):
        used_minor = min(owing_minor, left_minor)
        if used_minor == 0:
            break
        uses.append((lot, transfer_id, used_minor))
        left_minor -= used_minor
    _insert_uses(lot.organisation, uses)


def _debts(account_id: int) -> list[tuple[int, int]]:
    """Transfers that took more from the account than they used of its lots, and how much more."""
    uses = LotUse.objects.filter(lot__account=account_id, transfer=OuterRef("transfer"))
    used = Subquery(
        uses.values("transfer").annotate(used=Sum("amount_minor")).values("used"), output_field=IntegerField()
    )
    debits = Entry.objects.filter(account=account_id, amount_minor__gt=0)
    owing = debits.annotate(owing=F("amount_minor") - Coalesce(used, 0)).filter(owing__gt=0)
    return list(owing.order_by("transfer_id").values_list("transfer_id", "owing"))


def _expire_account(organisation: Organisation, account: Account, on: date) -> int:
    with transaction.atomic():
        Account.objects.select_for_update(no_key=True).get(pk=account.pk)
        lots = Lot.objects.filter(account=account, expires_on__lt=on).select_related("transfer", "source")
        due = {_expiry_key(each.lot): each for each in _left(lots)}
        drafts = [
            TransferDraft(
                key,
                "lot_expired",
                on,
                move(each.left_minor, debit=account.key, credit=each.lot.source.key),
                {"lot": each.lot.transfer.key, "expires_on": str(each.lot.expires_on)},
            )
            for key, each in due.items()
        ]
        post_kept(organisation=organisation, transfers=drafts)
        uses = []
        for keys in bulk.slices(sorted(due)):
            for transfer in Transfer.objects.filter(organisation=organisation, key__in=keys):
                uses.append((due[transfer.key].lot, transfer.pk, due[transfer.key].left_minor))
        _insert_uses(organisation, uses)
    return len(due)


def _expiry_key(lot: Lot) -> str:
    return f"{lot.transfer.key}:expired"
