"""What a caller asks the ledger to post. A draft that could be made is balanced and fits the tables."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from headrace.ledger.errors import LedgerError, UnbalancedError
from headrace.ledger.models import AMOUNT_MINOR_MAX, Account, Stage, Transfer

ENTRIES_MAX = 1000


class AccountKey(NamedTuple):
    """Names an account: whose (empty: the brand), in which unit, at which stage, out of which programme."""

    owner: str
    unit: str
    stage: Stage
    programme: str = ""


class EntryDraft(NamedTuple):
    """A debit (above nought) or a credit (below) in minor units."""

    account: AccountKey
    amount_minor: int


def move(amount_minor: int, *, debit: AccountKey, credit: AccountKey) -> tuple[EntryDraft, EntryDraft]:
    """The two entries of a plain transfer; a negative amount moves the other way."""
    return EntryDraft(debit, amount_minor), EntryDraft(credit, -amount_minor)


@dataclass(frozen=True, slots=True)
class TransferDraft:
    """A transfer to be posted. Raises `LedgerError` where it can't be, `UnbalancedError` where sides differ.

    `key` is unique in the organisation and made from what the transfer is about, so that a retry finds it.
    `kind` is the code of the message that tells of the transfer, `details` its parameters: texts, integers,
    booleans, lists and mappings of them, never floats. `corrects_period` names the closed period it puts right.
    """

    key: str
    kind: str
    occurred_on: date
    entries: Sequence[EntryDraft]
    details: Mapping[str, Any]
    corrects_period: str = ""

    def __post_init__(self) -> None:
        _check_text(self, "key", self.key)
        _check_text(self, "kind", self.kind)
        _check_text(self, "corrects_period", self.corrects_period, blank=True)
        # A datetime is a date too, and would be cut at a midnight nobody chose.
        if type(self.occurred_on) is not date:
            raise LedgerError(f"{self.key}: occurred_on is {self.occurred_on!r}, not a date")
        if not 2 <= len(self.entries) <= ENTRIES_MAX:
            raise LedgerError(f"{self.key}: a transfer has 2 to {ENTRIES_MAX} entries, not {len(self.entries)}")
        _check_entries(self)
        _check_json(self.key, "details", dict(self.details))

    def content_hash(self) -> str:
        """SHA-256 of all that the caller said, in 64 hexadecimal digits; the order of the entries is nothing said."""
        content = [
            self.key,
            self.kind,
            self.occurred_on.isoformat(),
            self.corrects_period,
            sorted([*map(str, entry.account), entry.amount_minor] for entry in self.entries),
            self.details,
        ]
        text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=dict)
        return hashlib.sha256(text.encode()).hexdigest()


def _lengths(model: type[Account] | type[Transfer], *names: str) -> dict[str, int]:
    return {name: model._meta.get_field(name).max_length or 0 for name in names}


# SQLite keeps a text of any length in a column of forty characters, so it is for us to look.
LENGTHS_MAX = {
    **_lengths(Transfer, "key", "kind", "corrects_period"),
    **_lengths(Account, "owner", "programme", "unit"),
}


def _check_text(draft: TransferDraft, name: str, value: str, *, blank: bool = False) -> None:
    if not isinstance(value, str) or len(value) > LENGTHS_MAX[name] or (not value and not blank):
        raise LedgerError(
            f"{draft.key}: {name} is {value!r}; right would be a text of "
            f"{0 if blank else 1} to {LENGTHS_MAX[name]} characters"
        )
    _check_storable(draft.key, name, value)


def _check_storable(key: str, name: str, text: str) -> None:
    """No NUL and no half of a character: PostgreSQL keeps neither."""
    if "\0" in text or any("\ud800" <= character <= "\udfff" for character in text):
        raise LedgerError(f"{key!r}: {name} holds a character that no database keeps: {text!r}")


def _check_entries(draft: TransferDraft) -> None:
    sums: defaultdict[str, int] = defaultdict(int)
    for account, amount_minor in draft.entries:
        _check_text(draft, "owner", account.owner, blank=True)
        _check_text(draft, "programme", account.programme, blank=True)
        _check_text(draft, "unit", account.unit)
        if account.stage not in Stage.values:
            raise LedgerError(f"{draft.key}: there is no stage {account.stage!r}; there are {Stage.values}")
        if type(amount_minor) is not int:
            raise LedgerError(f"{draft.key}: {amount_minor!r} is not an integer of minor units")
        if not 0 < abs(amount_minor) <= AMOUNT_MINOR_MAX:
            raise LedgerError(f"{draft.key}: an entry of {amount_minor} is nought or above {AMOUNT_MINOR_MAX}")
        sums[account.unit] += amount_minor
    for unit, difference in sums.items():
        if difference:
            raise UnbalancedError(
                f"{draft.key}: debits and credits in {unit} differ by {difference} minor units; must be nought"
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
        raise LedgerError(f"{key}: {name} is {value!r}; right would be a text, an integer, a list or a mapping")
