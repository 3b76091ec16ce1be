"""Reading the ledger. What is read whole is checked again: it must add up to nought in each unit."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import F, Max, Q, QuerySet, Sum

from headrace.base.models import Organisation
from headrace.ledger.errors import LedgerBrokenError
from headrace.ledger.models import Account, AccountKey, Entry, Stage, Transfer

ACCOUNT_COLUMNS = tuple(f"account__{name}" for name in AccountKey._fields)


@dataclass(frozen=True, slots=True)
class Balance:
    """What stands on an account, in minor units of its unit: above nought a debit, below a credit."""

    account: AccountKey
    amount_minor: int

    @property
    def owed_minor(self) -> int:
        """The same as its owner sees it: what the brand owes to it is above nought."""
        return -self.amount_minor


@dataclass(frozen=True, slots=True)
class Movement:
    """One entry with the transfer it belongs to."""

    position: int
    key: str
    kind: str
    occurred_on: date
    posted_at: datetime
    corrects_period: str
    details: dict[str, Any]
    account: AccountKey
    amount_minor: int

    @property
    def owed_minor(self) -> int:
        """As `Balance.owed_minor`: what raises the debt to the owner is above nought."""
        return -self.amount_minor


def current_position(organisation: Organisation) -> int:
    """A position to freeze at: what is read as of it stays the same for ever.

    A transfer's position is its id. Ids alone would not do on PostgreSQL: a transaction that drew a smaller
    id may commit after a larger one was seen. So everyone who posts shares a lock of the organisation from
    before the id is drawn until commit (the database sees to it, by trigger), and this function holds that
    lock alone for the moment of reading: all smaller ids are then committed or gone, and all to come are
    larger. Postings don't wait for each other, and wait here for microseconds; this function waits for
    postings under way, for 60 seconds at the most (then `OperationalError`). SQLite has one writer at a time,
    so the order of ids is the order of commits.

    Ask before you post in the same transaction: two that posted and then ask would wait for each other.
    """
    connection = connections[DEFAULT_DB_ALIAS]
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT ledger_position(%s)", [organisation.pk])
            return int(cursor.fetchone()[0])
    return Transfer.objects.aggregate(position=Max("id"))["position"] or 0


def balances(
    *,
    organisation: Organisation,
    owner: str | None = None,
    programme: str | None = None,
    unit: str | None = None,
    stage: Stage | None = None,
    as_of_position: int | None = None,
    on: date | None = None,
) -> list[Balance]:
    """Balances by account, in the order of the accounts; None leaves a thing open, an empty owner is the
    brand.

    `as_of_position` counts what was posted up to that position (see `current_position`), `on` what occurred
    up to the end of that day; with both, what was known then about that day. Accounts without an entry are
    left out, those whose entries add up to nought are not. Raises `LedgerBrokenError` where a whole unit of
    the organisation was read and doesn't add up to nought.
    """
    entries = _entries(organisation, owner, programme, unit, stage, as_of_position)
    if on is not None:
        entries = entries.filter(transfer__occurred_on__lte=on)
    rows = entries.values(*ACCOUNT_COLUMNS).order_by(*ACCOUNT_COLUMNS).annotate(total=Sum("amount_minor"))
    found = [Balance(_account_of(row), int(row["total"])) for row in rows]
    if owner is programme is stage is None:
        _check_nought(str(organisation), ((each.account.unit, each.amount_minor) for each in found))
    return found


@dataclass(frozen=True, slots=True)
class TrialLine:
    """All accounts of one unit, stage and programme: what stands on their debit side, and on their credit side."""

    unit: str
    stage: Stage
    programme: str
    debit_minor: int
    credit_minor: int


@dataclass(frozen=True, slots=True)
class UnitOfTrial:
    """The lines of one unit with the sums of both sides, which are the same."""

    unit: str
    lines: list[TrialLine]
    debit_minor: int
    credit_minor: int

    @classmethod
    def of(cls, lines: list[TrialLine]) -> UnitOfTrial:
        debit_minor, credit_minor = (
            sum(sides)
            for sides in zip(*((line.debit_minor, line.credit_minor) for line in lines), strict=True)
        )
        return cls(lines[0].unit, lines, debit_minor, credit_minor)


def trial_balance(*, organisation: Organisation, on: date) -> list[TrialLine]:
    """What stood where at the end of a day; in each unit the debits equal the credits.

    An account counts on the side on which it stands, so that debts of some partners don't hide behind what
    others are owed. Raises `LedgerBrokenError` where the sides of a unit differ.
    """
    sums = _sums_on(organisation, on)
    sides: dict[tuple[str, str, str], list[int]] = defaultdict(lambda: [0, 0])
    accounts = Account.objects.filter(organisation=organisation)
    for account_id, *place in accounts.values_list("id", "unit", "stage", "programme"):
        amount_minor = sums.get(account_id, 0)
        if amount_minor:
            sides[place[0], place[1], place[2]][amount_minor < 0] += abs(amount_minor)
    _check_nought(
        str(organisation), ((unit, debit - credit) for (unit, *_), (debit, credit) in sides.items())
    )
    stages = list(Stage.values)
    in_order = sorted(sides.items(), key=lambda line: (line[0][0], stages.index(line[0][1]), line[0][2]))
    return [
        TrialLine(unit, Stage(stage), programme, debit, credit)
        for (unit, stage, programme), (debit, credit) in in_order
    ]


def _sums_on(organisation: Organisation, on: date) -> Counter[int]:
    """What stood on each account (its id) at the end of a day.

    All entries less the later ones: the first sum is read from an index alone, and of the later ones there
    are few where the day is a recent one.
    """
    entries = Entry.objects.filter(account__organisation=organisation)
    later = entries.filter(transfer__organisation=organisation, transfer__occurred_on__gt=on)
    sums = Counter({account_id: int(total) for account_id, total in _by_account(entries)})
    sums.subtract({account_id: int(total) for account_id, total in _by_account(later)})
    return sums


def _by_account(entries: QuerySet[Entry]) -> QuerySet[Entry, tuple[int, int]]:
    return entries.order_by().values_list("account").annotate(total=Sum("amount_minor"))


def accounts_at(*, organisation: Organisation, on: date, line: Mapping[str, str]) -> QuerySet[Account]:
    """The accounts behind one line of the trial balance, those at nought left out.

    `line` says unit, stage and programme, or some of them. Each account has its `total` then, and the same as
    `debit_minor` and, below nought, `credit_minor`.
    """
    accounts = Account.objects.filter(organisation=organisation, **line)
    total = Sum("entries__amount_minor", filter=Q(entries__transfer__occurred_on__lte=on))
    found = accounts.annotate(total=total).exclude(total=0).exclude(total=None)
    return found.annotate(debit_minor=F("total"), credit_minor=-F("total")).order_by("owner", "unit", "id")


def balance_of(account: Account, on: date) -> int:
    """What stood on one account at the end of a day: above nought a debit, below a credit."""
    return int(entries_on(account, on).aggregate(total=Sum("amount_minor"))["total"] or 0)


def entries_on(account: Account, on: date) -> QuerySet[Entry]:
    """The entries of one account up to the end of a day with their transfers, the latest first."""
    entries = Entry.objects.filter(account=account, transfer__occurred_on__lte=on)
    return entries.select_related("transfer").order_by("-transfer__occurred_on", "-transfer_id", "-id")


def movements(
    *,
    organisation: Organisation,
    owner: str | None = None,
    programme: str | None = None,
    unit: str | None = None,
    stage: Stage | None = None,
    after_position: int = 0,
    as_of_position: int | None = None,
) -> list[Movement]:
    """The entries between two positions as they were posted: opening balance + these = closing balance."""
    entries = _entries(organisation, owner, programme, unit, stage, as_of_position)
    entries = entries.filter(transfer_id__gt=after_position).order_by("transfer_id", "id")
    return [
        Movement(
            position=entry.transfer_id,
            key=entry.transfer.key,
            kind=entry.transfer.kind,
            occurred_on=entry.transfer.occurred_on,
            posted_at=entry.transfer.posted_at,
            corrects_period=entry.transfer.corrects_period,
            details=entry.transfer.details,
            account=entry.account.key,
            amount_minor=entry.amount_minor,
        )
        for entry in entries.select_related("transfer", "account")
    ]


def entries_of(transfer: Transfer) -> list[Entry]:
    """The entries of a transfer with their accounts. Raises `LedgerBrokenError` where they don't balance."""
    entries = list(transfer.entries.select_related("account").order_by("id"))
    _check_nought(transfer.key, ((entry.account.unit, entry.amount_minor) for entry in entries))
    return entries


def _entries(
    organisation: Organisation,
    owner: str | None,
    programme: str | None,
    unit: str | None,
    stage: Stage | None,
    as_of_position: int | None,
) -> QuerySet[Entry]:
    wanted = {
        "account__owner": owner,
        "account__programme": programme,
        "account__unit": unit,
        "account__stage": stage,
        "transfer_id__lte": as_of_position,
    }
    given = {name: value for name, value in wanted.items() if value is not None}
    return Entry.objects.filter(organisation=organisation, account__organisation=organisation, **given)


def _account_of(row: dict[str, Any]) -> AccountKey:
    owner, unit, stage, programme = (row[column] for column in ACCOUNT_COLUMNS)
    return AccountKey(owner, unit, Stage(stage), programme)


def _check_nought(what: str, amounts: Iterable[tuple[str, int]]) -> None:
    sums: Counter[str] = Counter()
    for unit, amount_minor in amounts:
        sums[unit] += amount_minor
    if wrong := {unit: total for unit, total in sums.items() if total}:
        raise LedgerBrokenError(f"{what}: debits and credits differ, in minor units: {wrong}")
