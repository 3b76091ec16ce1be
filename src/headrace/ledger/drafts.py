"""What a caller asks the ledger to post. A draft that could be made is balanced and fits the tables."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from headrace.ledger.errors import LedgerError, UnbalancedError
from headrace.ledger.hashing import content_hash
from headrace.ledger.models import AMOUNT_MINOR_MAX, Account, AccountKey, Stage, Transfer

ENTRIES_MAX = 1000


class EntryDraft(NamedTuple):
    """A debit (above nought) or a credit (below) in minor units."""

    account: AccountKey
    amount_minor: int


def move(amount_minor: int, *, debit: AccountKey, credit: AccountKey) -> tuple[EntryDraft, EntryDraft]:
    """The two entries of a plain transfer; a negative amount moves the other way."""
    return EntryDraft(debit, amount_minor), EntryDraft(credit, -amount_minor)


def advance(amount_minor: int, account: AccountKey, to: Stage) -> tuple[EntryDraft, EntryDraft]:
    """The two entries that bring what is owed to an owner from the stage of `account` to another one."""
    return move(amount_minor, debit=account, credit=account._replace(stage=to))


@dataclass(frozen=True, slots=True)
class TransferDraft:
    """A transfer to be posted. Raises `LedgerError` where it can't be, `UnbalancedError` where sides differ.

    `key` is unique in the organisation and made from what the transfer is about, so that a retry finds it.
    `kind` is the code of the message that tells of the transfer, `details` its parameters: texts, integers,
    booleans, lists and mappings of them, never floats. `corrects_period` names the closed period it puts
    right.
    """

    key: str
    kind: str
    occurred_on: date
    entries: Sequence[EntryDraft]
    details: Mapping[str, Any]
    corrects_period: str = ""

    def __post_init__(self) -> None:
        for name in ("key", "kind", "corrects_period"):
            _check_text(self.key, name, getattr(self, name))
        # A datetime is a date too, and would be cut at a midnight nobody chose.
        if type(self.occurred_on) is not date:
            raise LedgerError(f"{self.key}: occurred_on is {self.occurred_on!r}, not a date")
        _check_entries(self.key, self.entries)
        _check_json(self.key, "details", self.details)

    def content_hash(self) -> str:
        return content_hash(
            key=self.key,
            kind=self.kind,
            occurred_on=self.occurred_on,
            corrects_period=self.corrects_period,
            entries=self.entries,
            details=self.details,
        )


def _lengths(model: type[Account] | type[Transfer], *names: str) -> dict[str, int]:
    fields = {field.name: field for field in model._meta.concrete_fields}
    return {name: fields[name].max_length or 0 for name in names}


# SQLite keeps a text of any length in a column of forty characters, so it is for us to look.
LENGTHS_MAX = {
    **_lengths(Transfer, "key", "kind", "corrects_period"),
    **_lengths(Account, "owner", "programme", "unit"),
}
MAY_BE_BLANK = {"corrects_period", "owner", "programme"}
# PostgreSQL keeps neither NUL nor half of a character.
NOT_STORABLE = re.compile("[\0\ud800-\udfff]")


def _check_text(key: str, name: str, value: str) -> None:
    length_min, length_max = int(name not in MAY_BE_BLANK), LENGTHS_MAX[name]
    if not isinstance(value, str) or not length_min <= len(value) <= length_max:
        raise LedgerError(
            f"{key}: {name} is {value!r}; right would be a text of {length_min} to {length_max} characters"
        )
    _check_storable(key, name, value)


def _check_storable(key: str, name: str, text: str) -> None:
    if NOT_STORABLE.search(text):
        raise LedgerError(f"{key!r}: {name} holds a character that no database keeps: {text!r}")


@lru_cache(maxsize=100_000)
def _check_account(account: AccountKey) -> None:
    for name in ("owner", "programme", "unit"):
        _check_text(str(account), name, getattr(account, name))
    if account.stage not in Stage.values:
        raise LedgerError(f"There is no stage {account.stage!r}; there are {', '.join(Stage.values)}")


def _check_entries(key: str, entries: Sequence[EntryDraft]) -> None:
    if not 2 <= len(entries) <= ENTRIES_MAX:
        raise LedgerError(f"{key}: a transfer has 2 to {ENTRIES_MAX} entries, not {len(entries)}")
    sums: dict[str, int] = {}
    for account, amount_minor in entries:
        _check_account(account)
        if type(amount_minor) is not int:
            raise LedgerError(f"{key}: {amount_minor!r} is not an integer of minor units")
        if not 0 < abs(amount_minor) <= AMOUNT_MINOR_MAX:
            raise LedgerError(f"{key}: an entry of {amount_minor} is nought or beyond {AMOUNT_MINOR_MAX}")
        sums[account.unit] = sums.get(account.unit, 0) + amount_minor
    for unit, difference in sums.items():
        if difference:
            raise UnbalancedError(
                f"{key}: debits and credits in {unit} differ by {difference} minor units; must be nought"
            )


def _check_json(key: str, name: str, value: object) -> None:
    """Refuses what comes back from the database otherwise than it went in."""
    if isinstance(value, str):
        _check_storable(key, name, value)
    elif isinstance(value, Mapping):
        for part, inner in value.items():
            if not isinstance(part, str):
                raise LedgerError(f"{key}: a name in {name} is {part!r}, not a text")
            _check_storable(key, name, part)
            _check_json(key, f"{name}.{part}", inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            _check_json(key, f"{name}[]", inner)
    elif value is not None and not isinstance(value, bool | int):
        raise LedgerError(
            f"{key}: {name} is {value!r}; right would be a text, an integer, a list or a mapping"
        )
